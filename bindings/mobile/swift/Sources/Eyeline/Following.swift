// Observers of notifications that stop when they are let go.

import Foundation

/// Notifications that are posted on the main thread, and what follows there and then: a moment later the app may be suspended
/// already. One that is posted elsewhere, by no system but by some app, is carried over.
final class Following: @unchecked Sendable {
    /// Grows on the main thread alone, and is read where nobody has this any more.
    private var observers: [any NSObjectProtocol] = []

    @MainActor
    func on(_ name: Notification.Name, _ then: @escaping @MainActor @Sendable () -> Void) {
        DispatchQueue.main.setSpecific(key: Self.ofMainQueue, value: ())
        let observer = NotificationCenter.default.addObserver(forName: name, object: nil, queue: nil) { _ in
            if Self.isOnMainQueue {
                MainActor.assumeIsolated(then)
            } else {
                Task { @MainActor in then() }
            }
        }
        observers.append(observer)
    }

    deinit {
        observers.forEach { NotificationCenter.default.removeObserver($0) }
    }

    /// Asked of the queue and not of the thread: where main is async, as in tests on Linux, the main queue has a thread of its own.
    private static var isOnMainQueue: Bool {
        DispatchQueue.getSpecific(key: ofMainQueue) != nil
    }

    private nonisolated(unsafe) static let ofMainQueue = DispatchSpecificKey<Void>()
}
