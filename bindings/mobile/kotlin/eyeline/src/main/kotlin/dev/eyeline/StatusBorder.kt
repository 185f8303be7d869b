// Where the library says how a call went: kept by each thread, and used again.
package dev.eyeline

import dev.eyeline.generated.UniffiRustCallStatus

/**
 * A status is a few bytes of native memory, but JNA makes four allocations of it, each watched by a phantom reference until the
 * garbage collector and then one thread of JNA's come by. A call takes two statuses or three: an app that reports much and has a
 * large heap would carry hundreds of megabytes of them. `cargo xtask kotlin` has the generated code ask here.
 */
internal object StatusBorder {
    /** As many as calls stand in one another: two. */
    private val free = object : ThreadLocal<ArrayDeque<UniffiRustCallStatus>>() {
        override fun initialValue() = ArrayDeque<UniffiRustCallStatus>()
    }

    fun take(): UniffiRustCallStatus = free.get()!!.removeLastOrNull() ?: UniffiRustCallStatus()

    /** One that says success, as a new one does: one of a call that failed is let go. */
    fun giveBack(status: UniffiRustCallStatus) = free.get()!!.addLast(status)
}
