// The example as its reader runs it, beside `eyeline up`; what it showed is read back from the collector's files.
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.util.concurrent.TimeUnit
import java.util.zip.GZIPInputStream

class FeedTest {
    @TempDir
    lateinit var folder: File

    @Test
    fun `what the reader saw arrives`() {
        val data = File(folder, "data")
        val backend = ProcessBuilder(
            System.getenv("EYELINE_BIN") ?: error("run the tests with `cargo xtask kotlin`, or set EYELINE_BIN"),
            "--json", "--data", data.path, "up", "--listen", "127.0.0.1:0", "--dashboard", "127.0.0.1:0", "--no-site",
        ).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        try {
            val said = backend.inputStream.bufferedReader()
            val address = said.lineSequence().firstNotNullOf { Regex("\"listening\":\"([^\"]+)\"").find(it) }.groupValues[1]
            // What it goes on to say has to go somewhere, or it blocks on a full pipe.
            Thread { said.forEachLine { } }.apply { isDaemon = true }.start()
            val key = Regex("wk_[0-9a-f]+").find(File(data, "keys.json").readText())!!.value
            assertTrue(example(address, key).startsWith("delivered: "))
            backend.destroy()
            assertTrue(backend.waitFor(60, TimeUnit.SECONDS))
        } finally {
            backend.destroyForcibly()
        }
        val arrived = raw(data)
        fun count(event: String) = Regex("\"k\":\"$event\"").findAll(arrived).count()
        assertEquals(listOf(3, 3, 1, 3), listOf("render", "viewable", "click", "hide").map(::count))
        assertTrue("\"c\":\"article-2\"" in arrived)
    }

    private fun example(address: String, key: String): String {
        val program = ProcessBuilder(
            File(System.getProperty("java.home"), "bin/java").path,
            "-cp", System.getProperty("java.class.path"), "FeedKt", address, key, "my-site", File(folder, "app").path,
        ).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        return program.inputStream.bufferedReader().readText().also { assertEquals(0, program.waitFor(), it) }
    }

    private fun raw(data: File): String = File(data, "raw").walk().filter { it.name.endsWith(".gz") }
        .joinToString("\n") { GZIPInputStream(it.inputStream()).bufferedReader().readText() }
}
