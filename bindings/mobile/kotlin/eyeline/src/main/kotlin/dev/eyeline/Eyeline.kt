// The client an app holds.
package dev.eyeline

import dev.eyeline.generated.Action
import dev.eyeline.generated.Call
import dev.eyeline.generated.Client
import dev.eyeline.generated.ViewRef
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/**
 * Measures what people really see, and brings every event to the collector.
 *
 * No call waits for the network: two threads of the library work and send. A call that records appends one record to a file, and
 * what it returned for survives `kill -9`, where there is a directory and consent allows to store. No call throws but [start]. Safe
 * to use from any thread.
 */
public class Eyeline internal constructor(internal val client: Client) : AutoCloseable {
    /** Content is shown: records the impression and watches it until the [View] is hidden. */
    public fun impression(impression: Impression): View =
        View(client, quietly(0uL) { client.impression(impression.toFfi()) })

    /** The same, for what has a content and a placement and nothing else to say. */
    public fun impression(content: String, placement: String): View = impression(Impression(content, placement))

    /** How much of many views shows, in one call: what a scrolling list reports once a frame. */
    public fun visible(reports: List<VisibleReport>) {
        if (reports.isEmpty()) return
        val calls = reports.map {
            Call(Action.Visible(ViewRef.Known(it.view.id), it.fraction, it.width, it.height), 0uL)
        }
        quietly(Unit) { client.trackAll(calls) }
    }

    /** Content was delivered to a placement. True where that was recorded. */
    public fun serve(serve: Serve): Boolean = quietly(false) { client.serve(serve.toFfi()) != 0uL }

    /** A goal was reached. True where that was recorded. */
    public fun convert(conversion: Conversion): Boolean = quietly(false) { client.convert(conversion.toFfi()) != 0uL }

    /** Another screen is shown: the views of the one before have ended. True where that was recorded. */
    public fun screen(screen: Screen): Boolean = quietly(false) { client.page(screen.toFfi()) != 0uL }

    /** The visitor's choice. [Consent.DENIED] wipes what waits, on disk too, before this returns. */
    public var consent: Consent
        get() = quietly(Consent.PENDING) { Consent.valueOf(client.consent().name) }
        set(choice) = quietly(Unit) { client.setConsent(choice.toFfi()) }

    /** Whether the visitor asks not to be tracked. */
    public fun setGpc(gpc: Boolean): Unit = quietly(Unit) { client.setGpc(gpc) }

    /** Whether the app is in front, on a lit screen. Nothing counts as seen while it is not. */
    public fun setActive(active: Boolean): Unit = quietly(Unit) { client.setActive(active) }

    /** The visitor did something: touched, scrolled, typed. Makes the next seconds engaged ones. */
    public fun activity(): Unit = quietly(Unit) { client.activity() }

    /** The app goes to the background: what waits is closed and sent while there is time. */
    public fun background(): Unit = quietly(Unit) { client.background() }

    /** The device changed, such as on rotation. */
    public fun setDevice(device: Device): Unit = quietly(Unit) { client.setDevice(device.toFfi()) }

    /** The visitor's variants of running experiments. */
    public fun setExperiments(variants: Map<String, String>): Unit = quietly(Unit) { client.setExperiments(variants) }

    /** Custom dimensions of what is recorded from here on. */
    public fun setDimensions(dimensions: Map<String, String>): Unit =
        quietly(Unit) { client.setDimensions(dimensions) }

    /** Forgets the visitor: asks the collector to erase what it has, and mints a new visitor id. */
    public fun forget(): Unit = quietly(Unit) { client.forget() }

    /** What became of every event; zeros once the client is closed. */
    public fun stats(): Stats = quietly(NO_STATS) { client.stats().toStats() }

    /** Closes the open batch and sends what is due, for at most [timeout]. Cancelled, it goes on in the background. */
    public suspend fun flush(timeout: Duration = 10.seconds): Flushed = withContext(Dispatchers.IO) {
        quietly(Flushed.Stopped) { client.flush(timeout.inWholeMilliseconds.toFfi()).toFlushed() }
    }

    /** Flushes for at most [timeout] and stops: the directory is then free, and nothing more is recorded. */
    public suspend fun shutdown(timeout: Duration = 10.seconds): Flushed = withContext(Dispatchers.IO) {
        quietly(Flushed.Stopped) { client.shutdown(timeout.inWholeMilliseconds.toFfi()).toFlushed() }
    }

    /** Stops at once and waits for nothing. What was stored is sent by the next client with this directory. */
    override fun close(): Unit = quietly(Unit) { client.abandon() }

    public companion object {
        /**
         * Starts a client that sends to [endpoint] (such as `https://collect.example.com`) with this app's write key, for an
         * affiliate the key is bound to. Loads the library and opens the directory on a thread meant for such work.
         *
         * @throws StartException says what to do
         */
        public suspend fun start(
            endpoint: String,
            writeKey: String,
            affiliate: String,
            settings: Settings.() -> Unit = {},
        ): Eyeline = withContext(Dispatchers.IO) { startBlocking(endpoint, writeKey, affiliate, settings) }

        /**
         * The same for code without coroutines. Reads and writes files: not for an app's main thread.
         *
         * @throws StartException says what to do
         */
        public fun startBlocking(
            endpoint: String,
            writeKey: String,
            affiliate: String,
            settings: Settings.() -> Unit = {},
        ): Eyeline {
            val chosen = Settings().apply(settings)
            val listener = chosen.listener?.let(::ListenerBorder)
            return try {
                Eyeline(Client(chosen.toConfig(endpoint, writeKey, affiliate), TransportBorder(chosen.transport), listener))
            } catch (error: Exception) {
                throw error.toStartException()
            } catch (error: LinkageError) {
                // What JNA throws where the library of this platform is missing.
                throw error.toStartException()
            }
        }
    }
}

/**
 * How much of one view shows; see [View.visible].
 *
 * @property view the view
 * @property fraction the visible share of its area, 0 to 1
 * @property width its whole width in dp
 * @property height its whole height in dp
 */
public data class VisibleReport(val view: View, val fraction: Double, val width: Double, val height: Double)
