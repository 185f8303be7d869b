// A client on a clock, ids and a network that the player sets; calls go through the API that apps use.
package dev.eyeline.conformance

import dev.eyeline.Eyeline
import dev.eyeline.Request
import dev.eyeline.Response
import dev.eyeline.Stats
import dev.eyeline.View
import dev.eyeline.testing.Rig
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import java.io.File
import java.io.IOException
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes

class Running(start: JsonObject) {
    private val wire = Wire()
    private val views = mutableMapOf<Long, View>()
    private val rig = Rig(start.long("wall"), start.long("mono"), start.long("seed"), start.text("sdk"))
    private val eyeline: Eyeline = rig.start(start.text("endpoint"), start.text("write_key"), start.text("affiliate")) {
        directory = File(start.text("directory"))
        consent = consent(start.text("consent"))
        gpc = start.flag("gpc")
        children = start.flag("children")
        sampling = start.number("sampling")
        screen = screen(start.getValue("page").jsonObject)
        device = device(start.getValue("device").jsonObject)
        experiments = start.pairs("experiments")
        dimensions = start.pairs("dimensions")
        active = false
        transport = wire
    }

    fun set(now: JsonObject): Unit = rig.set(now.long("wall"), now.long("mono"))

    /** The next request; `null` once the client rests. */
    fun next(): Request? {
        wire.rests { rig.settle(eyeline, PATIENCE.inWholeMilliseconds) }
        return wire.next()
    }

    fun answer(answer: () -> Response): Unit = wire.answer(answer)

    fun stats(): Stats = eyeline.stats()

    fun kill() {
        eyeline.close()
        wire.answer { throw IOException("the process died") }
    }

    fun call(what: String, step: JsonObject) {
        // Of a view that was never recorded there is nothing to call.
        val view = step.longOrNull("view")?.let(views::get)
        when (what) {
            "active" -> eyeline.setActive(step.flag("active"))
            "activity" -> eyeline.activity()
            "render" -> views[step.long("view")] = eyeline.impression(impression(step))
            "visible" -> view?.visible(step.number("fraction"), step.number("width"), step.number("height"))
            "click" -> view?.click(step.textOrNull("target"), step.flag("trusted"))
            "media" -> view?.media(media(step))
            "hide" -> view?.hide(step.text("why"))
            "serve" -> eyeline.serve(serve(step))
            "convert" -> eyeline.convert(conversion(step))
            "page" -> eyeline.screen(screen(step))
            "device" -> eyeline.setDevice(device(step))
            "consent" -> eyeline.consent = consent(step.text("choice"))
            "gpc" -> eyeline.setGpc(step.flag("on"))
            "forget" -> eyeline.forget()
            "flush" -> runBlocking { eyeline.flush(Duration.ZERO) }
            "background" -> eyeline.background()
            "shutdown" -> wire.rests { runBlocking { eyeline.shutdown(PATIENCE) } }
            else -> error("no such call: $what")
        }
    }
}

/** Longer than anything here takes: a scenario that needs it has failed. */
private val PATIENCE = 1.minutes
