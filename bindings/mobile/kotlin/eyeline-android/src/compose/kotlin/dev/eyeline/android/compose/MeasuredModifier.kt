// Compose: a modifier that tells how much of what it stands on shows.
@file:JvmName("MeasuredModifiers")

package dev.eyeline.android.compose

import androidx.compose.ui.Modifier
import androidx.compose.ui.layout.LayoutCoordinates
import androidx.compose.ui.layout.boundsInWindow
import androidx.compose.ui.node.GlobalPositionAwareModifierNode
import androidx.compose.ui.node.ModifierNodeElement
import androidx.compose.ui.node.requireDensity
import androidx.compose.ui.platform.InspectorInfo
import dev.eyeline.android.Measured
import dev.eyeline.android.Placed

/**
 * Measures what this stands on as [what]:
 *
 * ```
 * val card = remember(item) { Measured(eyeline, Impression(item.id, "feed")) }
 * Card(onClick = { card.tapped(); open(item) }, modifier = Modifier.measured(card)) { … }
 * ```
 */
public fun Modifier.measured(what: Measured): Modifier = this then MeasuredElement(what)

private data class MeasuredElement(private val what: Measured) : ModifierNodeElement<MeasuredNode>() {
    override fun create() = MeasuredNode(Placed(what))

    override fun update(node: MeasuredNode) = node.show(what)

    override fun InspectorInfo.inspectableProperties() {
        name = "measured"
        properties["content"] = what.what.content
    }
}

private class MeasuredNode(private val placed: Placed) : Modifier.Node(), GlobalPositionAwareModifierNode {
    fun show(what: Measured) = placed.show(what)

    override fun onGloballyPositioned(coordinates: LayoutCoordinates) {
        // Cut by whatever clips it up to the window; its own size is the whole.
        val cut = coordinates.boundsInWindow()
        placed.at(
            width = coordinates.size.width,
            height = coordinates.size.height,
            shownWidth = cut.width,
            shownHeight = cut.height,
            density = requireDensity().density,
        )
    }

    override fun onDetach() = placed.gone()
}
