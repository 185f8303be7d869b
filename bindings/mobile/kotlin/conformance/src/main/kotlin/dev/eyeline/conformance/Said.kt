// What a scenario says, in the words of the API. A text that is empty is none.
package dev.eyeline.conformance

import dev.eyeline.Consent
import dev.eyeline.Conversion
import dev.eyeline.Impression
import dev.eyeline.Media
import dev.eyeline.MediaState
import dev.eyeline.Money
import dev.eyeline.Rule
import dev.eyeline.Screen
import dev.eyeline.Serve
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.double
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long

fun consent(word: String): Consent = when (word) {
    "pending" -> Consent.PENDING
    "full" -> Consent.FULL
    "measure" -> Consent.MEASURE_ONLY
    "denied" -> Consent.DENIED
    else -> error("no such consent: $word")
}

fun screen(page: JsonObject) = Screen(page.text("path"), page.textOrNull("site"), page.textOrNull("referrer"))

fun device(device: JsonObject) = dev.eyeline.Device(
    type = device.textOrNull("class"),
    os = device.textOrNull("os"),
    language = device.textOrNull("language"),
    utcOffsetMinutes = device.int("utc_offset_min"),
    width = device.int("viewport_width"),
    height = device.int("viewport_height"),
)

fun impression(step: JsonObject) = Impression(
    content = step.text("content"),
    placement = step.text("placement"),
    position = step.longOrNull("position")?.toInt(),
    measurable = step.flag("measurable"),
    request = step.textOrNull("request"),
    model = step.textOrNull("model"),
    propensity = step.numberOrNull("propensity"),
    exploration = step.flag("exploration"),
    variant = step.textOrNull("variant"),
    rule = rule(step["rule"], step.flag("video")),
)

private fun rule(rule: Any?, video: Boolean): Rule = when {
    rule is JsonObject -> Rule.Custom(rule.text("name"), rule.number("fraction"), rule.long("ms"), playing = video)
    video -> Rule.Video
    else -> Rule.Display
}

fun media(step: JsonObject) = Media(
    state = STATES.getValue(step.text("state")),
    positionMillis = step.long("position"),
    watchedMillis = step.longOrNull("watched"),
    lengthMillis = step.longOrNull("length"),
    autoplay = step.flag("autoplay"),
    muted = step.flag("muted"),
)

fun serve(step: JsonObject) = Serve(
    placement = step.text("placement"),
    content = step.textOrNull("content"),
    position = step.longOrNull("position")?.toInt(),
    request = step.textOrNull("request"),
    model = step.textOrNull("model"),
    propensity = step.numberOrNull("propensity"),
    exploration = step.flag("exploration"),
)

fun conversion(step: JsonObject) = Conversion(
    goal = step.text("goal"),
    value = step.textOrNull("currency")?.let { Money(step.long("value"), it) },
    order = step.textOrNull("order"),
)

private val STATES = mapOf(
    "start" to MediaState.START,
    "q25" to MediaState.FIRST_QUARTILE,
    "q50" to MediaState.MIDPOINT,
    "q75" to MediaState.THIRD_QUARTILE,
    "complete" to MediaState.COMPLETE,
    "pause" to MediaState.PAUSE,
    "resume" to MediaState.RESUME,
    "mute" to MediaState.MUTE,
    "error" to MediaState.ERROR,
    "stop" to MediaState.STOP,
)

fun JsonObject.text(key: String): String = getValue(key).jsonPrimitive.content

fun JsonObject.textOrNull(key: String): String? = given(key)?.content?.ifEmpty { null }

fun JsonObject.flag(key: String): Boolean = getValue(key).jsonPrimitive.boolean

fun JsonObject.number(key: String): Double = getValue(key).jsonPrimitive.double

fun JsonObject.numberOrNull(key: String): Double? = given(key)?.double

fun JsonObject.long(key: String): Long = getValue(key).jsonPrimitive.long

fun JsonObject.longOrNull(key: String): Long? = given(key)?.long

fun JsonObject.int(key: String): Int = Math.toIntExact(long(key))

fun JsonObject.pairs(key: String): Map<String, String> =
    getValue(key).jsonObject.mapValues { (_, value) -> value.jsonPrimitive.content }

private fun JsonObject.given(key: String) = get(key)?.takeIf { it != JsonNull }?.jsonPrimitive
