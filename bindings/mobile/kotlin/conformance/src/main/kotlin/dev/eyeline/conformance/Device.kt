// One device: the client that runs on it, if one does.
package dev.eyeline.conformance

import dev.eyeline.Request
import dev.eyeline.Response
import dev.eyeline.Stats
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonObject
import java.io.IOException
import java.net.SocketTimeoutException
import java.util.Base64

class Device {
    private var running: Running? = null

    /** Does what a line says and gives what is to be answered. */
    fun answer(line: JsonObject): JsonObject = buildJsonObject {
        when (val what = line.text("do")) {
            "kill" -> kill()
            "start" -> running = Running(line)
            else -> with(checkNotNull(running) { "no client runs" }) {
                set(line)
                when (what) {
                    "request" -> next()?.let { tell(it) }
                    "answer" -> answer(cameOf(line))
                    "counts" -> tell(stats())
                    else -> repeat(line.int("times")) { call(what, line) }
                }
            }
        }
    }

    private fun kill() {
        running?.kill()
        running = null
    }

    private fun cameOf(line: JsonObject): () -> Response = when (line.textOrNull("fault")) {
        "unreachable" -> ({ throw IOException("no network") })
        "timed_out" -> ({ throw SocketTimeoutException("no answer in time") })
        else -> {
            val response = Response(line.int("status"), line.textOrNull("retry_after"), line.text("body").toByteArray())
            ({ response })
        }
    }
}

private fun JsonObjectBuilder.tell(request: Request) {
    put("url", request.url)
    put("body", Base64.getEncoder().encodeToString(request.body))
}

private fun JsonObjectBuilder.tell(stats: Stats) {
    put("captured", stats.captured)
    put("delivered", stats.delivered)
    put("queued", stats.queued)
    put("erasures", stats.erasures)
    putJsonObject("lost") { stats.lost.forEach { (reason, events) -> put(reason.name.lowercase(), events) } }
}
