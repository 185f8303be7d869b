// The real collector in a folder of its own: started, drained, asked what it wrote.
package dev.eyeline

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.io.File
import java.nio.file.Files
import java.util.concurrent.TimeUnit
import java.util.zip.GZIPInputStream

/** A collector on 127.0.0.1, at a port the system chose. */
class Collector : AutoCloseable {
    private val folder: File = Files.createTempDirectory("eyeline-kotlin-").toFile()
    private val process: Process

    /** Where it listens. */
    val address: String

    init {
        File(folder, "keys.json").writeText("""{"v":1,"keys":[{"key":"$KEY","name":"$KEY","affiliates":["$AFFILIATE"]}]}""")
        process = ProcessBuilder(
            binary().path, "--json", "--data", folder.path, "collect", "--listen", "127.0.0.1:0", "--rotate-after", "60ms",
        ).redirectErrorStream(true).start()
        val said = process.inputStream.bufferedReader()
        val line = said.lineSequence().firstOrNull { "\"listening\"" in it } ?: error("the collector did not start")
        address = Regex("\"listening\":\"(http:[^\"]+)\"").find(line)!!.groupValues[1]
        // What it goes on to say has to go somewhere, or it blocks on a full pipe.
        Thread { said.forEachLine { } }.apply { isDaemon = true }.start()
    }

    /** Ends it as an operator would, and gives every batch it took. */
    fun drain(): List<JsonObject> {
        process.destroy()
        check(process.waitFor(60, TimeUnit.SECONDS)) { "the collector did not drain" }
        val files = File(folder, "raw").walk().filter { it.isFile && it.name.endsWith(".gz") }.sortedBy { it.name }
        val lines = files.flatMap { GZIPInputStream(it.inputStream()).bufferedReader().readLines() }
        return lines.map { Json.parseToJsonElement(it).jsonObject["b"]!!.jsonObject }.toList()
    }

    /** The same, as events. */
    fun drainEvents(): List<JsonObject> = drain().flatMap { it["ev"]!!.jsonArray }.map { it.jsonObject }

    override fun close() {
        process.destroyForcibly().waitFor()
        folder.deleteRecursively()
    }

    companion object {
        const val KEY = "wk_kotlin_0001"
        const val AFFILIATE = "my-app"

        private fun binary(): File {
            val path = System.getenv("EYELINE_BIN") ?: error("run the tests with `cargo xtask kotlin`, or set EYELINE_BIN")
            return File(path).also { check(it.exists()) { "no eyeline command at $path: cargo build --package eyeline-cli" } }
        }
    }
}

/** A text of an event. */
fun JsonObject.text(name: String): String? = this[name]?.jsonPrimitive?.content
