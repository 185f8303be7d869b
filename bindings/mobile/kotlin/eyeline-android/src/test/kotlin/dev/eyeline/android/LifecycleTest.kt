// The app comes to the front and leaves it.
package dev.eyeline.android

import android.app.Activity
import android.app.ActivityManager.RunningAppProcessInfo
import android.app.Application
import android.content.res.Configuration
import org.junit.Assert.assertEquals
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController

@RunWith(RobolectricTestRunner::class)
class LifecycleTest : Followed {
    private val application: Application = RuntimeEnvironment.getApplication()
    private val heard = mutableListOf<String>()

    @Before
    fun inBackground() = processIs(RunningAppProcessInfo.IMPORTANCE_BACKGROUND)

    private fun follow() = Lifecycle(this).apply { follow(application) }

    private fun started(): ActivityController<Activity> = Robolectric.buildActivity(Activity::class.java).create().start()

    @Test
    fun `from one activity to the next the app stays in front`() {
        follow()
        val first = started()
        val second = started()
        first.stop()
        assertEquals(listOf("front"), heard)
        second.stop()
        assertEquals(listOf("front", "background"), heard)
        second.start()
        assertEquals(listOf("front", "background", "front"), heard)
    }

    @Test
    fun `an activity that is made anew does not leave the front`() {
        follow()
        val activity = started().resume()
        val turned = Configuration(application.resources.configuration).apply { orientation = Configuration.ORIENTATION_LANDSCAPE }
        activity.configurationChange(turned)
        assertEquals(emptyList<String>(), heard - listOf("front", "device"))
        activity.pause().stop()
        assertEquals("background", heard.last())
    }

    @Test
    fun `who begins to follow late asks the system`() {
        processIs(RunningAppProcessInfo.IMPORTANCE_FOREGROUND)
        val activity = started()
        assertEquals(true, follow().isInFront)
        activity.stop()
        assertEquals(listOf("background"), heard)
    }

    @Test
    fun `another language is heard of`() {
        follow()
        application.onConfigurationChanged(application.resources.configuration)
        assertEquals(listOf("device"), heard)
    }

    override fun cameToFront() {
        heard += "front"
    }

    override fun wentToBackground() {
        heard += "background"
    }

    override fun deviceChanged() {
        heard += "device"
    }
}
