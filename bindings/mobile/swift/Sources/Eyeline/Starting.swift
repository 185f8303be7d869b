// Starting away from the caller's thread, and later where the device is still locked.

import EyelineBindings
import Foundation

extension Client {
    /// Starts away from the caller's thread. Where the folder can't be read because the device was not unlocked since it was turned
    /// on (iOS may start an app that early), this waits until it is. An extension of an app is not told of that: there it throws.
    /// - Throws: ``StartError``, which says what to do; `CancellationError` where the task is cancelled while it waits.
    public static func start(
        _ configuration: Configuration, transport: any Transport = URLSessionTransport(),
        notices: (@Sendable (Notice) -> Void)? = nil
    ) async throws -> Client {
        try await start(behind: SystemLock()) {
            try Client(configuration, transport: transport, notices: notices)
        }
    }

    /// The same, with a lock that a test can turn.
    static func start(behind lock: any DeviceLock, _ open: @escaping @Sendable () throws -> Client) async throws -> Client {
        // Listened to from before the first attempt: an unlock in between is not missed.
        var unlocks = await lock.unlocks().makeAsyncIterator()
        while true {
            let wasLocked = await lock.isLocked
            do {
                return try await Waiting.away { Result(catching: open) }.get()
            } catch let error as StartError {
                guard case .Storage = error else { throw error }
                if await lock.isLocked {
                    guard await unlocks.next() != nil else { throw CancellationError() }
                } else if !wasLocked {
                    throw error
                }
            }
        }
    }
}

/// Whether protected files can be read.
@MainActor
protocol DeviceLock: Sendable {
    var isLocked: Bool { get }
    /// An element each time they can be read again, from this call on.
    func unlocks() -> AsyncStream<Void>
}
