// The seconds an app has in the background.
package dev.eyeline.android

import dev.eyeline.Eyeline
import dev.eyeline.Flushed
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlin.time.Duration.Companion.seconds

/** Waits, on no thread of the app's, until [eyeline] has sent what waits; [onRest] where some of it is left. */
internal fun flushInBackground(eyeline: Eyeline, onRest: () -> Unit) {
    CoroutineScope(Dispatchers.IO).launch {
        guarded {
            when (eyeline.flush(BACKGROUND)) {
                Flushed.Complete, Flushed.Stopped -> {}
                is Flushed.Kept, Flushed.TimedOut -> onRest()
            }
        }
    }
}

/** Some ten seconds after it left the front the system may freeze a process: whoever is to be asked must be asked before. */
private val BACKGROUND = 5.seconds
