// What an app can hear of a client.
package dev.eyeline

import dev.eyeline.generated.Listener as FfiListener
import dev.eyeline.generated.Loss as FfiLoss
import dev.eyeline.generated.State as FfiState

/**
 * Hears of a client's state, once a batch at most, on a thread of the library: be quick, and wait for no flush there. What it
 * throws is ignored.
 */
public interface EyelineListener {
    /** Sending works again ([failures] is 0), or the next attempt waits [forMillis]. */
    public fun onState(failures: Int, forMillis: Long) {}

    /** The client was shut down. */
    public fun onStopped() {}

    /** Events will never be delivered: how many more than at the call before. */
    public fun onLosses(losses: Map<LossReason, Long>) {}

    /** So many calls since the start were refused because of what they said; [message] tells what to change, of the last. */
    public fun onInvalid(calls: Long, message: String) {}
}

internal class ListenerBorder(private val listener: EyelineListener) : FfiListener {
    override fun onState(state: FfiState) = when (state) {
        FfiState.Ready -> listener.onState(0, 0)
        is FfiState.Waiting -> listener.onState(state.failures.toInt(), state.forMs.toLong())
        FfiState.Stopped -> listener.onStopped()
    }

    override fun onLosses(losses: List<FfiLoss>) = listener.onLosses(losses.toLosses())

    override fun onInvalid(calls: ULong, message: String) = listener.onInvalid(calls.toLong(), message)
}
