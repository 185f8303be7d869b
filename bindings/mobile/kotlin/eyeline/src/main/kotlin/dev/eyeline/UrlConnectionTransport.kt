// HTTP by the platform: no client library, no TLS of our own.
package dev.eyeline

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.SocketTimeoutException
import java.net.URL
import java.util.concurrent.TimeUnit

/** Sends with [HttpURLConnection], which every Android and every JVM has. */
public class UrlConnectionTransport : Transport {
    override fun send(request: Request): Response {
        val deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(request.timeoutMillis)
        val connection = URL(request.url).openConnection() as? HttpURLConnection
            ?: throw IOException("not an HTTP address")
        try {
            connection.requestMethod = "POST"
            connection.instanceFollowRedirects = false
            connection.useCaches = false
            connection.doOutput = true
            connection.connectTimeout = minOf(CONNECT_MILLIS, request.timeoutMillis).toInt()
            connection.readTimeout = minOf(Int.MAX_VALUE.toLong(), request.timeoutMillis).toInt()
            connection.setRequestProperty("Content-Type", "application/octet-stream")
            connection.setRequestProperty("Accept-Encoding", "identity")
            // Sent as a stream of known length, the body is not sent a second time behind our back.
            connection.setFixedLengthStreamingMode(request.body.size)
            connection.outputStream.use { it.write(request.body) }
            val status = connection.responseCode
            val body = (connection.errorStream ?: answer(connection, status))
                ?.use { read(it, request.answerBytesMax, deadline) } ?: ByteArray(0)
            return Response(status, connection.getHeaderField("Retry-After"), body)
        } finally {
            // Uploads are minutes apart: a connection kept open would only hold the radio and a file.
            connection.disconnect()
        }
    }

    private fun answer(connection: HttpURLConnection, status: Int): InputStream? =
        if (status < HttpURLConnection.HTTP_BAD_REQUEST) connection.inputStream else null

    private fun read(stream: InputStream, most: Int, deadline: Long): ByteArray {
        val bytes = ByteArrayOutputStream()
        val buffer = ByteArray(BUFFER_BYTES)
        while (bytes.size() < most) {
            // The read timeout starts anew with each byte: a trickle would never end.
            if (System.nanoTime() - deadline > 0) throw SocketTimeoutException("the answer took too long")
            val count = stream.read(buffer, 0, minOf(buffer.size, most - bytes.size()))
            if (count < 0) break
            bytes.write(buffer, 0, count)
        }
        return bytes.toByteArray()
    }

    private companion object {
        /** Time for name look-up, TCP and TLS: generous for a mobile network, short of the whole timeout. */
        const val CONNECT_MILLIS = 10_000L
        const val BUFFER_BYTES = 8 * 1024
    }
}
