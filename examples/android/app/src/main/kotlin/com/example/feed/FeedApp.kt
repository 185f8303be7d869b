// The app: starts Eyeline, which measures nothing until the visitor has answered.
package com.example.feed

import android.app.Application
import dev.eyeline.Consent
import dev.eyeline.Screen
import dev.eyeline.android.EyelineApp

class FeedApp : Application() {
    lateinit var eyeline: EyelineApp
        private set

    override fun onCreate() {
        super.onCreate()
        eyeline = EyelineApp.start(this, "http://10.0.2.2:8080", "put the key of `eyeline up` here", "my-site") {
            // What was answered before stands.
            consent = Consent.PENDING
            screen = Screen("/feed")
        }
    }
}
