// How much of a view shows.
package dev.eyeline.android

import android.graphics.Rect
import android.view.View
import kotlin.math.abs

/** What a view shows of itself now. */
internal fun View.look(): Look {
    val density = resources.displayMetrics.density.toDouble()
    return Look(shownShare(), width / density, height / density)
}

/** The share of it, 0 to 1, that its parents and its window do not cut off. What lies over it is not seen. */
private fun View.shownShare(): Double {
    if (!isAttachedToWindow || windowVisibility != View.VISIBLE || !isShown) return 0.0
    var area = width.toDouble() * height
    var next: View? = this
    while (next != null) {
        if (next.alpha < FAINTEST) return 0.0
        // The rectangle below is of the screen, where a view that is scaled is as large as it looks.
        area *= abs(next.scaleX * next.scaleY).toDouble()
        next = next.parent as? View
    }
    val cut = Rect()
    if (area <= 0 || !getGlobalVisibleRect(cut)) return 0.0
    return minOf(1.0, cut.width().toDouble() * cut.height() / area)
}

/** Fainter than this nobody sees it. */
private const val FAINTEST = 0.01f
