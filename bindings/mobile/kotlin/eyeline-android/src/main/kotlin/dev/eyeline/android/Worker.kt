// The thread on which an app's client is started and called, so that the main thread does neither.
package dev.eyeline.android

import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit

/** Does one thing after the other. The thread ends when nothing was asked of it for a while. */
internal class Worker {
    private val thread = ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, LinkedBlockingQueue()) { work ->
        Thread(work, "eyeline-app").apply { isDaemon = true }
    }.apply { allowCoreThreadTimeOut(true) }

    fun run(work: () -> Unit): Unit = thread.execute { guarded(work) }

    private companion object {
        private const val IDLE_SECONDS = 30L
    }
}
