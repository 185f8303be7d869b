// The device's lock as UIKit tells it. Elsewhere files are always readable.
// The UIKit half was never compiled in this project's own checks: they have no Apple SDK.

import Foundation

#if canImport(UIKit) && !os(watchOS)
    import UIKit

    struct SystemLock: DeviceLock {
        var isLocked: Bool {
            get async { await MainActor.run { !UIApplication.shared.isProtectedDataAvailable } }
        }

        func unlocks() -> AsyncStream<Void> {
            AsyncStream { continuation in
                let name = UIApplication.protectedDataDidBecomeAvailableNotification
                let listening = Task {
                    for await _ in NotificationCenter.default.notifications(named: name) { continuation.yield() }
                }
                continuation.onTermination = { _ in listening.cancel() }
            }
        }
    }
#else
    struct SystemLock: DeviceLock {
        var isLocked: Bool { false }

        func unlocks() -> AsyncStream<Void> {
            AsyncStream { $0.finish() }
        }
    }
#endif
