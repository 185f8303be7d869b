// The app comes and goes: what is seen, what is sent, and how long the background task is held.

import Foundation
import Testing

@testable import Eyeline
import EyelineTestKit

@MainActor @Suite struct LifecycleTests {
    @Test("the background task is held until what waited is sent, then ended once")
    func theTaskIsHeldUntilAllIsSent() async throws {
        let eyeline = try EyelineTest()
        let tasks = Recorded()
        let lifecycle = Lifecycle(eyeline.client, tasks)
        eyeline.client.convert(Convert(goal: "purchase", order: "o-1"))
        lifecycle.wentToBackground()
        await tasks.ended()
        #expect(eyeline.collector.events.contains { $0.kind == "convert" })
        #expect(tasks.ends == 1)
    }

    @Test("a system that calls its leave in is obeyed at once")
    func anExpiredTaskIsEnded() async throws {
        let stuck = Stuck()
        var configuration = Configuration(endpoint: "https://collector.test", writeKey: "k", affiliate: "a")
        configuration.storage = .memory
        configuration.consent = .full
        let client = try Client(configuration, transport: stuck)
        client.convert(Convert(goal: "purchase"))
        let tasks = Recorded()
        Lifecycle(client, tasks).wentToBackground()
        tasks.expire()
        // Before it returns: the system ends an app whose task outlives this call.
        #expect(tasks.ends == 1)
        stuck.letGo()
        await client.shutdown(timeout: 60)
        #expect(tasks.ends == 1)
    }

    @Test("nothing is seen while the app is away")
    func nothingIsSeenWhileAway() async throws {
        let eyeline = try EyelineTest()
        let lifecycle = Lifecycle(eyeline.client, Recorded())
        let teaser = eyeline.client.impression(Content(content: "item-14", placement: "recs-top"))
        teaser.visible(1, width: 300, height: 250)
        lifecycle.leftTheFront()
        try await eyeline.advance(by: 5)
        try await eyeline.assertImpression(of: "item-14", viewable: false)
        lifecycle.cameToFront()
        try await eyeline.advance(by: 1)
        try await eyeline.assertImpression(of: "item-14", viewable: true)
    }
}

/// The system's side of background tasks.
@MainActor
private final class Recorded: BackgroundTasks {
    private(set) var ends = 0
    private var expired: (@MainActor () -> Void)?
    private let (stream, continuation) = AsyncStream<Void>.makeStream()

    func begin(whenExpired: @escaping @MainActor @Sendable () -> Void) -> @MainActor () -> Void {
        expired = whenExpired
        return { [self] in
            ends += 1
            continuation.yield()
        }
    }

    func expire() {
        expired?()
    }

    func ended() async {
        for await _ in stream { return }
    }
}

/// A network that neither answers nor breaks until it is let go.
private final class Stuck: Transport {
    private let gate = DispatchSemaphore(value: 0)

    func send(_ request: UploadRequest) throws -> UploadResponse {
        gate.wait()
        gate.signal()
        throw TransportFailure.unreachable
    }

    func letGo() {
        gate.signal()
    }
}
