// `kill -9` of a JVM at any moment: no event for which the call returned is missing afterwards.
package dev.eyeline

import dev.eyeline.Collector.Companion.AFFILIATE
import dev.eyeline.Collector.Companion.KEY
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import kotlin.random.Random

class KillTest {
    @TempDir
    lateinit var folder: File

    /** `EYELINE_KILLS` says how often. */
    private val kills = System.getenv("EYELINE_KILLS")?.toInt() ?: 5

    @Test
    fun `a killed process loses no event for which the call returned`() = runBlocking {
        // The same moments in each run, so that a red one is the change's doing.
        val random = Random(1)
        val returned = mutableSetOf<String>()
        Collector().use { collector ->
            for (run in 1..kills) {
                returned += killed(after = random.nextInt(1, 200), run, collector)
                // Before the queue is full, which would be a loss of another kind.
                if (run % 50 == 0 || run == kills) sendTheRest(collector)
            }
            val arrived = mutableMapOf<String, MutableSet<String>>()
            for (batch in collector.drain()) {
                for (event in batch["ev"]!!.jsonArray.map { it.jsonObject }) {
                    event.text("oid")?.let { arrived.getOrPut(it, ::mutableSetOf) += "${batch.text("inst")} ${event.text("n")}" }
                }
            }
            val missing = returned - arrived.keys
            println("$kills kills, ${returned.size} calls returned, ${missing.size} missing, ${arrived.size} arrived")
            assertEquals(emptySet<String>(), missing)
            assertEquals(emptyMap<String, Any>(), arrived.filterValues { it.size > 1 }, "an event has two keys")
            assertTrue(returned.isNotEmpty())
            // At most the one event a run whose call had not returned, or whose line the kill tore.
            assertTrue(arrived.size - returned.size <= kills)
        }
    }

    /** Kills a child once it has said so many lines, and gives the orders for which the call had returned. */
    private fun killed(after: Int, run: Int, collector: Collector): Set<String> {
        val child = ProcessBuilder(
            File(System.getProperty("java.home"), "bin/java").path,
            "-cp", System.getProperty("java.class.path"), "dev.eyeline.KillTestKt", collector.address, folder.path, "$run",
        ).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val lines = child.inputStream.bufferedReader().lineSequence().iterator()
        val said = mutableListOf<String>()
        repeat(after) { said += lines.next() }
        // On Linux and macOS this is SIGKILL.
        child.toHandle().destroyForcibly()
        child.waitFor()
        // What was already in the pipe had returned before the kill, too; the last line may be torn.
        while (lines.hasNext()) said += lines.next()
        return said.filter { it.endsWith(END) }.map { it.removeSuffix(END) }.toSet()
    }

    /** Opens the folder once more, as the next start of the app would, until all of it is sent. */
    private suspend fun sendTheRest(collector: Collector) {
        val eyeline = Eyeline.start(collector.address, KEY, AFFILIATE) {
            directory = folder
            consent = Consent.FULL
        }
        // A kill in the middle of a request left a back-off behind: the engine says for how long.
        while (eyeline.flush() != Flushed.Complete) delay(eyeline.stats().blockedForMillis ?: 0)
        assertEquals(emptyMap<LossReason, Long>(), eyeline.stats().lost)
        assertEquals(Flushed.Complete, eyeline.shutdown())
    }
}

private const val END = " ."

/** What the child does until it is killed. */
fun main(arguments: Array<String>) {
    val (address, folder, run) = arguments
    val eyeline = Eyeline.startBlocking(address, KEY, AFFILIATE) {
        directory = File(folder)
        consent = Consent.FULL
        // Small batches: a kill finds the thread that sends at work, too.
        batchEvents = 10
    }
    var number = 0
    while (true) {
        val order = "$run-${number++}"
        check(eyeline.convert(Conversion("purchase", order = order)))
        println("$order$END")
        System.out.flush()
    }
}
