// `kill -9` of a JVM at any moment: no event for which the call returned is missing afterwards.
package dev.eyeline

import dev.eyeline.Collector.Companion.AFFILIATE
import dev.eyeline.Collector.Companion.KEY
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.io.IOException

class KillTest {
    @TempDir
    lateinit var folder: File

    /** `EYELINE_KILLS` says how often. */
    private val kills = System.getenv("EYELINE_KILLS")?.toInt() ?: 5

    @Test
    fun `a killed process loses no event for which the call returned`() = runBlocking {
        val returned = mutableSetOf<String>()
        repeat(kills) { run ->
            val child = ProcessBuilder(
                File(System.getProperty("java.home"), "bin/java").path,
                "-cp", System.getProperty("java.class.path"), "dev.eyeline.KillTestKt", folder.path, "$run",
            ).redirectError(ProcessBuilder.Redirect.INHERIT).start()
            val lines = child.inputStream.bufferedReader().lineSequence().iterator()
            // Each time elsewhere in its work.
            repeat(1 + run * 37 % 101) { returned += lines.next() }
            child.destroyForcibly().waitFor()
            // What was already in the pipe had returned before the kill, too; the last line may be torn.
            returned += runCatching { lines.asSequence().toList() }.getOrDefault(emptyList()).filter { it.endsWith(" .") }
        }
        Collector().use { collector ->
            val eyeline = Eyeline.start(collector.address, KEY, AFFILIATE) {
                directory = folder
                consent = Consent.FULL
            }
            // The attempts of the last child left a back-off behind.
            while (eyeline.flush() != Flushed.Complete) delay(eyeline.stats().blockedForMillis ?: 0)
            val stats = eyeline.stats()
            eyeline.shutdown()
            assertEquals(stats.captured, stats.delivered)
            val taken = collector.drainEvents().mapNotNull { it.text("oid") }
            assertEquals(taken.toSet().size, taken.size, "an event came twice")
            assertEquals(emptySet<String>(), returned.map { it.removeSuffix(" .") }.toSet() - taken.toSet())
            assertTrue(returned.isNotEmpty())
        }
    }
}

/** What the child does until it is killed. */
fun main(arguments: Array<String>) {
    val (folder, run) = arguments
    val eyeline = Eyeline.startBlocking("https://collect.example", KEY, AFFILIATE) {
        directory = File(folder)
        consent = Consent.FULL
        // Offline, so that everything recorded is still there when the parent counts; but tried, so that a kill finds all at work.
        transport = Transport { throw IOException("no network") }
        batchEvents = 10
    }
    var number = 0
    while (true) {
        val order = "$run-${number++}"
        check(eyeline.convert(Conversion("purchase", order = order)))
        println("$order .")
        System.out.flush()
    }
}
