// The items of a real RecyclerView are measured as they scroll by, and its rows are used again.
package dev.eyeline.android

import android.view.View
import android.view.ViewGroup
import androidx.recyclerview.widget.LinearLayoutManager
import androidx.recyclerview.widget.RecyclerView
import dev.eyeline.Impression
import dev.eyeline.android.androidx.measured
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import kotlin.time.Duration.Companion.seconds

@RunWith(RobolectricTestRunner::class)
class RecyclerViewsTest {
    private val stage = Stage()
    private val items = MutableList(30) { "item-$it" }
    private val rows = Rows(items)

    /** Three rows are on screen. */
    private val list = RecyclerView(RuntimeEnvironment.getApplication()).apply {
        layoutManager = LinearLayoutManager(context)
        adapter = rows
        itemAnimator = null
        measured(stage.app) { row -> Impression(items[row.bindingAdapterPosition], "feed", row.bindingAdapterPosition + 1) }
    }

    @After
    fun close() = stage.close()

    private fun show() = stage.show(list, 300, 300)

    private fun scroll(by: Int) {
        list.scrollBy(0, by)
        stage.rest()
    }

    private fun contents(kind: String) = stage.events(kind).map { it.content }

    @Test
    fun `what is on screen is measured, and nothing below it`() {
        show()
        stage.pass(1.seconds)
        assertEquals(listOf("item-0", "item-1", "item-2"), contents("viewable"))
        assertEquals(listOf("1", "2", "3"), stage.events("render").map { it.fields["pos"] })
        assertEquals(3, contents("render").size)
    }

    @Test
    fun `rows that scroll out have ended, and the ones that come in begin`() {
        show()
        scroll(by = 200)
        assertEquals(listOf("item-0", "item-1", "item-2", "item-3", "item-4"), contents("render"))
        assertEquals(setOf("item-0", "item-1"), contents("hide").toSet())
        scroll(by = -200)
        stage.test.assertImpression("item-0", times = 2)
        stage.test.assertImpression("item-2", times = 1)
    }

    @Test
    fun `each item is measured as itself, though its row showed others`() {
        show()
        repeat(items.size) { scroll(by = 100) }
        assertTrue("${rows.made} rows for ${items.size} items", rows.made < items.size)
        assertEquals(items, contents("render"))
    }

    @Test
    fun `a row that is bound anew where it stands shows something else`() {
        show()
        items[1] = "item-new"
        rows.notifyItemChanged(1)
        stage.rest()
        stage.test.assertImpression("item-new", times = 1)
        assertEquals(listOf("item-1"), contents("hide"))
        stage.test.assertImpression("item-0", times = 1)
    }
}

/** Rows of 100 dp; [made] is how many views there are for all items. */
private class Rows(private val items: List<String>) : RecyclerView.Adapter<Row>() {
    var made = 0

    override fun getItemCount() = items.size

    override fun onCreateViewHolder(parent: ViewGroup, type: Int): Row {
        made++
        return Row(View(parent.context).apply { layoutParams = RecyclerView.LayoutParams(300, 100) })
    }

    override fun onBindViewHolder(row: Row, position: Int) = Unit
}

private class Row(view: View) : RecyclerView.ViewHolder(view)
