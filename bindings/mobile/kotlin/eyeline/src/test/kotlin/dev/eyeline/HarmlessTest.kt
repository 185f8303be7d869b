// Whatever the app or the network does, no call throws, none blocks, and nothing is lost.
package dev.eyeline

import dev.eyeline.Collector.Companion.AFFILIATE
import dev.eyeline.Collector.Companion.KEY
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.util.Collections
import java.util.concurrent.CountDownLatch
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class HarmlessTest {
    @TempDir
    lateinit var folder: File

    private fun start(settings: Settings.() -> Unit) = Eyeline.startBlocking("https://collect.example", KEY, AFFILIATE) {
        consent = Consent.FULL
        settings()
    }

    @Test
    fun `an exception that a transport never declared keeps the events`() = runBlocking {
        for (thrown in listOf(IllegalStateException("a defect"), StackOverflowError(), OutOfMemoryError())) {
            start { transport = Transport { throw thrown } }.use { eyeline ->
                assertTrue(eyeline.convert(Conversion("purchase")))
                assertEquals(Flushed.Kept(1), eyeline.flush())
                assertEquals(1, eyeline.stats().failures)
            }
        }
    }

    @Test
    fun `a listener that throws stops nothing`() = runBlocking {
        val heard = Collections.synchronizedList(mutableListOf<String>())
        val eyeline = start {
            transport = Transport { Response(503, "1", ByteArray(0)) }
            listener = object : EyelineListener {
                override fun onState(failures: Int, forMillis: Long) {
                    heard += "waiting after $failures"
                    error("a listener with a defect")
                }

                override fun onStopped() {
                    heard += "stopped"
                }

                override fun onInvalid(calls: Long, message: String) {
                    heard += message
                }
            }
        }
        eyeline.impression("", "recs-top")
        eyeline.convert(Conversion("purchase"))
        assertEquals(Flushed.Kept(1), eyeline.flush())
        eyeline.shutdown()
        assertEquals(setOf("content id is empty", "waiting after 1", "stopped"), heard.toSet())
        assertEquals("stopped", heard.last())
    }

    @Test
    fun `no call waits for a request that hangs`() = runBlocking {
        val reached = CountDownLatch(1)
        val release = CountDownLatch(1)
        val eyeline = start {
            transport = Transport {
                reached.countDown()
                release.await()
                Response(503, null, ByteArray(0))
            }
        }
        eyeline.convert(Conversion("purchase"))
        assertEquals(Flushed.TimedOut, eyeline.flush(1.milliseconds))
        reached.await()
        // Were one of these to wait for the request, this test would never end: only it lets the request go.
        assertTrue(eyeline.impression("item-14", "recs-top").isRecorded)
        eyeline.forget()
        assertEquals(Flushed.TimedOut, eyeline.flush(1.milliseconds))
        eyeline.close()
        release.countDown()
    }

    @Test
    fun `what is invalid is refused and said in words`() {
        start { transport = Transport { error("not asked") } }.use { eyeline ->
            val view = eyeline.impression(Impression("item-14", "recs-top", propensity = 2.0))
            assertFalse(view.isRecorded)
            assertFalse(view.click())
            assertFalse(eyeline.convert(Conversion("purchase", Money(1, "yen"))))
            assertEquals(2, eyeline.stats().invalid)
            assertEquals("currency must be three capital letters of ISO 4217", eyeline.stats().lastInvalid)
        }
    }

    @Test
    fun `each way not to start says what to do`() {
        val address = assertThrows(StartException.Settings::class.java) {
            Eyeline.startBlocking("http://collect.example", KEY, AFFILIATE)
        }
        assertEquals("the endpoint must begin with https:// (http:// is for localhost only)", address.message)
        start { directory = folder }.use {
            assertThrows(StartException.InUse::class.java) { start { directory = folder } }
        }
        assertThrows(StartException.Storage::class.java) { start { directory = File("/proc/eyeline") } }
        start { directory = folder }.close()
    }

    @Test
    fun `after a shutdown every call returns`() = runBlocking {
        val eyeline = start { transport = Transport { error("no network") } }
        eyeline.shutdown(1.seconds)
        assertFalse(eyeline.convert(Conversion("purchase")))
        assertEquals(Flushed.Stopped, eyeline.flush())
        eyeline.impression("item-14", "recs-top").visible(1.0, 1.0, 1.0)
        eyeline.close()
    }
}
