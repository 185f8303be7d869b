// Looks at the measured views of one window, when something in it was drawn or scrolled and never otherwise.
package dev.eyeline.android

import android.os.Handler
import android.view.View
import android.view.ViewTreeObserver
import java.lang.ref.WeakReference

/** On the main thread alone. The window holds it, and it holds no view. */
internal class WindowWatch(root: View, main: Handler, look: (Collection<TrackedView>) -> Unit) :
    ViewTreeObserver.OnPreDrawListener, ViewTreeObserver.OnScrollChangedListener {
    private val root = WeakReference(root)
    private val views = LinkedHashSet<TrackedView>()
    private val throttle = Throttle(main) { look(views) }

    val isIdle: Boolean get() = views.isEmpty()

    fun add(view: TrackedView) {
        if (views.isEmpty()) {
            root.get()?.viewTreeObserver?.takeIf { it.isAlive }?.let {
                it.addOnPreDrawListener(this)
                it.addOnScrollChangedListener(this)
            }
        }
        views += view
        throttle.soon()
    }

    fun remove(view: TrackedView) {
        views -= view
        if (views.isNotEmpty()) return
        throttle.cancel()
        root.get()?.viewTreeObserver?.takeIf { it.isAlive }?.let {
            it.removeOnPreDrawListener(this)
            it.removeOnScrollChangedListener(this)
        }
    }

    override fun onPreDraw(): Boolean {
        guarded(throttle::soon)
        return true
    }

    override fun onScrollChanged(): Unit = guarded(throttle::soon)
}
