// Where the background's seconds were too short, the real WorkManager has what waits sent once there is a network.
package dev.eyeline.android

import android.app.Application
import android.content.Context
import android.content.res.Resources
import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import android.os.Looper
import androidx.work.Configuration
import androidx.work.WorkInfo
import androidx.work.WorkManager
import dev.eyeline.Conversion
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowNetworkCapabilities
import kotlin.time.Duration.Companion.minutes

@RunWith(RobolectricTestRunner::class)
@Config(application = WithoutResources::class)
class FlushByWorkManagerTest {
    private val application = RuntimeEnvironment.getApplication()
    private val networks = application.getSystemService(Context.CONNECTIVITY_SERVICE) as ConnectivityManager
    private val stage: Stage

    init {
        WorkManager.initialize(application, Configuration.Builder().build())
        stage = Stage()
    }

    @After
    fun close() = stage.close()

    private fun work(): List<WorkInfo> = WorkManager.getInstance(application).getWorkInfosForUniqueWork("eyeline-flush").get()

    /** Work of others goes on until what is looked for is so. */
    private fun await(what: String, isSo: () -> Boolean) {
        val end = System.nanoTime() + 60_000_000_000
        while (!isSo()) {
            assertTrue("waited in vain until $what; the work is ${work()}", System.nanoTime() < end)
            shadowOf(Looper.getMainLooper()).idle()
            Thread.yield()
        }
    }

    @Test
    fun `where some was left WorkManager is asked, and what waits is sent once there is a network`() {
        stage.activity.setup()
        stage.test.collector.offline = true
        order(1)
        stage.activity.pause().stop()
        await("the work is asked for") { work().isNotEmpty() }
        assertEquals(WorkInfo.State.ENQUEUED, work().single().state)

        // The engine tries again by itself; what comes after that waits for its batch to close.
        stage.test.collector.offline = false
        stage.test.pass(10.minutes)
        order(2)
        assertEquals(listOf("order-1"), delivered())
        networkComes()
        await("the worker has run") { work().single().state == WorkInfo.State.SUCCEEDED }
        assertEquals(listOf("order-1", "order-2"), delivered())
    }

    private fun order(number: Int) {
        stage.app.record { convert(Conversion("purchase", order = "order-$number")) }
        stage.rest()
    }

    private fun delivered() = stage.test.collector.events.map { it.fields["oid"] }

    private fun networkComes() {
        val able = ShadowNetworkCapabilities.newInstance()
        shadowOf(able).addCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET)
        shadowOf(able).addCapability(NetworkCapabilities.NET_CAPABILITY_VALIDATED)
        val network = checkNotNull(networks.activeNetwork)
        shadowOf(networks).setNetworkCapabilities(network, able)
        await("WorkManager listens") { shadowOf(networks).networkCallbacks.isNotEmpty() }
        shadowOf(networks).networkCallbacks.forEach { it.onCapabilitiesChanged(network, able) }
    }
}

/** An app without the resources that Android's build tools would have put together, of which WorkManager reads one: false. */
class WithoutResources : Application() {
    private val own by lazy {
        val system = super.getResources()
        @Suppress("DEPRECATION")
        object : Resources(system.assets, system.displayMetrics, system.configuration) {
            override fun getBoolean(id: Int) = id != androidx.work.R.bool.workmanager_test_configuration && super.getBoolean(id)
        }
    }

    override fun getResources(): Resources = own
}
