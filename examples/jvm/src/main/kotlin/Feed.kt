// A feed of three articles that a reader scrolls through: `ADDRESS KEY [AFFILIATE] [FOLDER]`.
import dev.eyeline.Consent
import dev.eyeline.Eyeline
import dev.eyeline.Flushed
import dev.eyeline.Impression
import dev.eyeline.Screen
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import java.io.File
import kotlin.time.Duration.Companion.milliseconds

fun main(arguments: Array<String>): Unit = runBlocking {
    require(arguments.size >= 2) { "name the collector's address and the write key, as `eyeline up` prints them" }
    val (address, key) = arguments
    val affiliate = arguments.getOrElse(2) { "my-site" }
    // Events wait in this folder until the collector has them, even if the program is killed.
    val folder = File(arguments.getOrElse(3) { "${System.getProperty("java.io.tmpdir")}/eyeline-example-jvm" })
    val eyeline = Eyeline.start(address, key, affiliate) {
        directory = folder
        consent = Consent.FULL
        screen = Screen("/feed")
    }
    for (position in 1..3) {
        val view = eyeline.impression(Impression("article-$position", "feed", position))
        // A real app reports this from its list. Half of it for a second makes it viewable: the SDK decides.
        view.visible(0.8, width = 320.0, height = 200.0)
        eyeline.activity()
        delay(1_300.milliseconds)
        if (position == 2) view.click()
        view.hide("scrolled")
    }
    when (val flushed = eyeline.shutdown()) {
        Flushed.Complete -> println("delivered: ${eyeline.stats()}")
        else -> println("not all delivered ($flushed); the rest is kept for the next start: ${eyeline.stats()}")
    }
}
