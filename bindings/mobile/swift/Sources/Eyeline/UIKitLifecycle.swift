// UIKit: follows the app to the front, away from it and into the background.
// Never compiled in this project's own checks: they have no Apple SDK.

#if canImport(UIKit) && !os(watchOS)
    import UIKit

    extension Client {
        /// Follows the app until what this gives is let go: while it is not in front nothing counts as seen, and when it goes to the
        /// background what waits is sent before the system suspends it. Call it once, at launch.
        @available(iOSApplicationExtension, unavailable)
        @available(tvOSApplicationExtension, unavailable)
        @MainActor
        public func followApp() -> AppFollower {
            AppFollower(self)
        }
    }

    /// Follows the app for as long as it is kept.
    @available(iOSApplicationExtension, unavailable)
    @available(tvOSApplicationExtension, unavailable)
    @MainActor
    public final class AppFollower {
        private let following: Following

        fileprivate init(_ client: Client) {
            let lifecycle = Lifecycle(client, SystemBackgroundTasks(app: .shared))
            client.setDevice(.withScreen)
            client.setActive(UIApplication.shared.applicationState == .active)
            following = Following([
                (UIApplication.didBecomeActiveNotification, {
                    client.setDevice(.withScreen)
                    lifecycle.cameToFront()
                }),
                (UIApplication.willResignActiveNotification, lifecycle.leftTheFront),
                (UIApplication.didEnterBackgroundNotification, lifecycle.wentToBackground),
            ])
        }
    }

    /// Observers of notifications that UIKit posts on the main thread, called there and then: a moment later the app may be
    /// suspended already.
    private final class Following {
        private let observers: [any NSObjectProtocol]

        init(_ what: [(Notification.Name, @MainActor @Sendable () -> Void)]) {
            observers = what.map { name, then in
                NotificationCenter.default.addObserver(forName: name, object: nil, queue: nil) { _ in
                    MainActor.assumeIsolated(then)
                }
            }
        }

        deinit {
            observers.forEach { NotificationCenter.default.removeObserver($0) }
        }
    }

    @available(iOSApplicationExtension, unavailable)
    @available(tvOSApplicationExtension, unavailable)
    private struct SystemBackgroundTasks: BackgroundTasks {
        let app: UIApplication

        func begin(whenExpired: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
            let task = app.beginBackgroundTask(withName: "eyeline", expirationHandler: whenExpired)
            return { [app] in app.endBackgroundTask(task) }
        }
    }

    extension Device {
        /// This device with its class and the size of its screen.
        @MainActor
        fileprivate static var withScreen: Device {
            let known = Device.current
            let size = UIScreen.main.bounds.size
            let isTablet = UIDevice.current.userInterfaceIdiom == .pad
            return Device(
                class: known.class ?? (isTablet ? "tablet" : "phone"), os: known.os, language: known.language,
                utcOffsetMin: known.utcOffsetMin, viewportWidth: UInt32(size.width), viewportHeight: UInt32(size.height))
        }
    }
#endif
