// Plays scenarios line by line: tests/conformance/README.md, "An adapter that is driven over a pipe".
package dev.eyeline.conformance

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject

fun main() {
    val device = Device()
    for (line in generateSequence(::readlnOrNull)) {
        val answer = try {
            device.answer(Json.parseToJsonElement(line).jsonObject)
        } catch (fault: Exception) {
            JsonObject(mapOf("fault" to JsonPrimitive(fault.toString())))
        }
        println(answer)
    }
}
