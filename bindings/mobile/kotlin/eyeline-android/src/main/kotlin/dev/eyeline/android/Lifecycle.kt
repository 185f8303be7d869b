// Follows an app to the front and away from it.
package dev.eyeline.android

import android.app.Activity
import android.app.ActivityManager
import android.app.ActivityManager.RunningAppProcessInfo
import android.app.Application
import android.content.ComponentCallbacks
import android.content.res.Configuration
import android.os.Bundle
import java.util.Collections
import java.util.WeakHashMap

/** What an app's coming and going leads to. */
internal interface Followed {
    fun cameToFront()

    fun wentToBackground()

    /** Rotated, resized, or in another language. */
    fun deviceChanged()
}

/** In front from the first activity that starts to the last that stops. The system calls it on the main thread. */
internal class Lifecycle(private val followed: Followed) : Application.ActivityLifecycleCallbacks, ComponentCallbacks {
    /** Activities and not their number: those that started before there was somebody to tell would make it wrong. */
    private val started: MutableSet<Activity> = Collections.newSetFromMap(WeakHashMap())

    var isInFront: Boolean = isProcessInFront()
        private set

    fun follow(application: Application) {
        application.registerActivityLifecycleCallbacks(this)
        application.registerComponentCallbacks(this)
    }

    override fun onActivityStarted(activity: Activity): Unit = guarded {
        started += activity
        if (!isInFront) {
            isInFront = true
            followed.cameToFront()
        }
    }

    override fun onActivityStopped(activity: Activity): Unit = guarded {
        started -= activity
        // One that is only made anew, such as on rotation, starts again at once.
        if (isInFront && started.isEmpty() && !activity.isChangingConfigurations) {
            isInFront = false
            followed.wentToBackground()
        }
    }

    override fun onConfigurationChanged(configuration: Configuration): Unit = guarded(followed::deviceChanged)

    override fun onActivityCreated(activity: Activity, state: Bundle?) = Unit

    override fun onActivityResumed(activity: Activity) = Unit

    override fun onActivityPaused(activity: Activity) = Unit

    override fun onActivitySaveInstanceState(activity: Activity, state: Bundle) = Unit

    override fun onActivityDestroyed(activity: Activity) = Unit

    override fun onLowMemory() = Unit
}

/** A client may be started when an activity already has: then the system alone knows. */
private fun isProcessInFront(): Boolean {
    val process = RunningAppProcessInfo()
    ActivityManager.getMyMemoryState(process)
    return process.importance == RunningAppProcessInfo.IMPORTANCE_FOREGROUND
}
