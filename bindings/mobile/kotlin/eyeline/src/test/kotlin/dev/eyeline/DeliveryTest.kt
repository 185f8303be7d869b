// The real library sends to the real collector.
package dev.eyeline

import dev.eyeline.Collector.Companion.AFFILIATE
import dev.eyeline.Collector.Companion.KEY
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.io.IOException

class DeliveryTest {
    @TempDir
    lateinit var folder: File

    @Test
    fun `what an app records is what the collector writes`() = runBlocking {
        Collector().use { collector ->
            val eyeline = Eyeline.start(collector.address, KEY, AFFILIATE) {
                directory = folder
                consent = Consent.FULL
                screen = Screen("/home", site = "app.example")
                device = Device(type = "phone", os = "Android 15", language = "ja-JP", width = 412, height = 915)
                experiments = mapOf("recs" to "bts")
            }
            val view = eyeline.impression(Impression("item-14", "recs-top", position = 3, model = "bts@47", propensity = 0.087))
            assertTrue(view.isRecorded)
            eyeline.visible(listOf(VisibleReport(view, 1.0, 300.0, 250.0)))
            assertTrue(view.click(target = "shop.example/item-14", trusted = true))
            view.hide("scrolled")
            assertTrue(eyeline.convert(Conversion("purchase", Money(1_200, "JPY"), order = "order-7")))
            assertEquals(Flushed.Complete, eyeline.flush())
            val stats = eyeline.stats()
            assertEquals(stats.captured, stats.delivered)
            assertEquals(Flushed.Complete, eyeline.shutdown())

            val batch = collector.drain().single()
            assertEquals("kotlin/$VERSION", batch.text("sdk"))
            assertEquals("/home", batch["src"]!!.jsonObject.text("page"))
            assertEquals("bts", batch["exp"]!!.jsonObject.text("recs"))
            val events = batch["ev"]!!.jsonArray.map { it.jsonObject }
            assertEquals(listOf("render", "click", "dwell", "hide", "convert"), events.map { it.text("k") })
            assertEquals(listOf("item-14", "recs-top", "3", "bts@47", "0.087"), listOf("c", "pl", "pos", "m", "p").map(events[0]::text))
            assertEquals(listOf("1200", "JPY", "order-7"), listOf("val", "cur", "oid").map(events[4]::text))
        }
    }

    @Test
    fun `what was not sent is sent by the next start`() = runBlocking {
        val offline: Settings.() -> Unit = {
            directory = folder
            consent = Consent.FULL
            transport = Transport { throw IOException("no network") }
        }
        val first = Eyeline.start("https://collect.example", KEY, AFFILIATE, offline)
        assertTrue(first.convert(Conversion("purchase", order = "order-1")))
        first.close()
        Collector().use { collector ->
            val second = Eyeline.start(collector.address, KEY, AFFILIATE) {
                directory = folder
                consent = Consent.FULL
            }
            assertEquals(Flushed.Complete, second.flush())
            second.shutdown()
            assertEquals(listOf("order-1"), collector.drainEvents().map { it.text("oid") })
        }
    }

    @Test
    fun `without consent no byte is stored or sent`() = runBlocking {
        var requests = 0
        val eyeline = Eyeline.start("https://collect.example", KEY, AFFILIATE) {
            directory = folder
            transport = Transport { requests++; throw IOException("no network") }
        }
        eyeline.impression("item-14", "recs-top").visible(1.0, 300.0, 250.0)
        eyeline.flush()
        eyeline.background()
        eyeline.shutdown()
        assertEquals(0L, folder.walk().filter { it.isFile }.sumOf { it.length() })
        assertEquals(0, requests)
    }

    @Test
    fun `consent withdrawn takes everything back`() = runBlocking {
        val eyeline = Eyeline.start("https://collect.example", KEY, AFFILIATE) {
            consent = Consent.FULL
            transport = Transport { throw IOException("no network") }
        }
        eyeline.convert(Conversion("purchase"))
        eyeline.consent = Consent.DENIED
        assertEquals(Consent.DENIED, eyeline.consent)
        assertFalse(eyeline.convert(Conversion("purchase")))
        assertEquals(0, eyeline.stats().queued)
        eyeline.close()
    }
}
