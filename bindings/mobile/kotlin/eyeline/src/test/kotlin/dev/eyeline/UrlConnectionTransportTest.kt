// The platform's HTTP against a server that is a script.
package dev.eyeline

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import java.io.IOException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.net.SocketTimeoutException
import java.util.concurrent.CopyOnWriteArrayList

class UrlConnectionTransportTest {
    private val server = HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0)
    private val seen = CopyOnWriteArrayList<Pair<String, Map<String, List<String>>>>()

    private fun serve(answer: HttpExchange.() -> Unit): String {
        server.createContext("/") { exchange ->
            seen += exchange.requestURI.toString() to exchange.requestHeaders.toMap()
            exchange.answer()
            exchange.close()
        }
        server.start()
        return "http://127.0.0.1:${server.address.port}"
    }

    private fun send(url: String, timeout: Long = 60_000) =
        UrlConnectionTransport().send(Request(url, byteArrayOf(0x1f, 0x8b.toByte(), 3), timeout, 64))

    @AfterEach
    fun stop() = server.stop(0)

    @Test
    fun `a body goes out as it is and the answer comes back whole`() {
        var got = ByteArray(0)
        val url = serve {
            got = requestBody.readBytes()
            sendResponseHeaders(200, 2)
            responseBody.write("ok".toByteArray())
        }
        val answer = send("$url/v1/batch?k=a")
        assertEquals(200, answer.status)
        assertEquals("ok", String(answer.body))
        assertNull(answer.retryAfter)
        assertArrayEquals(byteArrayOf(0x1f, 0x8b.toByte(), 3), got)
        val (path, headers) = seen.single()
        assertEquals("/v1/batch?k=a", path)
        assertEquals(listOf("application/octet-stream"), headers["Content-type"])
        assertNull(headers["Content-encoding"])
    }

    @Test
    fun `an answer of refusal comes back with its delay and its body`() {
        val url = serve {
            requestBody.readBytes()
            responseHeaders.add("Retry-After", "120")
            sendResponseHeaders(429, 4)
            responseBody.write("slow".toByteArray())
        }
        val answer = send(url)
        assertEquals(listOf(429, "120", "slow"), listOf(answer.status, answer.retryAfter, String(answer.body)))
    }

    @Test
    fun `a redirect is an answer and is not followed`() {
        val url = serve {
            requestBody.readBytes()
            responseHeaders.add("Location", "/elsewhere")
            sendResponseHeaders(302, -1)
        }
        assertEquals(302, send(url).status)
        assertEquals(1, seen.size)
    }

    @Test
    fun `an answer without end is cut at the limit`() {
        val url = serve {
            requestBody.readBytes()
            sendResponseHeaders(200, 0)
            runCatching { while (true) responseBody.write(ByteArray(1_024)) }
        }
        assertEquals(64, send(url).body.size)
    }

    @Test
    fun `a server that does not answer is given up in time`() {
        ServerSocket(0, 1, InetAddress.getLoopbackAddress()).use { silent ->
            assertThrows(SocketTimeoutException::class.java) { send("http://127.0.0.1:${silent.localPort}", timeout = 50) }
        }
    }

    @Test
    fun `a connection that breaks is an error`() {
        ServerSocket(0, 1, InetAddress.getLoopbackAddress()).use { broken ->
            // Every one it is asked for: the platform may try a second time before a byte of the body is out.
            Thread { runCatching { while (true) broken.accept().use { it.setSoLinger(true, 0) } } }.start()
            assertThrows(IOException::class.java) { send("http://127.0.0.1:${broken.localPort}") }
        }
    }
}
