// What the app's coming and going means for a client.

import Foundation

/// Carries an app's comings and goings to a client, and keeps the app running in the background until what waited is sent.
package final class Lifecycle: Sendable {
    private let client: Client
    private let tasks: any BackgroundTasks

    package init(_ client: Client, _ tasks: any BackgroundTasks) {
        self.client = client
        self.tasks = tasks
    }

    /// The app is in front and takes touches.
    package func cameToFront() {
        client.setActive(true)
    }

    /// The app is in front no longer, or something lies over it.
    package func leftTheFront() {
        client.setActive(false)
    }

    /// Nothing of the app shows. The background task is held until the last request is answered, or the system calls it in.
    package func wentToBackground() {
        let client = client
        let task = HeldTask()
        task.hold(tasks.begin(whenExpired: task.letGo))
        client.background()
        Task {
            await client.flush(timeout: Self.backgroundTime)
            task.letGo()
        }
    }

    /// iOS gives an app about 30 seconds in the background; this ends before the system loses its patience.
    private static let backgroundTime: TimeInterval = 25
}

/// The system's leave to go on for a while in the background.
package protocol BackgroundTasks: Sendable {
    /// Begins one, and gives what ends it. The system calls `whenExpired` where it takes its leave back before.
    func begin(whenExpired: @escaping @Sendable () -> Void) -> @Sendable () -> Void
}

/// A background task that is ended once, by whoever comes first.
private final class HeldTask: @unchecked Sendable {
    private let lock = NSLock()
    private var end: (@Sendable () -> Void)?
    private var isOver = false

    func hold(_ end: @escaping @Sendable () -> Void) {
        let isLate = lock.withLock {
            if !isOver { self.end = end }
            return isOver
        }
        if isLate { end() }
    }

    @Sendable func letGo() {
        let end = lock.withLock {
            isOver = true
            defer { self.end = nil }
            return self.end
        }
        end?()
    }
}
