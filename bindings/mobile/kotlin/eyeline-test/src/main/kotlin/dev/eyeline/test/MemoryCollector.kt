// A collector in memory: it keeps what it is sent, and answers as it is told to.
package dev.eyeline.test

import dev.eyeline.Request
import dev.eyeline.Response
import dev.eyeline.Transport
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.io.IOException
import java.util.ArrayDeque
import java.util.zip.GZIPInputStream

/**
 * One event as it would have been sent.
 *
 * @property kind `render`, `viewable`, `dwell`, `click`, `media`, `hide`, `convert`, `page`…
 * @property content what it is about
 * @property placement where
 * @property impression the impression's number
 * @property fields everything, by the names of the wire
 */
public class RecordedEvent internal constructor(public val fields: Map<String, String>) {
    public val kind: String get() = fields.getValue("k")
    public val content: String? get() = fields["c"]
    public val placement: String? get() = fields["pl"]
    public val impression: Long? get() = fields["imp"]?.toLongOrNull()

    override fun toString(): String = fields.toString()
}

/** Takes everything, unless [answer] or [offline] were told otherwise. */
public class MemoryCollector internal constructor() : Transport {
    private val script = ArrayDeque<Response>()
    private val taken = mutableListOf<RecordedEvent>()

    /** Whether there is no network. */
    @Volatile
    public var offline: Boolean = false

    /** Every event that was taken, in order. */
    public val events: List<RecordedEvent> get() = synchronized(this) { taken.toList() }

    /** Answers the next request like this, and takes nothing. Call it several times for several requests. */
    @JvmOverloads
    public fun answer(status: Int, retryAfter: String? = null, body: String = "") {
        synchronized(this) { script += Response(status, retryAfter, body.toByteArray()) }
    }

    override fun send(request: Request): Response {
        if (offline) throw IOException("offline")
        synchronized(this) {
            script.poll()?.let { return it }
            if ("/v1/batch" !in request.url) return ok(1)
            val text = GZIPInputStream(request.body.inputStream()).bufferedReader().readText()
            val events = Json.parseToJsonElement(text).jsonObject["ev"]!!.jsonArray.map { it.jsonObject }
            taken += events.map { RecordedEvent(fields(it)) }
            return ok(events.size)
        }
    }

    private fun ok(events: Int) = Response(200, null, """{"v":1,"ok":$events,"rejected":[]}""".toByteArray())

    private fun fields(event: JsonObject) = event.mapValues { (_, value) -> value.jsonPrimitive.contentOrNull ?: "" }
}
