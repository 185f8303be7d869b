// What an app tests its measuring with: the real engine, a clock that stands still, a collector in memory.
package dev.eyeline.test

import dev.eyeline.Consent
import dev.eyeline.Eyeline
import dev.eyeline.Flushed
import dev.eyeline.Settings
import dev.eyeline.testing.Rig
import kotlinx.coroutines.runBlocking
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/**
 * A client for tests: the engine is the one of the app, nothing else is real. Time passes when [pass] says so; what would have been
 * sent is in [events].
 *
 * ```
 * EyelineTest().use { test ->
 *     showTeaser(test.eyeline)
 *     test.pass(1.seconds)
 *     test.assertImpression("item-14", "recs-top", viewable = true)
 * }
 * ```
 */
public class EyelineTest(settings: Settings.() -> Unit = {}) : AutoCloseable {
    private val rig = Rig(START_MILLIS)

    /** What would have been sent, and how the collector answers. */
    public val collector: MemoryCollector = MemoryCollector()

    /** The client to hand to the app's code. Consent is full unless the settings say otherwise. */
    public val eyeline: Eyeline = rig.start {
        consent = Consent.FULL
        settings()
        transport = collector
    }

    /** Every event recorded so far, in order. Asking sends what waits, so an outage that was scripted shows here too. */
    public val events: List<RecordedEvent>
        get() {
            runBlocking { check(eyeline.flush(PATIENCE) != Flushed.TimedOut) { "the engine did not come to rest" } }
            return collector.events
        }

    /** Lets [time] pass, and everything that falls due in it happen. */
    public fun pass(time: Duration) {
        var left = time
        while (left > Duration.ZERO) {
            // In long steps the engine would see a device that slept, which counts as not watching.
            val step = minOf(left, STEP)
            rig.advance(step.inWholeMilliseconds)
            check(rig.settle(eyeline, PATIENCE.inWholeMilliseconds)) { "the engine did not come to rest" }
            left -= step
        }
    }

    /**
     * Fails unless [content] was shown (at [placement], where given) exactly [times] times; where [viewable] is given, unless
     * every one of these became viewable, or none did.
     */
    public fun assertImpression(content: String, placement: String? = null, viewable: Boolean? = null, times: Int = 1) {
        val seen = events
        val shown = seen.filter { it.kind == "render" && it.content == content && placement in listOf(null, it.placement) }
        if (shown.size != times) {
            throw AssertionError("$content was shown ${shown.size} times instead of $times; recorded:\n${told(seen)}")
        }
        val viewed = shown.count { render -> seen.any { it.kind == "viewable" && it.impression == render.impression } }
        if (viewable != null && viewed != if (viewable) times else 0) {
            throw AssertionError("$viewed of $times impressions of $content became viewable; recorded:\n${told(seen)}")
        }
    }

    /** Fails if [content] was shown. */
    public fun assertNoImpression(content: String): Unit = assertImpression(content, times = 0)

    override fun close(): Unit = eyeline.close()

    private fun told(events: List<RecordedEvent>) = events.joinToString("\n") { "  ${it.kind} ${it.content} ${it.placement}" }

    private companion object {
        /** 2026-01-01 00:00 UTC. */
        const val START_MILLIS = 1_767_225_600_000

        /** Longer than anything takes: who waits so long has found a defect. */
        val PATIENCE = 1.minutes

        /** Below the 5 s after which the engine takes a device for asleep. */
        val STEP = 1.seconds
    }
}
