// The client of an Android app: started off the main thread, following the app to the front and away from it.
package dev.eyeline.android

import android.app.Application
import android.content.Context
import android.os.Handler
import android.os.Looper
import android.util.Log
import android.view.View
import dev.eyeline.Eyeline
import dev.eyeline.Impression
import dev.eyeline.Settings
import dev.eyeline.StartException
import kotlinx.coroutines.CompletableDeferred
import java.io.File

/**
 * Measures what people see in an app. Start it in `Application.onCreate`; that returns at once. The client below it is started and
 * called on a thread of its own, one call after the other, and follows the app: while no activity is started nothing counts as
 * seen, and when the last one stops what waits is sent.
 *
 * Nothing here throws into the app but [await]. Safe to use from any thread.
 */
public class EyelineApp private constructor(
    private val context: Context,
    private val startClient: () -> Eyeline,
) {
    private val worker = Worker()
    private val main = Handler(Looper.getMainLooper())
    private val views = ViewTracker(this, main)
    private val lifecycle = Lifecycle(Following())
    private val later = FlushLater.ofApp()
    private val tried = CompletableDeferred<Unit>()

    /** The client, once it is started; written on the worker. */
    @Volatile
    private var client: Eyeline? = null

    /** Why there is none; written on the worker. */
    @Volatile
    private var failure: StartException? = null

    private fun start(application: Application?) {
        val isInFront = lifecycle.isInFront
        worker.run {
            tryStart()
            client?.setActive(isInFront)
        }
        application?.let(lifecycle::follow)
    }

    /** The client itself. Waits until it is started; throws where it could not be, and says what to do. */
    public suspend fun await(): Eyeline {
        tried.await()
        return client ?: throw checkNotNull(failure) { "neither started nor failed" }
    }

    /**
     * Calls of the client, on its thread, once it is started: `eyeline.record { convert(Conversion("purchase")) }`. They come in the
     * order they were given in. Where the client could not be started they are dropped.
     */
    public fun record(calls: Eyeline.() -> Unit): Unit = worker.run { client?.calls() }

    /** The person did something; call it in `Activity.onUserInteraction`. Makes the next seconds engaged ones. */
    public fun activity(): Unit = record { activity() }

    /**
     * Measures [view] as [what], in place of what it was measured as before: a view that is used again calls this with its new
     * content. The view is not kept alive; one that leaves its window has ended, and one that comes back begins anew.
     */
    public fun track(view: View, what: Impression): Unit = onMain { views.track(view, what) }

    /** [view] was tapped; [target] is the host and path it leads to. */
    @JvmOverloads
    public fun tapped(view: View, target: String? = null): Unit = onMain { views.tapped(view, target) }

    /** [view] shows its content no longer. */
    public fun untrack(view: View): Unit = onMain { views.untrack(view) }

    /** Tells the client what of these looks is news, in one call. On the main thread. */
    internal fun report(looks: List<Pair<Measured, Look>>) {
        val news = looks.filter { (measured, look) -> measured.isNews(look) }
        if (news.isEmpty()) return
        record { visible(news.map { (measured, look) -> measured.report(look, ::impression) }) }
    }

    internal fun onMain(work: () -> Unit) {
        if (Looper.myLooper() == main.looper) guarded(work) else main.post { guarded(work) }
    }

    private fun tryStart() {
        try {
            client = startClient()
            failure = null
        } catch (refused: StartException) {
            failure = refused
            Log.w(TAG, "not started: ${refused.message}")
        } finally {
            tried.complete(Unit)
        }
    }

    private inner class Following : Followed {
        override fun cameToFront() = worker.run {
            // A full disk or a device not unlocked yet may be neither by now; a setting is what it was.
            if (client == null && failure !is StartException.Settings) tryStart()
            client?.setActive(true)
        }

        override fun wentToBackground() = record {
            background()
            flushInBackground(this, onRest = { later?.schedule(context) })
        }

        override fun deviceChanged() {
            val device = describe(context)
            record { setDevice(device) }
        }
    }

    public companion object {
        /** The one that was started last in this process. */
        @Volatile
        public var current: EyelineApp? = null
            private set

        /**
         * Starts measuring for an app: sends to [endpoint] with the app's write key, for an affiliate the key is bound to. Events
         * wait in a folder that is in no backup. [settings] are read on another thread.
         */
        @JvmStatic
        @JvmOverloads
        public fun start(
            context: Context,
            endpoint: String,
            writeKey: String,
            affiliate: String,
            settings: Settings.() -> Unit = {},
        ): EyelineApp {
            val app = context.applicationContext ?: context
            return startWith(app) {
                Eyeline.startBlocking(endpoint, writeKey, affiliate) {
                    directory = File(app.noBackupFilesDir, FOLDER)
                    device = describe(app)
                    settings()
                    active = false
                }
            }
        }

        /**
         * The same with a client of your own, such as that of the test kit: [client] makes it, on another thread, anew where it threw
         * a [StartException] the time before. It is to start inactive.
         */
        @JvmStatic
        public fun startWith(context: Context, client: () -> Eyeline): EyelineApp {
            val app = context.applicationContext ?: context
            val started = EyelineApp(app, client)
            started.start(app as? Application)
            current = started
            return started
        }

        private const val FOLDER = "eyeline"
    }
}
