// A start while the device is locked is a start later; every other failure is one at once.

import EyelineTestKit
import Foundation
import Testing

@testable import Eyeline

@Suite struct StartingTests {
    @Test("a folder that can't be read while the device is locked is opened after the unlock")
    func aLockedDeviceMeansLater() async throws {
        // Before the attempt and after it: then it is turned, while the start waits.
        let lock = await TurnedLock(isLocked: true, unlocksAfterLooks: 2)
        let attempts = Counted()
        let client = try await Client.start(behind: lock) {
            if attempts.next() == 1 { throw StartError.Storage(message: "operation not permitted") }
            return try EyelineTest().client
        }
        #expect(client.convert(Convert(goal: "purchase")))
        #expect(attempts.count == 2)
    }

    @Test("an unlock just after the attempt is as good as one that is waited for")
    func anUnlockInBetweenIsNotMissed() async throws {
        let lock = await TurnedLock(isLocked: true)
        let attempts = Counted()
        let client = try await Client.start(behind: lock) {
            if attempts.next() > 1 { return try EyelineTest().client }
            DispatchQueue.main.sync { MainActor.assumeIsolated { lock.unlock() } }
            throw StartError.Storage(message: "operation not permitted")
        }
        #expect(client.convert(Convert(goal: "purchase")))
    }

    @Test("a folder that can't be read while the device is unlocked is an error")
    func anUnlockedDeviceMeansNow() async throws {
        let lock = await TurnedLock(isLocked: false)
        await #expect(throws: StartError.self) {
            try await Client.start(behind: lock) { throw StartError.Storage(message: "no space left on device") }
        }
    }

    @Test("a bad setting is an error even while the device is locked")
    func aBadSettingIsNeverLater() async throws {
        let lock = await TurnedLock(isLocked: true)
        await #expect(throws: StartError.self) {
            try await Client.start(behind: lock) { throw StartError.Settings(message: "the affiliate is not valid") }
        }
    }

    @Test("who waits for the unlock can be cancelled")
    func aWaitCanBeCancelled() async throws {
        let lock = await TurnedLock(isLocked: true)
        let start = Task {
            try await Client.start(behind: lock) { throw StartError.Storage(message: "operation not permitted") }
        }
        start.cancel()
        await #expect(throws: CancellationError.self) { try await start.value }
    }
}

/// A lock that a test turns. An unlock before anybody waits is not lost.
@MainActor
private final class TurnedLock: DeviceLock {
    private var isTurned: Bool
    private var looks = 0
    private let looksUntilUnlock: Int
    private let (stream, continuation) = AsyncStream<Void>.makeStream()

    init(isLocked: Bool, unlocksAfterLooks looks: Int = .max) {
        isTurned = isLocked
        looksUntilUnlock = looks
    }

    var isLocked: Bool {
        defer {
            looks += 1
            if looks == looksUntilUnlock { unlock() }
        }
        return isTurned
    }

    func unlocks() -> AsyncStream<Void> {
        stream
    }

    func unlock() {
        isTurned = false
        continuation.yield()
    }
}

private final class Counted: @unchecked Sendable {
    private let lock = NSLock()
    private var value = 0

    func next() -> Int {
        lock.withLock {
            value += 1
            return value
        }
    }

    var count: Int {
        lock.withLock { value }
    }
}
