// WorkManager: has the system start the app again once there is a network, to send what waits.
package dev.eyeline.android.work

import android.content.Context
import androidx.work.BackoffPolicy
import androidx.work.Constraints
import androidx.work.CoroutineWorker
import androidx.work.ExistingWorkPolicy
import androidx.work.NetworkType
import androidx.work.OneTimeWorkRequestBuilder
import androidx.work.WorkManager
import androidx.work.WorkerParameters
import dev.eyeline.Flushed
import dev.eyeline.StartException
import dev.eyeline.android.EyelineApp
import dev.eyeline.android.FlushLater
import java.util.concurrent.TimeUnit
import kotlin.time.Duration.Companion.minutes

/** Found by its name, where the app has WorkManager. */
internal class FlushByWorkManager : FlushLater {
    override fun schedule(context: Context) {
        val flush = OneTimeWorkRequestBuilder<FlushWork>()
            .setConstraints(Constraints.Builder().setRequiredNetworkType(NetworkType.CONNECTED).build())
            .setBackoffCriteria(BackoffPolicy.EXPONENTIAL, BACKOFF_MINUTES, TimeUnit.MINUTES)
            .build()
        WorkManager.getInstance(context).enqueueUniqueWork(NAME, ExistingWorkPolicy.KEEP, flush)
    }

    private companion object {
        private const val NAME = "eyeline-flush"
        private const val BACKOFF_MINUTES = 5L
    }
}

/** Runs in a process of the app, whose `Application.onCreate` has started the client. Public, for WorkManager makes it by its name. */
public class FlushWork(context: Context, parameters: WorkerParameters) : CoroutineWorker(context, parameters) {
    override suspend fun doWork(): Result {
        // An app that no longer starts a client has nothing to send.
        val app = EyelineApp.current ?: return Result.success()
        return try {
            when (app.await().flush(PATIENCE)) {
                Flushed.Complete, Flushed.Stopped -> Result.success()
                is Flushed.Kept, Flushed.TimedOut -> Result.retry()
            }
        } catch (_: StartException) {
            Result.success()
        }
    }

    private companion object {
        /** WorkManager's own limit is ten minutes. */
        private val PATIENCE = 1.minutes
    }
}
