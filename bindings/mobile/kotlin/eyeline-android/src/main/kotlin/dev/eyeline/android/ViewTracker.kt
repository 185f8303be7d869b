// Which views are measured, and as what.
package dev.eyeline.android

import android.os.Handler
import android.view.View
import dev.eyeline.Impression
import java.lang.ref.WeakReference
import java.util.WeakHashMap

/** On the main thread alone. Keeps no view alive. */
internal class ViewTracker(private val app: EyelineApp, private val main: Handler) {
    private val tracked = WeakHashMap<View, TrackedView>()
    private val windows = WeakHashMap<View, WindowWatch>()

    fun track(view: View, what: Impression) {
        val before = tracked[view]
        if (before?.measured?.what == what) return
        untrack(view)
        val new = TrackedView(view, Measured(app, what), ::attached, ::detached)
        tracked[view] = new
        view.addOnAttachStateChangeListener(new)
        if (view.isAttachedToWindow) attached(new)
    }

    fun untrack(view: View) {
        val old = tracked.remove(view) ?: return
        view.removeOnAttachStateChangeListener(old)
        detached(old)
    }

    fun tapped(view: View, target: String?) {
        val tapped = tracked[view] ?: return
        // Shown for the first time a moment ago, it may not have been looked at yet.
        look(listOf(tapped))
        tapped.measured.tapped(target)
    }

    private fun attached(tracked: TrackedView) {
        val root = tracked.view?.rootView ?: return
        tracked.window = windows.getOrPut(root) { WindowWatch(root, main, ::look) }.also { it.add(tracked) }
    }

    private fun detached(tracked: TrackedView) {
        tracked.window?.remove(tracked)
        tracked.window = null
        windows.values.removeAll { it.isIdle }
        tracked.measured.gone()
    }

    private fun look(views: Collection<TrackedView>) {
        app.report(views.mapNotNull { tracked -> tracked.view?.let { tracked.measured to it.look() } })
    }
}

/** One view; the view holds it, and not the other way round. */
internal class TrackedView(
    view: View,
    val measured: Measured,
    private val attached: (TrackedView) -> Unit,
    private val detached: (TrackedView) -> Unit,
) : View.OnAttachStateChangeListener {
    private val held = WeakReference(view)
    val view: View? get() = held.get()

    /** The window it is in, while it is in one. */
    var window: WindowWatch? = null

    override fun onViewAttachedToWindow(view: View): Unit = guarded { attached(this) }

    override fun onViewDetachedFromWindow(view: View): Unit = guarded { detached(this) }
}
