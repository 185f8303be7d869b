// How a client is set up: three things it must know, and defaults for the rest.

import EyelineBindings
import Foundation

/// How a ``Client`` is set up.
public struct Configuration: Sendable {
    /// The collector's address, such as `https://collect.example.com`.
    public var endpoint: String
    /// This app's write key.
    public var writeKey: String
    /// Whose app it is. The write key must be bound to it.
    public var affiliate: String
    /// Where events wait until the collector has taken them.
    public var storage = Storage.standard
    /// What is known of the visitor's consent. A choice stored earlier stands, unless this one is stricter.
    public var consent: Consent?
    /// Whether the visitor asks not to be tracked (Global Privacy Control): measure only, whatever the consent.
    public var globalPrivacyControl = false
    /// Whether the audience are children (COPPA): measure only, whatever the consent.
    public var children = false
    /// The screen shown at start.
    public var page: Page?
    /// The device. What the system says of it, unless told.
    public var device: Device? = .current
    /// Running experiments and the visitor's variants: at most 32, of 64 characters.
    public var experiments: [String: String] = [:]
    /// Custom dimensions: at most 8, of 64 characters.
    public var dimensions: [String: String] = [:]
    /// The share of sessions that is recorded: above 0, at most 1.
    public var sampling: Double?
    /// Whether the app starts in front. ``Client/followApp()`` keeps it true to the facts from then on.
    public var active = true
    /// How old, in seconds, the first event of a batch gets before the batch is sent. 30 unless told.
    public var batchAge: TimeInterval?
    /// How long, in seconds, one request may take, the answer included. 30 unless told.
    public var requestTimeout: TimeInterval?
    /// Marks every request, so that this client's events can be watched live at the collector with `eyeline tail`.
    public var debugTag: String?
    /// A clock and ids that a test sets. `EyelineTestKit` does; an app never.
    package var rig: TestRig?

    /// The defaults.
    public init(endpoint: String, writeKey: String, affiliate: String) {
        self.endpoint = endpoint
        self.writeKey = writeKey
        self.affiliate = affiliate
    }

    /// Where events wait until the collector has taken them.
    public enum Storage: Sendable, Equatable {
        /// A folder of Eyeline's own in the app's `Application Support`. It is in no backup, and stays with the app.
        case standard
        /// This folder, made where missing. It belongs to one client at a time. Keep it in the app's own container: an app that is
        /// suspended while it holds a file lock in a container shared with others is ended by iOS.
        case folder(URL)
        /// Memory: what was not sent when the process ends is lost.
        case memory
    }

    /// As the engine is told, with events in this folder.
    func told(folder: URL?) -> EyelineBindings.Config {
        EyelineBindings.Config(
            endpoint: endpoint, writeKey: writeKey, affiliate: affiliate, directory: folder?.path, consent: consent,
            gpc: globalPrivacyControl, children: children, page: page, device: device, experiments: experiments,
            dimensions: dimensions, sampling: sampling, active: active, batchAgeMs: batchAge.map(milliseconds),
            requestTimeoutMs: requestTimeout.map(milliseconds), debugTag: debugTag, sdk: "swift/\(Version.current)",
            test: rig)
    }
}

/// Whole milliseconds of a time in seconds: none where it is negative or not a number, and never more than fit.
func milliseconds(_ seconds: TimeInterval) -> UInt64 {
    guard seconds > 0 else { return 0 }
    return UInt64(exactly: (seconds * 1_000).rounded()) ?? .max
}
