// What an app holds: it says what is shown, and every event reaches the collector or is counted as lost.

import EyelineBindings
import Foundation

/// Measures impressions and brings every event to the collector.
///
/// Calls that record append one record to a file and return: they never wait for the network and never throw. When such a call
/// returns, its event outlives the process, where there is a folder to keep it in and consent allows that. ``flush(timeout:)`` and
/// ``shutdown(timeout:)`` wait, on a thread of Eyeline's.
public final class Client: Sendable {
    package let engine: EyelineBindings.Client
    /// How many screens there were, for those who measure views across them.
    let screens = Screens()
    /// Whether the device is told as the system describes it. What the app says of it stands.
    let isDeviceOfSystem: Bool

    /// Opens the folder and starts. Reads what the start before left, some milliseconds of work: ``start(_:transport:notices:)``
    /// does it away from the caller's thread, and waits where the device is still locked.
    /// - Parameters:
    ///   - configuration: how it is set up.
    ///   - transport: what sends. `URLSession`, unless your app's traffic goes another way.
    ///   - notices: hears how sending stands and what was lost, on a thread of Eyeline's. Be quick there.
    /// - Throws: ``StartError``, which says what to do.
    public init(
        _ configuration: Configuration, transport: any Transport = URLSessionTransport(),
        notices: (@Sendable (Notice) -> Void)? = nil
    ) throws {
        isDeviceOfSystem = configuration.device == .current
        engine = try EyelineBindings.Client(
            config: configuration.told(folder: configuration.storage.prepared()),
            transport: Carrier(transport), listener: notices.map(Ear.init))
    }

    /// Content is shown: records the impression and watches it until the ``Impression`` is hidden or let go.
    public func impression(_ content: Content) -> Impression {
        Impression(of: self, view: engine.impression(what: content))
    }

    /// Content was delivered to a placement, whether or not it is ever shown. False where it was refused.
    @discardableResult
    public func serve(_ serve: Serve) -> Bool {
        engine.serve(what: serve) != 0
    }

    /// A goal was reached. False where it was refused.
    @discardableResult
    public func convert(_ conversion: Convert) -> Bool {
        engine.convert(what: conversion) != 0
    }

    /// Another screen is shown: the impressions of the one before have ended. False where it was refused.
    @discardableResult
    public func page(_ page: Page) -> Bool {
        let isRecorded = engine.page(page: page) != 0
        if isRecorded { screens.next() }
        return isRecorded
    }

    /// Many calls in one, stored as one record: kept whole or not at all. For each what the single call would give: the view of
    /// an impression, the number of an event, 0 where it was refused or gives nothing.
    @discardableResult
    public func trackAll(_ calls: [Call]) -> [UInt64] {
        let results = engine.trackAll(calls: calls)
        for (call, result) in zip(calls, results) where result != 0 {
            if case .page = call.action { screens.next() }
        }
        return results
    }

    /// The visitor's choice. Denied wipes what waits, on disk too, before this returns.
    public func setConsent(_ consent: Consent) {
        engine.setConsent(consent: consent)
    }

    /// The choice that stands.
    public var consent: Consent {
        engine.consent()
    }

    /// Whether the visitor asks not to be tracked.
    public func setGlobalPrivacyControl(_ isSet: Bool) {
        engine.setGpc(gpc: isSet)
    }

    /// Whether the app is in front, on a lit screen. Nothing counts as seen while it is not. ``followApp()`` says so for you.
    public func setActive(_ active: Bool) {
        engine.setActive(active: active)
    }

    /// The visitor touched, scrolled or typed: makes the next seconds engaged ones.
    public func activity() {
        engine.activity()
    }

    /// The app goes to the background: what is watched is told as it stands, and what waits is closed and sent while there is
    /// time. The app then counts as inactive. ``followApp()`` says so for you.
    public func background() {
        engine.background()
    }

    /// The device changed, such as on rotation.
    public func setDevice(_ device: Device) {
        engine.setDevice(device: device)
    }

    /// Running experiments and the visitor's variants: at most 32.
    public func setExperiments(_ experiments: [String: String]) {
        engine.setExperiments(pairs: experiments)
    }

    /// Custom dimensions of what is recorded from here on: at most 8.
    public func setDimensions(_ dimensions: [String: String]) {
        engine.setDimensions(pairs: dimensions)
    }

    /// Forgets the visitor: asks the collector to erase what it has, and mints a new visitor id.
    public func forget() {
        engine.forget()
    }

    /// What became of every event.
    public var stats: Stats {
        engine.stats()
    }

    /// Closes the open batch and sends what is due, for at most `timeout` seconds. It ends by that time even where the task that
    /// awaits it is cancelled; sending goes on.
    @discardableResult
    public func flush(timeout: TimeInterval = 10) async -> FlushResult {
        await Waiting.away { [engine] in engine.flush(timeoutMs: milliseconds(timeout)) }
    }

    /// Flushes for at most `timeout` seconds and stops: the folder is then free for another client, and nothing more is recorded.
    @discardableResult
    public func shutdown(timeout: TimeInterval = 10) async -> FlushResult {
        await Waiting.away { [engine] in engine.shutdown(timeoutMs: milliseconds(timeout)) }
    }
}

/// A count of screens that any thread may ask for.
final class Screens: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    func next() {
        lock.withLock { count += 1 }
    }

    var current: Int {
        lock.withLock { count }
    }
}

/// What waits for the engine does so here, never on the caller's thread nor on those that Swift's tasks share.
enum Waiting {
    private static let threads = DispatchQueue(label: "eyeline.waiting", qos: .utility, attributes: .concurrent)

    static func away<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            threads.async { continuation.resume(returning: work()) }
        }
    }
}
