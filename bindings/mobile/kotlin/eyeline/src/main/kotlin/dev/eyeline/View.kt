// One impression on screen, from render to the moment it is gone.
package dev.eyeline

import dev.eyeline.generated.ClientInterface

/**
 * A rendered impression. Say how much of it shows, and the engine decides when it was viewable and for how long it was seen.
 * [hide] or [close] ends it. No call throws; one on a view that has ended does nothing.
 */
public class View internal constructor(
    private val client: ClientInterface,
    internal val id: ULong,
) : AutoCloseable {
    /** Whether the impression was recorded: not where consent is denied, the session is not sampled, or it was invalid. */
    public val isRecorded: Boolean get() = id != 0uL

    /**
     * How much of it shows now: [fraction] of it (0 to 1), and its whole size in dp. Say so whenever that changes; between two
     * calls it counts as unchanged.
     */
    public fun visible(fraction: Double, width: Double, height: Double): Unit =
        quietly(Unit) { client.visible(id, fraction, width, height) }

    /** It was tapped; [trusted] is whether the platform says that a person did it. True where the click was recorded. */
    @JvmOverloads
    public fun click(target: String? = null, trusted: Boolean? = null): Boolean =
        quietly(false) { client.click(id, dev.eyeline.click(trusted, target)) != 0uL }

    /** Its audio or video moved on. True where that was recorded. */
    public fun media(media: Media): Boolean = quietly(false) { client.media(id, media.toFfi()) != 0uL }

    /** It left the screen for good; [why] is a word of the app's own. */
    @JvmOverloads
    public fun hide(why: String = "hidden"): Unit = quietly(Unit) { client.hide(id, why) }

    /** The same as [hide]. */
    override fun close(): Unit = hide("closed")
}
