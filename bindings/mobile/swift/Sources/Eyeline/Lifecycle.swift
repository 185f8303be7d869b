// What the app's coming and going means for a client.

import Foundation

/// Carries an app's comings and goings to a client, and keeps the app running in the background until what waited is sent.
@MainActor
package final class Lifecycle {
    private let client: Client
    private let tasks: any BackgroundTasks

    package nonisolated init(_ client: Client, _ tasks: any BackgroundTasks) {
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
        task.hold(tasks.begin { task.letGo() })
        client.background()
        Task {
            // It waits on a thread of Eyeline's: the main thread is free meanwhile.
            await client.flush(timeout: Self.backgroundTime)
            task.letGo()
        }
    }

    /// iOS gives an app about 30 seconds in the background; this ends before the system loses its patience.
    private static let backgroundTime: TimeInterval = 25
}

/// The system's leave to go on for a while in the background.
@MainActor
package protocol BackgroundTasks: Sendable {
    /// Begins one, and gives what ends it. The system calls `whenExpired` where it takes its leave back before, and ends the app
    /// whose task has not ended when that returns.
    func begin(whenExpired: @escaping @MainActor @Sendable () -> Void) -> @MainActor () -> Void
}

/// A background task that is ended once, by whoever comes first.
@MainActor
private final class HeldTask {
    private var end: (@MainActor () -> Void)?
    private var isOver = false

    nonisolated init() {}

    func hold(_ end: @escaping @MainActor () -> Void) {
        if isOver { end() } else { self.end = end }
    }

    func letGo() {
        isOver = true
        end?()
        end = nil
    }
}
