// One piece of content on screen, from its first showing to its end.
package dev.eyeline.android

import dev.eyeline.Impression
import dev.eyeline.VisibleReport
import dev.eyeline.View as Shown

/**
 * Content that is measured while it is on screen: the first time any of it shows is the impression, so that what is made ahead of
 * time is none. [EyelineApp.track] makes and keeps them for views; Compose takes them as `Modifier.measured`.
 */
public class Measured(private val app: EyelineApp, public val what: Impression) {
    /** What was said last; on the main thread alone. */
    private var last: Look? = null

    /** The impression, while it lasts; on the app's worker alone. */
    private var shown: Shown? = null

    /** It was tapped; [target] is the host and path it leads to. */
    @JvmOverloads
    public fun tapped(target: String? = null): Unit = app.record {
        activity()
        shown?.click(target)
    }

    internal fun look(look: Look): Unit = app.report(listOf(this to look))

    /** Whether a look has something to say: a first showing, or a change. */
    internal fun isNews(look: Look): Boolean {
        if (look == last || last == null && look.fraction <= 0) return false
        last = look
        return true
    }

    /** It shows no longer; its next showing is another impression. */
    internal fun gone() {
        if (last == null) return
        last = null
        app.record {
            shown?.hide()
            shown = null
        }
    }

    internal fun report(look: Look, start: (Impression) -> Shown): VisibleReport {
        val shown = shown ?: start(what).also { shown = it }
        return VisibleReport(shown, look.fraction, look.width, look.height)
    }
}

/** How much of something shows, 0 to 1, and its whole size in dp. */
internal data class Look(val fraction: Double, val width: Double, val height: Double)
