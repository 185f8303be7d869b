// RecyclerView: measures the items of a list as they come and go.
@file:JvmName("RecyclerViews")

package dev.eyeline.android.androidx

import android.view.View
import androidx.recyclerview.widget.RecyclerView
import dev.eyeline.Impression
import dev.eyeline.android.EyelineApp
import dev.eyeline.android.guarded

/**
 * Measures this list's items by [app] for as long as it lives. [what] says what an item shows, by what its holder was bound to, and
 * `null` for one that is not measured. It is asked when an item comes on screen and after each layout, on the main thread.
 *
 * ```
 * list.measured(eyeline) { holder -> Impression(items[holder.bindingAdapterPosition].id, "feed", holder.bindingAdapterPosition + 1) }
 * ```
 */
public fun RecyclerView.measured(app: EyelineApp, what: (RecyclerView.ViewHolder) -> Impression?) {
    val items = Items(this, app, what)
    addOnChildAttachStateChangeListener(items)
    // An item that is bound anew where it stands is not attached again, but laid out.
    addOnLayoutChangeListener(items)
    addOnScrollListener(Dragging(app))
    for (at in 0 until childCount) items.onChildViewAttachedToWindow(getChildAt(at))
}

private class Items(
    private val list: RecyclerView,
    private val app: EyelineApp,
    private val what: (RecyclerView.ViewHolder) -> Impression?,
) : RecyclerView.OnChildAttachStateChangeListener, View.OnLayoutChangeListener {
    override fun onChildViewAttachedToWindow(view: View): Unit = guarded {
        // Without a position it is on its way out, and shows what it was bound to before.
        val holder = list.getChildViewHolder(view)
        if (holder.bindingAdapterPosition != RecyclerView.NO_POSITION) {
            what(holder)?.let { app.track(view, it) } ?: app.untrack(view)
        }
    }

    override fun onChildViewDetachedFromWindow(view: View): Unit = guarded { app.untrack(view) }

    override fun onLayoutChange(
        view: View, left: Int, top: Int, right: Int, bottom: Int, oldLeft: Int, oldTop: Int, oldRight: Int, oldBottom: Int,
    ) {
        for (at in 0 until list.childCount) onChildViewAttachedToWindow(list.getChildAt(at))
    }
}

/** A list that is dragged is dragged by a person; one that only scrolls may do so by itself. */
private class Dragging(private val app: EyelineApp) : RecyclerView.OnScrollListener() {
    override fun onScrollStateChanged(list: RecyclerView, state: Int) {
        if (state == RecyclerView.SCROLL_STATE_DRAGGING) app.activity()
    }
}
