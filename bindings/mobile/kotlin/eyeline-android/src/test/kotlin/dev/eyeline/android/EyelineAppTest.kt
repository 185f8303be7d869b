// The client is started and called off the main thread, and started again where that may help.
package dev.eyeline.android

import android.app.Activity
import android.app.ActivityManager.RunningAppProcessInfo
import android.os.Looper
import dev.eyeline.Consent
import dev.eyeline.Conversion
import dev.eyeline.Eyeline
import dev.eyeline.Impression
import dev.eyeline.Response
import dev.eyeline.StartException
import dev.eyeline.Transport
import dev.eyeline.test.EyelineTest
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import java.io.File
import java.util.concurrent.CompletableFuture
import java.util.concurrent.LinkedBlockingQueue
import java.util.zip.GZIPInputStream

@RunWith(RobolectricTestRunner::class)
class EyelineAppTest {
    private val context = RuntimeEnvironment.getApplication()

    @Test
    fun `what is recorded before the start is not lost`() = EyelineTest().use { test ->
        val ready = CompletableFuture<Eyeline>()
        val app = EyelineApp.startWith(context) { ready.get() }
        app.record { convert(Conversion("purchase", order = "order-1")) }
        ready.complete(test.eyeline)
        val on = CompletableFuture<Thread>()
        app.record { on.complete(Thread.currentThread()) }
        assertNotEquals(Looper.getMainLooper().thread, on.get())
        assertEquals(listOf("order-1"), test.events.mapNotNull { it.fields["oid"] })
    }

    @Test
    fun `it says what it runs on, and keeps its folder out of backups`() {
        val bodies = LinkedBlockingQueue<String>()
        val app = EyelineApp.start(context, "https://collect.example", "wk_test", "test") {
            consent = Consent.FULL
            transport = Transport { request ->
                bodies += GZIPInputStream(request.body.inputStream())
                    .bufferedReader().readText()
                Response(503, null, ByteArray(0))
            }
        }
        app.record { convert(Conversion("purchase")) }
        runBlocking { app.await().flush() }
        val body = bodies.take()
        assertTrue(body, "\"cls\":\"phone\",\"os\":\"Android 14\",\"lang\":\"en-US\"" in body)
        assertTrue(File(context.noBackupFilesDir, "eyeline").list()!!.isNotEmpty())
        runBlocking { app.await().shutdown() }
        Unit
    }

    @Test
    fun `a setting that is wrong is said by await alone`() {
        val app = EyelineApp.start(context, "http://collect.example", "wk_test", "test")
        app.record { error("there is no client to call") }
        assertThrows(StartException.Settings::class.java) { runBlocking { app.await() } }
    }

    @Test
    fun `what could not be opened is tried again when the app comes to the front`() = EyelineTest().use { test ->
        processIs(RunningAppProcessInfo.IMPORTANCE_BACKGROUND)
        EyelineTest { directory = File(context.filesDir, "held") }.use {
            var attempts = 0
            val app = EyelineApp.startWith(context) {
                if (attempts++ > 0) test.eyeline else EyelineTest { directory = File(context.filesDir, "held") }.eyeline
            }
            assertThrows(StartException.InUse::class.java) { runBlocking { app.await() } }
            Robolectric.buildActivity(Activity::class.java).setup()
            val started = CompletableFuture<Eyeline>()
            app.record { started.complete(this) }
            assertEquals(test.eyeline, started.get())
        }
    }

    @Test
    fun `a defect in what is recorded does not reach the app`() = EyelineTest().use { test ->
        val app = EyelineApp.startWith(context) { test.eyeline }
        app.record { error("a defect") }
        app.record { impression(Impression("item-14", "feed")) }
        val done = CompletableFuture<Unit>()
        app.record { done.complete(Unit) }
        done.get()
        test.assertImpression("item-14")
    }
}
