// From the types of this layer to those of the library. Negative numbers can't cross: they count as not given.
package dev.eyeline

import dev.eyeline.generated.Click as FfiClick
import dev.eyeline.generated.Consent as FfiConsent
import dev.eyeline.generated.Convert as FfiConvert
import dev.eyeline.generated.CustomRule as FfiCustomRule
import dev.eyeline.generated.Device as FfiDevice
import dev.eyeline.generated.Impression as FfiImpression
import dev.eyeline.generated.Media as FfiMedia
import dev.eyeline.generated.MediaState as FfiMediaState
import dev.eyeline.generated.Money as FfiMoney
import dev.eyeline.generated.Page as FfiPage
import dev.eyeline.generated.Rule as FfiRule
import dev.eyeline.generated.Serve as FfiServe

internal fun Impression.toFfi() = FfiImpression(
    content = content,
    placement = placement,
    position = position.toFfi(),
    measurable = measurable,
    request = request,
    model = model,
    propensity = propensity,
    exploration = exploration,
    variant = variant,
    rule = rule.toFfi(),
)

internal fun Rule.toFfi(): FfiRule = when (this) {
    Rule.Display -> FfiRule.Display
    Rule.Video -> FfiRule.Video
    is Rule.Custom -> FfiRule.Custom(FfiCustomRule(name, fraction, forMillis.toFfi(), playing))
}

internal fun Media.toFfi() = FfiMedia(
    state = FfiMediaState.valueOf(state.name),
    positionMs = positionMillis.toFfi(),
    watchedMs = watchedMillis?.toFfi(),
    lengthMs = lengthMillis?.toFfi(),
    autoplay = autoplay,
    muted = muted,
)

internal fun Serve.toFfi() = FfiServe(placement, content, position.toFfi(), request, model, propensity, exploration)

internal fun Conversion.toFfi() = FfiConvert(goal, value?.let { FfiMoney(it.minorUnits, it.currency) }, order, content)

internal fun Screen.toFfi() = FfiPage(path, site, referrer)

internal fun Device.toFfi() = FfiDevice(type, os, language, utcOffsetMinutes, width.toFfi(), height.toFfi())

internal fun Consent.toFfi(): FfiConsent = FfiConsent.valueOf(name)

internal fun click(trusted: Boolean?, target: String?) = FfiClick(trusted, target)

internal fun Long.toFfi(): ULong = coerceAtLeast(0).toULong()

internal fun Int?.toFfi(): UInt? = this?.takeIf { it >= 0 }?.toUInt()
