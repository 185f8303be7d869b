// How calls are timed, and what the system says of this process.
package dev.eyeline.costs

import dev.eyeline.Eyeline
import dev.eyeline.Flushed
import java.io.File
import java.lang.management.ManagementFactory
import kotlin.time.Duration.Companion.seconds

/** So many calls that the queue of 100,000 events holds what they record. */
const val ROUNDS: Int = 20_000

/** As many before any is timed: the JVM has then compiled what it runs. */
private const val WARMING: Int = 20_000

private val threads = ManagementFactory.getThreadMXBean()

/** Times each call, by the wall clock and by the CPU the caller spent. What comes [after] one is not timed. */
suspend fun time(name: String, eyeline: Eyeline, calls: Int, each: Int = 1, after: () -> Unit = {}, call: (Int) -> Unit) {
    repeat(WARMING / each) { call(it).also { after() } }
    drain(eyeline)
    val taken = LongArray(calls)
    var cpu = 0L
    for (at in 0 until calls) {
        val spent = threads.currentThreadCpuTime
        val begun = System.nanoTime()
        call(at)
        taken[at] = System.nanoTime() - begun
        cpu += threads.currentThreadCpuTime - spent
        after()
    }
    taken.sort()
    val shown = listOf(taken[calls / 2].toDouble(), taken[calls * 99 / 100].toDouble(), cpu.toDouble() / calls)
    println("| $name | ${shown.joinToString(" | ") { "%.2f µs".format(it / each / 1_000) }} |")
    drain(eyeline)
}

/** Waits until everything is at the collector. */
suspend fun drain(eyeline: Eyeline) {
    while (eyeline.flush(60.seconds) != Flushed.Complete) {
        check(eyeline.stats().failures == 0) { "the collector does not answer: ${eyeline.stats()}" }
    }
}

/** A row of what Linux says of this process, and the JVM of its heap after a collection. */
fun row(what: String) {
    System.gc()
    val heap = ManagementFactory.getMemoryMXBean().heapMemoryUsage.used / MEGABYTE
    val resident = File("/proc/self/status").readLines().first { it.startsWith("VmRSS:") }
    val kilobytes = resident.filter(Char::isDigit).toDouble()
    val names = entries("/proc/self/task").map { File(it, "comm").readText() }
    println(
        "| $what | %.1f | %.1f | ${names.size} | ${names.count { it.startsWith("eyeline") }} | ${entries("/proc/self/fd").size} |"
            .format(heap, kilobytes / 1_024),
    )
}

private fun entries(folder: String) = File(folder).listFiles().orEmpty().toList()

private const val MEGABYTE = 1_048_576.0
