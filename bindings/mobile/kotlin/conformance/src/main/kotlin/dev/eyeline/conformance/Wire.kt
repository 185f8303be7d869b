// Between the thread that sends and the player: one request at a time.
package dev.eyeline.conformance

import dev.eyeline.Request
import dev.eyeline.Response
import dev.eyeline.Transport
import java.util.Optional
import java.util.concurrent.LinkedBlockingQueue
import kotlin.concurrent.thread
import kotlin.jvm.optionals.getOrNull

class Wire : Transport {
    /** What happened: a request, or that the client rests. */
    private val happened = LinkedBlockingQueue<Optional<Request>>()
    private val answers = LinkedBlockingQueue<() -> Response>()

    /** Somebody waits for the client to rest. */
    private var waits = false

    override fun send(request: Request): Response {
        happened.put(Optional.of(request))
        return answers.take()()
    }

    /** Has something waited for that ends when the client rests, unless somebody waits already; requests come meanwhile. */
    fun rests(wait: () -> Unit) {
        if (waits) return
        waits = true
        thread(isDaemon = true) {
            wait()
            happened.put(Optional.empty())
        }
    }

    /** The next request; `null` once the client rests. */
    fun next(): Request? = happened.take().getOrNull().also { if (it == null) waits = false }

    fun answer(answer: () -> Response): Unit = answers.put(answer)
}
