// How a client is set up: three things it must know, and defaults for the rest.
package dev.eyeline

import dev.eyeline.generated.Config
import dev.eyeline.generated.TestRig
import java.io.File

/** Marks what can be set in the block of [Eyeline.start]. */
@DslMarker
public annotation class EyelineDsl

/** The settings of a client. */
@EyelineDsl
public class Settings internal constructor() {
    /** Where events are kept until the collector has taken them; one client at a time. In memory where it is `null`. */
    public var directory: File? = null

    /** What is known of the visitor's consent. A choice stored earlier stands, unless this one is stricter. */
    public var consent: Consent = Consent.PENDING

    /** Whether the visitor asks not to be tracked: measure only, whatever the consent. */
    public var gpc: Boolean = false

    /** Whether the audience are children (COPPA): measure only, whatever the consent. */
    public var children: Boolean = false

    /** The screen shown at start. */
    public var screen: Screen? = null

    /** The device. */
    public var device: Device? = null

    /** Running experiments and the visitor's variants: at most 32. */
    public var experiments: Map<String, String> = emptyMap()

    /** Custom dimensions: at most 8. */
    public var dimensions: Map<String, String> = emptyMap()

    /** The share of sessions that is recorded: above 0, at most 1. */
    public var sampling: Double = 1.0

    /** Whether the app starts in front. */
    public var active: Boolean = true

    /** How old the first event of a batch gets before the batch is sent. */
    public var batchAgeMillis: Long? = null

    /** How many events make a batch full: 100 unless told, 500 at most. */
    public var batchEvents: Int? = null

    /** How long one request may take, the answer included: 30 s unless told. */
    public var requestTimeoutMillis: Long? = null

    /** Marks every request, so that this client's events can be watched live at the collector. */
    public var debugTag: String? = null

    /** What sends. */
    public var transport: Transport = UrlConnectionTransport()

    /** What hears of the client's state. */
    public var listener: EyelineListener? = null

    internal var rig: TestRig? = null

    internal fun toConfig(endpoint: String, writeKey: String, affiliate: String) = Config(
        endpoint = endpoint,
        writeKey = writeKey,
        affiliate = affiliate,
        directory = directory?.path,
        consent = consent.toFfi(),
        gpc = gpc,
        children = children,
        page = screen?.toFfi(),
        device = device?.toFfi(),
        experiments = experiments,
        dimensions = dimensions,
        sampling = sampling,
        active = active,
        batchAgeMs = batchAgeMillis?.toFfi(),
        batchEvents = batchEvents.toFfi(),
        requestTimeoutMs = requestTimeoutMillis?.toFfi(),
        debugTag = debugTag,
        sdk = "kotlin/$VERSION",
        test = rig,
    )
}

/** This release, as it names itself on the wire. */
internal const val VERSION = "0.1.0"
