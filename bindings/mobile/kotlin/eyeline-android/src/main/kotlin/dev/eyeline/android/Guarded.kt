// What Android calls back must never throw at the app.
package dev.eyeline.android

import android.util.Log

/** Runs what the system or a view called; a defect in it is logged, and measures nothing. */
internal inline fun guarded(work: () -> Unit) {
    try {
        work()
    } catch (defect: Exception) {
        Log.w(TAG, "not measured", defect)
    } catch (defect: LinkageError) {
        // A library of the app's that is older than the one compiled against.
        Log.w(TAG, "not measured", defect)
    }
}

internal const val TAG = "Eyeline"
