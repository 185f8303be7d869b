// What the system says of the device, no closer than the wire contract asks for.
package dev.eyeline.android

import android.content.Context
import android.content.res.Configuration
import android.os.Build
import dev.eyeline.Device
import java.util.TimeZone

/** This device, in its present orientation. */
internal fun describe(context: Context): Device {
    val configuration = context.resources.configuration
    return Device(
        type = typeOf(configuration),
        os = "Android ${Build.VERSION.RELEASE}",
        language = languageOf(configuration),
        utcOffsetMinutes = TimeZone.getDefault().getOffset(System.currentTimeMillis()) / MILLIS_A_MINUTE,
        width = configuration.screenWidthDp.takeIf { it > 0 },
        height = configuration.screenHeightDp.takeIf { it > 0 },
    )
}

/** Of several the first, which later Androids keep here, too. */
@Suppress("DEPRECATION")
private fun languageOf(configuration: Configuration): String? = configuration.locale?.toLanguageTag()

private fun typeOf(configuration: Configuration): String = when (configuration.uiMode and Configuration.UI_MODE_TYPE_MASK) {
    Configuration.UI_MODE_TYPE_TELEVISION -> "tv"
    Configuration.UI_MODE_TYPE_WATCH -> "watch"
    else -> if (configuration.smallestScreenWidthDp >= TABLET_DP) "tablet" else "phone"
}

/** Android's own border: resources of `sw600dp` are those of tablets. */
private const val TABLET_DP = 600
private const val MILLIS_A_MINUTE = 60_000
