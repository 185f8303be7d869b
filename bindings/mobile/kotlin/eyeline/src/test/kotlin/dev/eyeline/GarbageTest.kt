// What calls leave behind for the garbage collector.
package dev.eyeline

import com.sun.management.ThreadMXBean
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.lang.management.ManagementFactory

class GarbageTest {
    /** A status that JNA makes anew is 1.4 KB of objects, and native memory beside them. A call has two or three. */
    @Test
    fun `a call makes no call status of its own`() {
        Eyeline.startBlocking("https://collect.example", "wk_test", "test") { consent = Consent.FULL }.use { eyeline ->
            val view = eyeline.impression("item-14", "feed")
            val visible = bytesOf { view.visible(0.75, 300.0, 250.0) }
            val converted = bytesOf { eyeline.convert(Conversion("purchase")) }
            assertTrue(visible < 1_000, "visible: $visible bytes")
            assertTrue(converted < 2_800, "convert: $converted bytes")
        }
    }

    private fun bytesOf(call: () -> Unit): Long {
        repeat(ROUNDS) { call() }
        val threads = ManagementFactory.getThreadMXBean() as ThreadMXBean
        val before = threads.currentThreadAllocatedBytes
        repeat(ROUNDS) { call() }
        return (threads.currentThreadAllocatedBytes - before) / ROUNDS
    }

    private companion object {
        const val ROUNDS = 1_000
    }
}
