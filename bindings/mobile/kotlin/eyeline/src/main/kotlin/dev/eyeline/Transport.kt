// How events leave the device.
package dev.eyeline

import dev.eyeline.generated.Request as FfiRequest
import dev.eyeline.generated.Response as FfiResponse
import dev.eyeline.generated.Transport as FfiTransport
import dev.eyeline.generated.TransportException
import java.io.IOException
import java.net.SocketTimeoutException

/** Sends for a client, on a thread that the library keeps for it, one request at a time: it may block. */
public fun interface Transport {
    /**
     * Does one POST and returns the whole answer, whatever its status. Follows no redirect, adds no cookie, sets
     * `Content-Type: application/octet-stream` and no `Content-Encoding`.
     *
     * @throws IOException where no whole answer came; whatever else is thrown counts as the same
     */
    @Throws(IOException::class)
    public fun send(request: Request): Response
}

/**
 * One POST.
 *
 * @property url where to; holds the write key: keep it out of logs
 * @property body what to send, as it is
 * @property timeoutMillis how long it may take, the answer included
 * @property answerBytesMax how many bytes of an answer to read at most; a longer one may be cut there
 */
public class Request(
    public val url: String,
    public val body: ByteArray,
    public val timeoutMillis: Long,
    public val answerBytesMax: Int,
)

/**
 * What came back.
 *
 * @property status the status code
 * @property retryAfter the header `Retry-After`, as sent
 * @property body the body
 */
public class Response(
    public val status: Int,
    public val retryAfter: String?,
    public val body: ByteArray,
)

internal class TransportBorder(private val transport: Transport) : FfiTransport {
    override fun send(request: FfiRequest): FfiResponse = try {
        val answer = transport.send(
            Request(request.url, request.body, request.timeoutMs.toLong(), request.answerBytesMax.toInt()),
        )
        FfiResponse(answer.status.toUShort(), answer.retryAfter, answer.body)
    } catch (_: SocketTimeoutException) {
        throw TransportException.TimedOut()
    } catch (_: Exception) {
        throw TransportException.Unreachable()
    }
}
