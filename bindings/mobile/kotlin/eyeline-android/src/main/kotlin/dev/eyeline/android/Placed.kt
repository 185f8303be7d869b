// Something measured that tells by itself where it is, as Compose does.
package dev.eyeline.android

/** On the main thread alone. Looks at the last place that was told. */
internal class Placed(private var measured: Measured) {
    private val throttle = Throttle { look?.let(measured::look) }
    private var look: Look? = null

    /** It shows something else from here on. */
    fun show(what: Measured): Unit = guarded {
        if (what === measured) return@guarded
        measured.gone()
        measured = what
        throttle.soon()
    }

    /** It is so large, in pixels, and so much of that shows. */
    fun at(width: Int, height: Int, shownWidth: Float, shownHeight: Float, density: Float): Unit = guarded {
        val whole = width.toDouble() * height
        val share = if (whole > 0) minOf(1.0, shownWidth.toDouble() * shownHeight / whole) else 0.0
        look = Look(share, width / density.toDouble(), height / density.toDouble())
        throttle.soon()
    }

    fun gone(): Unit = guarded {
        throttle.cancel()
        look = null
        measured.gone()
    }
}
