// The way in for the test kit: a client on a clock and chance that a test sets.
package dev.eyeline.testing

import dev.eyeline.Eyeline
import dev.eyeline.Settings
import dev.eyeline.generated.TestClock
import dev.eyeline.generated.TestRig
import dev.eyeline.toFfi

/**
 * What a test sets instead of the system; `EyelineTest` of the package eyeline-test wraps it.
 *
 * @param wallMillis the wall time at the start, in ms since 1970
 * @param monoMillis the time since the device's start, in ms, sleep included
 * @param seed what ids are drawn from
 * @param sdk the name of the SDK on the wire, in place of its own
 */
public class Rig @JvmOverloads constructor(
    wallMillis: Long,
    monoMillis: Long = START_MILLIS,
    private val seed: Long = 1,
    private val sdk: String? = null,
) {
    private val clock = TestClock(wallMillis, monoMillis.toFfi())

    /** Starts a client on this clock, which sends to the transport of its settings. */
    public fun start(
        endpoint: String = "https://collect.example",
        writeKey: String = "wk_test",
        affiliate: String = "test",
        settings: Settings.() -> Unit,
    ): Eyeline = Eyeline.startBlocking(endpoint, writeKey, affiliate) {
        rig = TestRig(clock, seed.toULong(), sdk)
        settings()
    }

    /** Lets time pass. What falls due then happens on a thread of the library: wait for it with [settle]. */
    public fun advance(millis: Long): Unit = clock.advance(millis.toFfi())

    /** Sets both clocks. The wall may step back, the other must not. */
    public fun set(wallMillis: Long, monoMillis: Long): Unit = clock.set(wallMillis, monoMillis.toFfi())

    /** Waits until all that is due is done and answered, for at most [timeoutMillis] of real time. */
    public fun settle(eyeline: Eyeline, timeoutMillis: Long): Boolean = eyeline.client.settle(timeoutMillis.toFfi())

    private companion object {
        /** Any will do but none at all. */
        private const val START_MILLIS = 1_000L
    }
}
