// Sending what the background's few seconds were too short for.
package dev.eyeline.android

import android.content.Context

/** Asks the system to start the app again once there is a network, so that what waits is sent. */
internal interface FlushLater {
    fun schedule(context: Context)

    companion object {
        /** By WorkManager, where the app has it. Without it what waits is sent when the app is next started. */
        fun ofApp(): FlushLater? = try {
            Class.forName("androidx.work.WorkManager")
            Class.forName("dev.eyeline.android.work.FlushByWorkManager").getDeclaredConstructor().newInstance() as FlushLater
        } catch (_: ReflectiveOperationException) {
            null
        } catch (_: LinkageError) {
            null
        }
    }
}
