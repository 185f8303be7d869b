// A client for an app's own tests: the real engine, a clock that the test moves, and a collector in memory.

import Eyeline
import class EyelineBindings.TestClock
import struct EyelineBindings.TestRig
import Foundation

/// The real engine with nothing around it that a test could not set: an hour of dwell takes no time, and nothing leaves the process.
///
/// ```swift
/// let eyeline = try EyelineTest()
/// let teaser = eyeline.client.impression(Content(content: "item-14", placement: "recs-top"))
/// teaser.visible(0.75, width: 300, height: 250)
/// try await eyeline.advance(by: 1)
/// try await eyeline.assertImpression(of: "item-14", in: "recs-top", viewable: true)
/// ```
public final class EyelineTest: Sendable {
    /// The client to hand to the code under test.
    public let client: Client
    /// What the client sends to.
    public let collector: TestCollector
    private let clock: TestClock

    /// A client with consent to everything and events in memory, unless `change` says otherwise. Ids are the same in each run.
    public init(seed: UInt64 = 1, _ change: (inout Configuration) -> Void = { _ in }) throws {
        let clock = TestClock(wallMs: 1_700_000_000_000, monoMs: 1_000_000)
        var configuration = Configuration(endpoint: "https://collector.test", writeKey: "test", affiliate: "test")
        configuration.storage = .memory
        configuration.consent = .full
        change(&configuration)
        configuration.rig = TestRig(clock: clock, seed: seed)
        let collector = TestCollector()
        client = try Client(configuration, transport: collector)
        self.collector = collector
        self.clock = clock
    }

    /// Lets time pass, and waits until the engine has done all that fell due. Long times pass in the steps of a device that is
    /// awake: a gap of more than five seconds would look like sleep, through which nothing is seen.
    public func advance(by seconds: TimeInterval) async throws {
        var left = seconds
        while left > 0 {
            let step = min(left, 1)
            clock.advance(byMs: UInt64((step * 1_000).rounded()))
            try await settle()
            left -= step
        }
    }

    /// Every event so far, after all that waits was sent.
    public func events() async throws -> [TrackedEvent] {
        await client.flush(timeout: Self.patience)
        return collector.events
    }

    /// Fails unless exactly one impression of this content was recorded there, and gives its events.
    /// - Parameters:
    ///   - placement: where; anywhere unless told.
    ///   - viewable: whether it must, or must not, have been viewable.
    ///   - clicked: whether it must, or must not, have been clicked.
    @discardableResult
    public func assertImpression(
        of content: String, in placement: String? = nil, viewable: Bool? = nil, clicked: Bool? = nil
    ) async throws -> [TrackedEvent] {
        let all = try await events()
        let renders = all.filter {
            $0.kind == "render" && $0.content == content && (placement == nil || $0.placement == placement)
        }
        guard renders.count == 1, let render = renders.first else {
            throw Unmet("\(renders.count) impressions of \(content) were recorded, not one", all)
        }
        let events = all.filter { $0.impression == render.impression }
        for (kind, wanted) in [("viewable", viewable), ("click", clicked)] {
            if let wanted, events.contains(where: { $0.kind == kind }) != wanted {
                throw Unmet("the impression of \(content) has \(wanted ? "no" : "a") \(kind)", all)
            }
        }
        return events
    }

    private func settle() async throws {
        let client = client
        let isSettled = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: client.engine.settle(timeoutMs: UInt64(Self.patience * 1_000)))
            }
        }
        if !isSettled { throw Unmet("the engine did not come to rest in \(Self.patience) s", collector.events) }
    }

    /// Far longer than anything in memory takes: only a fault gets here.
    private static let patience: TimeInterval = 30
}

/// What a test asked for is not so. Works with every test framework: it is thrown, and says what was recorded instead.
public struct Unmet: Error, CustomStringConvertible, Sendable {
    /// What is not so, and every event that was recorded.
    public let description: String

    init(_ what: String, _ events: [TrackedEvent]) {
        let listed = events.isEmpty ? "nothing was recorded" : events.map(\.json).joined(separator: "\n")
        description = "\(what). Recorded:\n\(listed)"
    }
}
