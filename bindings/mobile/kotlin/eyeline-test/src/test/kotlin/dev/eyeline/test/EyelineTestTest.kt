// What the kit promises to those who test with it.
package dev.eyeline.test

import dev.eyeline.Consent
import dev.eyeline.Impression
import dev.eyeline.Media
import dev.eyeline.MediaState
import dev.eyeline.Rule
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

class EyelineTestTest {
    @Test
    fun `a teaser is viewable after one second and not before`() = EyelineTest().use { test ->
        val view = test.eyeline.impression("item-14", "recs-top")
        view.visible(0.5, 300.0, 250.0)
        test.pass(999.milliseconds)
        test.assertImpression("item-14", "recs-top", viewable = false)
        test.pass(1.milliseconds)
        test.assertImpression("item-14", "recs-top", viewable = true)
    }

    @Test
    fun `a video counts only while it plays`() = EyelineTest().use { test ->
        val view = test.eyeline.impression(Impression("film-1", "hero", rule = Rule.Video))
        view.visible(1.0, 300.0, 250.0)
        test.pass(10.seconds)
        test.assertImpression("film-1", viewable = false)
        view.media(Media(MediaState.START, 0))
        test.pass(2.seconds)
        test.assertImpression("film-1", viewable = true)
    }

    @Test
    fun `in the background nothing is seen`() = EyelineTest().use { test ->
        val view = test.eyeline.impression("item-14", "recs-top")
        view.visible(1.0, 300.0, 250.0)
        test.eyeline.background()
        test.pass(1.minutes)
        test.assertImpression("item-14", viewable = false)
    }

    @Test
    fun `what is not there is not asserted`() = EyelineTest().use { test ->
        test.assertNoImpression("item-14")
        val missing = assertThrows(AssertionError::class.java) { test.assertImpression("item-14") }
        assertTrue("shown 0 times instead of 1" in missing.message!!)
        test.eyeline.impression("item-14", "recs-top")
        assertThrows(AssertionError::class.java) { test.assertNoImpression("item-14") }
        assertThrows(AssertionError::class.java) { test.assertImpression("item-14", placement = "elsewhere") }
        assertThrows(AssertionError::class.java) { test.assertImpression("item-14", viewable = true) }
        Unit
    }

    @Test
    fun `an outage loses nothing`() = EyelineTest().use { test ->
        test.collector.offline = true
        test.eyeline.impression("item-14", "recs-top").hide()
        assertEquals(0, test.events.size)
        test.pass(1.days / 24)
        test.collector.offline = false
        test.collector.answer(503, retryAfter = "60")
        test.pass(10.minutes)
        assertEquals(listOf("render", "hide"), test.events.map { it.kind })
        assertEquals(2, test.eyeline.stats().delivered)
    }

    @Test
    fun `without consent nothing is recorded`() = EyelineTest { consent = Consent.DENIED }.use { test ->
        test.eyeline.impression("item-14", "recs-top")
        test.assertNoImpression("item-14")
    }

    @Test
    fun `two tests give the same ids`() {
        fun ids() = EyelineTest().use { test ->
            test.eyeline.impression("item-14", "recs-top").hide()
            test.events.map { it.fields }
        }
        assertEquals(ids(), ids())
    }
}
