// The way in for the test kit: a client on a clock and chance that a test sets.
package dev.eyeline.testing

import dev.eyeline.Eyeline
import dev.eyeline.Settings
import dev.eyeline.generated.TestClock
import dev.eyeline.generated.TestRig

/**
 * What a test sets instead of the system; `EyelineTest` of the package eyeline-test wraps it.
 *
 * @param wallMillis the wall time at the start, in ms since 1970
 * @param seed what ids are drawn from
 */
public class Rig(wallMillis: Long, private val seed: Long = 1) {
    private val clock = TestClock(wallMillis, START_MILLIS.toULong())

    /** Starts a client on this clock that sends nowhere but to the transport of its settings. */
    public fun start(settings: Settings.() -> Unit): Eyeline =
        Eyeline.startBlocking("https://collect.example", "wk_test", "test") {
            rig = TestRig(clock, seed.toULong(), null)
            settings()
        }

    /** Lets time pass. What falls due then happens on a thread of the library: wait for it with [settle]. */
    public fun advance(millis: Long): Unit = clock.advance(millis.coerceAtLeast(0).toULong())

    /** Waits until all that is due is done and answered, for at most [timeoutMillis] of real time. */
    public fun settle(eyeline: Eyeline, timeoutMillis: Long): Boolean = eyeline.client.settle(timeoutMillis.toULong())

    private companion object {
        /** Since the device's start: any will do but none at all. */
        const val START_MILLIS = 1_000
    }
}
