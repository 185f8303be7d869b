// The device's lock as UIKit tells it. Elsewhere files are always readable.
// The UIKit half is compiled and run against a model of UIKit (Tests/OnModels), never against Apple's SDK.

import Foundation

#if canImport(UIKit) && !os(watchOS)
    import UIKit

    struct SystemLock: DeviceLock {
        var isLocked: Bool {
            // By name: this is compiled for extensions of apps too, where `UIApplication.shared` can't be said and there is none.
            let app = UIApplication.value(forKeyPath: "sharedApplication") as? UIApplication
            return app?.isProtectedDataAvailable == false
        }

        func unlocks() -> AsyncStream<Void> {
            AsyncStream { continuation in
                let following = Following()
                following.on(UIApplication.protectedDataDidBecomeAvailableNotification) { continuation.yield() }
                continuation.onTermination = { _ in withExtendedLifetime(following) {} }
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
