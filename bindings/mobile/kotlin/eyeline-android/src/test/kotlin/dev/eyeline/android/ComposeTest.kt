// What a real composition shows is measured by its modifier.
package dev.eyeline.android

import androidx.activity.ComponentActivity
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListState
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.ComposeView
import androidx.compose.ui.unit.dp
import dev.eyeline.Impression
import dev.eyeline.android.compose.measured
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import kotlin.time.Duration.Companion.seconds

@RunWith(RobolectricTestRunner::class)
class ComposeTest {
    private val stage = Stage(ComponentActivity::class.java)

    @After
    fun close() = stage.close()

    private fun show(content: @Composable () -> Unit) {
        stage.show(ComposeView(stage.activity.get()).apply { setContent(content) }, 300, 300)
        twoFrames()
    }

    /** In the first the composition hears of what changed, and asks for the second, in which it lays out. */
    private fun twoFrames() = repeat(2) { stage.rest() }

    @Composable
    private fun Card(content: String, height: Int = 100) {
        val card = remember(content) { Measured(stage.app, Impression(content, "feed")) }
        Spacer(Modifier.measured(card).fillMaxWidth().height(height.dp))
    }

    private fun contents(kind: String) = stage.events(kind).map { it.content }

    @Test
    fun `a card seen for a second is viewable`() {
        show { Card("item-14") }
        stage.pass(1.seconds)
        stage.test.assertImpression("item-14", "feed", viewable = true)
    }

    @Test
    fun `items of a list are measured as they scroll by`() {
        val list = LazyListState()
        show { LazyColumn(state = list) { items(30) { Card("item-$it") } } }
        stage.pass(1.seconds)
        assertEquals(listOf("item-0", "item-1", "item-2"), contents("viewable"))
        list.requestScrollToItem(2)
        twoFrames()
        assertEquals(listOf("item-0", "item-1", "item-2", "item-3", "item-4"), contents("render"))
        assertEquals(setOf("item-0", "item-1"), contents("hide").toSet())
        list.requestScrollToItem(0)
        twoFrames()
        stage.test.assertImpression("item-0", times = 2)
        stage.test.assertImpression("item-2", times = 1)
    }

    @Test
    fun `less than half of a card is an impression that is not viewable`() {
        val list = LazyListState()
        show { LazyColumn(state = list) { items(2) { Card("item-$it", height = 280) } } }
        stage.pass(3.seconds)
        stage.test.assertImpression("item-0", viewable = true)
        stage.test.assertImpression("item-1", viewable = false)
    }

    @Test
    fun `another content in the same place is another impression`() {
        var content by mutableStateOf("item-14")
        show { Card(content) }
        content = "item-15"
        twoFrames()
        assertEquals(listOf("item-14", "item-15"), contents("render"))
        assertEquals(listOf("item-14"), contents("hide"))
    }

    @Test
    fun `what leaves the composition has ended`() {
        var isShown by mutableStateOf(true)
        show { if (isShown) Card("item-14") }
        isShown = false
        twoFrames()
        assertEquals(listOf("item-14"), contents("hide"))
    }
}
