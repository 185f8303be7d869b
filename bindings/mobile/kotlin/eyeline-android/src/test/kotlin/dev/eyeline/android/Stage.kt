// An app with one activity on Robolectric, measured by the real engine on a clock that stands still.
package dev.eyeline.android

import android.app.Activity
import android.app.ActivityManager
import android.app.ActivityManager.RunningAppProcessInfo
import android.content.Context
import android.graphics.Canvas
import android.os.Looper
import android.os.Process
import android.view.View
import android.view.ViewGroup
import dev.eyeline.test.EyelineTest
import dev.eyeline.test.RecordedEvent
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.util.ReflectionHelpers
import java.util.concurrent.CountDownLatch
import kotlin.time.Duration
import kotlin.time.toJavaDuration

/** What the system says of this process. */
fun processIs(importance: Int) {
    val manager = RuntimeEnvironment.getApplication().getSystemService(Context.ACTIVITY_SERVICE) as ActivityManager
    val process = RunningAppProcessInfo("app", Process.myPid(), emptyArray()).also { it.importance = importance }
    shadowOf(manager).setProcesses(listOf(process))
}

class Stage(kind: Class<out Activity> = Activity::class.java) : AutoCloseable {
    val test = EyelineTest { active = false }
    val app: EyelineApp = EyelineApp.startWith(RuntimeEnvironment.getApplication()) { test.eyeline }
    val activity: ActivityController<out Activity> = Robolectric.buildActivity(kind)

    /** Brings a view on screen, so large in pixels, which are dp here. */
    fun <V : View> show(view: V, width: Int, height: Int): V {
        activity.get().setContentView(view, ViewGroup.LayoutParams(width, height))
        activity.setup()
        windowIs(View.VISIBLE)
        rest()
        return view
    }

    /** What the window manager says of the activity's window: Robolectric's says nothing by itself. */
    fun windowIs(visibility: Int) {
        val attached = ReflectionHelpers.getField<Any>(activity.get().window.decorView, "mAttachInfo")
        ReflectionHelpers.setField(attached, "mWindowVisibility", visibility)
    }

    /** Lets this much time pass, on the main thread and for the engine. */
    fun pass(time: Duration) {
        rest(time)
        test.pass(time)
    }

    /** Until the main thread and the app's own have nothing left to do; [time] passes on the main one meanwhile. */
    fun rest(time: Duration = LOOK) {
        // Robolectric lays out, and draws nothing: the frame that a device would draw is drawn by hand, onto nothing.
        activity.get()?.window?.decorView?.run {
            viewTreeObserver.dispatchOnPreDraw()
            draw(Canvas())
        }
        shadowOf(Looper.getMainLooper()).idleFor(time.toJavaDuration())
        val done = CountDownLatch(1)
        app.record { done.countDown() }
        done.await()
    }

    fun events(kind: String): List<RecordedEvent> {
        rest()
        return test.events.filter { it.kind == kind }
    }

    override fun close() = test.close()

    private companion object {
        /** Longer than from a change to the look at it. */
        val LOOK = Duration.parse("200ms")
    }
}
