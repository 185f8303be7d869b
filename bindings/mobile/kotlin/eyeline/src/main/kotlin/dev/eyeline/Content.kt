// What is shown, and what people do with it.
package dev.eyeline

/**
 * One piece of content shown at one place: what, where, and what chose it.
 *
 * @property content the id of an item, article or creative; 1 to 128 characters
 * @property placement the place on the screen; 1 to 128 characters
 * @property position the position within the placement, counted from 1
 * @property measurable whether visibility can be measured here; `false` keeps it out of the viewable rate
 * @property request the ranking request (slate) that chose it
 * @property model the model and its version that chose it, such as `bts@47`
 * @property propensity the probability with which it was chosen for this position: above 0, at most 1
 * @property exploration whether it was chosen at random in order to learn
 * @property variant which form of the content is shown, where it has several
 * @property rule when it counts as viewable
 */
public data class Impression(
    val content: String,
    val placement: String,
    val position: Int? = null,
    val measurable: Boolean = true,
    val request: String? = null,
    val model: String? = null,
    val propensity: Double? = null,
    val exploration: Boolean = false,
    val variant: String? = null,
    val rule: Rule = Rule.Display,
)

/** When an impression counts as viewable (MRC Viewable Ad Impression Measurement Guidelines). */
public sealed class Rule {
    /** At least 50 % of the pixels for one continuous second; 30 % for views of 242,500 square dp or more. */
    public data object Display : Rule()

    /** At least 50 % of the pixels for two continuous seconds of playing. */
    public data object Video : Rule()

    /**
     * A rule of the app's own.
     *
     * @property name its name on the wire: 1 to 32 characters of a-z, 0-9 and `_`
     * @property fraction the share of the view that must show: above 0, at most 1
     * @property forMillis for how long without a break
     * @property playing whether its media must be playing meanwhile
     */
    public data class Custom(
        val name: String,
        val fraction: Double,
        val forMillis: Long,
        val playing: Boolean = false,
    ) : Rule()
}

/** What happened to a media player: the states of VAST linear ads. */
public enum class MediaState { START, FIRST_QUARTILE, MIDPOINT, THIRD_QUARTILE, COMPLETE, PAUSE, RESUME, MUTE, ERROR, STOP }

/**
 * How an impression's audio or video moved on.
 *
 * @property state what happened
 * @property positionMillis where in the media
 * @property watchedMillis how much was played so far; seeking adds nothing
 * @property lengthMillis the media's length; `null` for a live stream
 * @property autoplay whether it started without the user's doing
 * @property muted whether the sound is off
 */
public data class Media(
    val state: MediaState,
    val positionMillis: Long,
    val watchedMillis: Long? = null,
    val lengthMillis: Long? = null,
    val autoplay: Boolean? = null,
    val muted: Boolean? = null,
)

/**
 * Content delivered to a placement, whether or not it is ever shown. The fields are those of [Impression].
 *
 * @property content what was delivered; `null` for the slate as a whole
 */
public data class Serve(
    val placement: String,
    val content: String? = null,
    val position: Int? = null,
    val request: String? = null,
    val model: String? = null,
    val propensity: Double? = null,
    val exploration: Boolean = false,
)

/**
 * The visitor did what the content was meant to bring about.
 *
 * @property goal what was reached, such as `purchase`
 * @property value what it is worth
 * @property order the order's number, so that one reported twice counts once
 * @property content the content it is put down to, where the app knows
 */
public data class Conversion(
    val goal: String,
    val value: Money? = null,
    val order: String? = null,
    val content: String? = null,
)

/**
 * An amount of money.
 *
 * @property minorUnits in cents, yen and the like; within ±10^12
 * @property currency three capital letters of ISO 4217
 */
public data class Money(val minorUnits: Long, val currency: String)

/**
 * A screen of the app.
 *
 * @property path its name or path; 1 to 512 characters
 * @property site the app; that of the screen before unless told
 * @property referrer the host the visitor came from
 */
public data class Screen(val path: String, val site: String? = null, val referrer: String? = null)

/**
 * The device, described coarsely enough to single nobody out.
 *
 * @property type `phone`, `tablet`, `tv`
 * @property os the operating system and its version, such as `Android 15`
 * @property language a BCP 47 tag
 * @property utcOffsetMinutes minutes the local clock is ahead of UTC
 * @property width width of the screen in dp
 * @property height height of the screen in dp
 */
public data class Device(
    val type: String? = null,
    val os: String? = null,
    val language: String? = null,
    val utcOffsetMinutes: Int? = null,
    val width: Int? = null,
    val height: Int? = null,
)

/** The visitor's choice. */
public enum class Consent {
    /** Everything, with a visitor id. */
    FULL,

    /** Measuring without a visitor id. */
    MEASURE_ONLY,

    /** Not asked yet: events stay in memory, nothing is stored or sent. */
    PENDING,

    /** Nothing is recorded; what was not yet sent is gone. */
    DENIED,
}
