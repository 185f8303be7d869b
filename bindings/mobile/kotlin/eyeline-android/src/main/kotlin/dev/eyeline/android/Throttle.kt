// Looking ten times a second at most, and after the last change in any case.
package dev.eyeline.android

import android.os.Handler
import android.os.Looper
import android.os.SystemClock

/** On the main thread alone. Costs nothing while nothing changes. */
internal class Throttle(private val main: Handler = Handler(Looper.getMainLooper()), private val look: () -> Unit) {
    private val takeLook = Runnable {
        isDue = false
        last = SystemClock.uptimeMillis()
        guarded(look)
    }
    private var isDue = false
    private var last = 0L

    /** Something changed: looks after the present frame at the earliest. */
    fun soon() {
        if (isDue) return
        isDue = true
        main.postDelayed(takeLook, maxOf(0, last + LOOK_EVERY_MILLIS - SystemClock.uptimeMillis()))
    }

    fun cancel() {
        main.removeCallbacks(takeLook)
        isDue = false
    }

    private companion object {
        /** Rules count in whole tenths of a second: more looks would cost power and tell nothing. */
        private const val LOOK_EVERY_MILLIS = 100L
    }
}
