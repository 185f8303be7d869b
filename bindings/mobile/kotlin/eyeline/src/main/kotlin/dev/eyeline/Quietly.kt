// No call of this layer throws into the app.
package dev.eyeline

import dev.eyeline.generated.InternalException

/** Runs a call of the library; a defect in it, or a client that was closed, measures nothing and harms nobody. */
internal inline fun <T> quietly(otherwise: T, call: () -> T): T = try {
    call()
} catch (_: InternalException) {
    otherwise
} catch (_: IllegalStateException) {
    otherwise
}
