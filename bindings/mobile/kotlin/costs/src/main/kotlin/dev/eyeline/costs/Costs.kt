// What Eyeline costs an app. `cargo xtask bench kotlin` starts a collector and runs this with its address, key, affiliate and a folder.
package dev.eyeline.costs

import dev.eyeline.Consent
import dev.eyeline.Conversion
import dev.eyeline.Eyeline
import dev.eyeline.Impression
import dev.eyeline.VisibleReport
import kotlinx.coroutines.runBlocking
import java.io.File
import kotlin.time.Duration.Companion.seconds

fun main(words: Array<String>): Unit = runBlocking {
    val (address, key, affiliate, folder) = words
    println("| | heap, MB | resident, MB | threads | of them Eyeline's | files open |\n|---|---|---|---|---|---|")
    row("before the start")
    val eyeline = Eyeline.start(address, key, affiliate) {
        directory = File(folder)
        consent = Consent.FULL
    }
    row("started")

    println("\n| call | median | 99 of 100 take at most | CPU of the caller, mean |\n|---|---|---|---|")
    val content = Impression("item-men-14", "recs-top", 3)
    // As many as a screen and its surroundings hold.
    val shown = ArrayDeque(List(ON_SCREEN) { eyeline.impression(content) })
    time("`impression`", eyeline, ROUNDS, after = { shown.removeFirst().hide() }) { shown += eyeline.impression(content) }
    time("`visible`", eyeline, ROUNDS) { shown[it % ON_SCREEN].visible(share(it), 300.0, 250.0) }
    time("`click`", eyeline, ROUNDS) { shown[it % ON_SCREEN].click() }
    time("`convert`", eyeline, ROUNDS) { eyeline.convert(Conversion("purchase")) }
    time("`visible`, each of a list of $ON_SCREEN", eyeline, ROUNDS / ON_SCREEN, each = ON_SCREEN) { at ->
        eyeline.visible(shown.map { VisibleReport(it, share(at), 300.0, 250.0) })
    }
    shown.forEach { it.hide() }
    drain(eyeline)

    println("\n| | heap, MB | resident, MB | threads | of them Eyeline's | files open |\n|---|---|---|---|---|---|")
    row("after the calls above, all delivered")
    repeat(20) {
        repeat(50_000) { eyeline.convert(Conversion("purchase")) }
        drain(eyeline)
    }
    row("a million events later, all delivered")
    val stats = eyeline.stats()
    check(stats.lost.isEmpty() && stats.delivered == stats.captured) { "not all was delivered: $stats" }
    eyeline.shutdown(60.seconds)

    // On a plane: the queue is bounded, and the oldest go.
    val offline = Eyeline.start("http://127.0.0.1:9", key, affiliate) {
        directory = File("$folder-offline")
        consent = Consent.FULL
    }
    repeat(1_000_000) { offline.convert(Conversion("purchase")) }
    row("a million more that nobody takes")
    val left = offline.stats()
    println("\nof the last million ${left.queued} wait, ${left.lost.values.sum()} were lost and counted")
    offline.shutdown(1.seconds)
}

/** Above and below half by turns, so that every call says something new. */
private fun share(at: Int) = if (at % (2 * ON_SCREEN) < ON_SCREEN) 0.75 else 0.5

private const val ON_SCREEN = 50
