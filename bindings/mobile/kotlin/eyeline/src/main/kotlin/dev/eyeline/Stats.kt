// What became of every event.
package dev.eyeline

import dev.eyeline.generated.FlushResult as FfiFlushResult
import dev.eyeline.generated.Loss as FfiLoss
import dev.eyeline.generated.Stats as FfiStats

/**
 * What became of every event, over all starts that shared the directory:
 * [captured] = [delivered] + [queued] + the sum of [lost].
 *
 * @property captured events that were given a number
 * @property delivered events the collector has taken
 * @property queued events that wait
 * @property lost events that will never be delivered, by reason
 * @property erasures requests to forget that the collector has not yet taken
 * @property storageFailures how often the disk refused since this start
 * @property failures failed attempts in a row
 * @property blockedForMillis how long until the next attempt, if one has to wait
 * @property invalid calls since this start that were refused because of what they said
 * @property lastInvalid what the last of them has to change
 */
public data class Stats(
    val captured: Long,
    val delivered: Long,
    val queued: Long,
    val lost: Map<LossReason, Long>,
    val erasures: Long,
    val storageFailures: Long,
    val failures: Int,
    val blockedForMillis: Long?,
    val invalid: Long,
    val lastInvalid: String?,
)

/** What is said where nobody is left to ask. */
internal val NO_STATS: Stats = Stats(0, 0, 0, emptyMap(), 0, 0, 0, null, 0, null)

/** Why an event will never be delivered. */
public enum class LossReason {
    /** The queue was full and this was the oldest. */
    QUEUE_FULL,

    /** It waited longer than 30 days. */
    EXPIRED,

    /** It is larger than an event may be. */
    TOO_LARGE,

    /** The collector refused it for good. */
    REFUSED,

    /** The visitor withdrew consent or asked to be forgotten before it was sent. */
    CONSENT_WITHDRAWN,

    /** The disk gave it back damaged or not at all. */
    STORAGE_FAILED,

    /** It had to go after an attempt that nobody answered: it may have arrived. */
    UNCONFIRMED,
}

/** What a flush or a shutdown came to. */
public sealed class Flushed {
    /** Nothing waits any more. */
    public data object Complete : Flushed()

    /**
     * All that could be sent was.
     *
     * @property events events that wait for the network, the collector or consent
     */
    public data class Kept(val events: Long) : Flushed()

    /** The time was up first. Sending goes on, unless this was a shutdown. */
    public data object TimedOut : Flushed()

    /** The client was shut down before. */
    public data object Stopped : Flushed()
}

internal fun FfiStats.toStats() = Stats(
    captured = captured.toLong(),
    delivered = delivered.toLong(),
    queued = queued.toLong(),
    lost = lost.toLosses(),
    erasures = erasures.toLong(),
    storageFailures = storageFailures.toLong(),
    failures = failures.toInt(),
    blockedForMillis = blockedForMs?.toLong(),
    invalid = invalid.toLong(),
    lastInvalid = lastInvalid,
)

internal fun List<FfiLoss>.toLosses(): Map<LossReason, Long> =
    associate { LossReason.valueOf(it.reason.name) to it.events.toLong() }

internal fun FfiFlushResult.toFlushed(): Flushed = when (this) {
    FfiFlushResult.Complete -> Flushed.Complete
    is FfiFlushResult.Kept -> Flushed.Kept(events.toLong())
    FfiFlushResult.TimedOut -> Flushed.TimedOut
    FfiFlushResult.Stopped -> Flushed.Stopped
}
