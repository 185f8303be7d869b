// Views are measured by how much of them shows.
package dev.eyeline.android

import android.view.View
import android.widget.FrameLayout
import android.widget.ScrollView
import dev.eyeline.Impression
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.fail
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import java.lang.ref.ReferenceQueue
import java.lang.ref.WeakReference
import kotlin.time.Duration.Companion.seconds

@RunWith(RobolectricTestRunner::class)
class ViewsTest {
    private val stage = Stage()
    private val context = RuntimeEnvironment.getApplication()
    private val item = Impression("item-14", "feed", 1)

    /** A page of three screens, and on it the card, at this height. */
    private val card = View(context)
    private val page = FrameLayout(context)
    private val scroll = ScrollView(context).apply { addView(page) }

    private fun show(top: Int, height: Int = 100) {
        page.addView(View(context), FrameLayout.LayoutParams(300, 900))
        page.addView(card, FrameLayout.LayoutParams(200, height).apply { topMargin = top })
        stage.show(scroll, 300, 300)
        stage.app.track(card, item)
        stage.rest()
    }

    @After
    fun close() = stage.close()

    @Test
    fun `a card seen for a second is viewable`() {
        show(top = 0)
        stage.pass(1.seconds)
        stage.test.assertImpression("item-14", "feed", viewable = true)
    }

    @Test
    fun `less than half a card is an impression that is not viewable`() {
        show(top = 260)
        stage.pass(3.seconds)
        stage.test.assertImpression("item-14", viewable = false)
        scroll.scrollTo(0, 10)
        stage.rest()
        stage.pass(1.seconds)
        stage.test.assertImpression("item-14", viewable = true)
    }

    @Test
    fun `a card further down is no impression until it comes`() {
        show(top = 500)
        stage.pass(2.seconds)
        stage.test.assertNoImpression("item-14")
        scroll.scrollTo(0, 400)
        stage.rest()
        stage.test.assertImpression("item-14", times = 1)
    }

    @Test
    fun `a card that cannot be seen is none`() {
        page.alpha = 0f
        show(top = 0)
        stage.pass(2.seconds)
        stage.test.assertNoImpression("item-14")
        page.alpha = 1f
        card.visibility = View.GONE
        stage.pass(2.seconds)
        stage.test.assertNoImpression("item-14")
    }

    @Test
    fun `a card that is scaled shows as much as it looks`() {
        page.scaleX = 0.5f
        page.scaleY = 0.5f
        show(top = 0)
        stage.pass(1.seconds)
        stage.test.assertImpression("item-14", viewable = true)
    }

    @Test
    fun `a card that leaves its window has ended, and begins anew when it comes back`() {
        show(top = 0)
        page.removeView(card)
        assertEquals(1, stage.events("hide").size)
        page.addView(card)
        stage.rest()
        stage.test.assertImpression("item-14", times = 2)
    }

    @Test
    fun `a view used again shows something else`() {
        show(top = 0)
        stage.app.track(card, item)
        stage.app.track(card, item.copy(content = "item-15", position = 2))
        stage.rest()
        stage.test.assertImpression("item-14", times = 1)
        stage.test.assertImpression("item-15", times = 1)
        assertEquals(listOf("item-14"), stage.events("hide").map { it.content })
        stage.app.untrack(card)
        assertEquals(listOf("item-14", "item-15"), stage.events("hide").map { it.content })
    }

    @Test
    fun `a tap is a click, even before the first look`() {
        show(top = 0)
        stage.app.track(card, item.copy(content = "item-15"))
        stage.app.tapped(card, "shop.example/item-15")
        assertEquals(listOf("item-15" to "shop.example/item-15"), stage.events("click").map { it.content to it.fields["tg"] })
    }

    @Test
    fun `behind another app nothing is seen`() {
        show(top = 0)
        stage.activity.pause().stop()
        stage.pass(3.seconds)
        stage.test.assertImpression("item-14", viewable = false)
        stage.activity.start().resume()
        stage.rest()
        stage.pass(1.seconds)
        stage.test.assertImpression("item-14", viewable = true)
    }

    @Test
    fun `a frame in which nothing changed is not reported`() {
        show(top = 0)
        val measured = Measured(stage.app, item)
        val look = card.look()
        assertEquals(listOf(true, false), List(2) { measured.isNews(look) })
        scroll.scrollTo(0, 10)
        assertEquals(true, measured.isNews(card.look()))
    }

    @Test
    fun `a view is let go`() {
        val queue = ReferenceQueue<View>()
        show(top = 400)
        val gone = oneMore(queue)
        stage.rest()
        stage.test.assertImpression("item-14", times = 1)
        page.removeAllViews()
        stage.rest()
        for (attempt in 1..100) {
            System.gc()
            if (queue.remove(100) != null) return
        }
        fail("the view is still held: $gone")
    }

    /** By itself, so that no local variable holds it. */
    private fun oneMore(queue: ReferenceQueue<View>): WeakReference<View> {
        val view = View(context)
        stage.app.track(view, item)
        page.addView(view, 10, 10)
        return WeakReference(view, queue)
    }
}
