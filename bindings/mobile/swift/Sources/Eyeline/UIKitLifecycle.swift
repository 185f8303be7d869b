// UIKit: follows the app to the front, away from it and into the background.
// Compiled and run against a model of UIKit (Tests/OnModels), never against Apple's SDK.

#if canImport(UIKit) && !os(watchOS)
    import UIKit

    extension Client {
        /// Follows the app until what this gives is let go: while it is not in front nothing counts as seen, and when it goes to the
        /// background what waits is sent before the system suspends it. Call it once, at launch.
        @available(iOSApplicationExtension, unavailable)
        @MainActor
        public func followApp() -> AppFollower {
            AppFollower(self)
        }
    }

    /// Follows the app for as long as it is kept.
    @available(iOSApplicationExtension, unavailable)
    @MainActor
    public final class AppFollower {
        private let following = Following()

        fileprivate init(_ client: Client) {
            let lifecycle = Lifecycle(client, SystemBackgroundTasks(app: .shared))
            client.describeDevice()
            client.setActive(UIApplication.shared.applicationState == .active)
            following.on(UIApplication.didBecomeActiveNotification) {
                client.describeDevice()
                lifecycle.cameToFront()
            }
            following.on(UIApplication.willResignActiveNotification) { lifecycle.leftTheFront() }
            following.on(UIApplication.didEnterBackgroundNotification) { lifecycle.wentToBackground() }
        }
    }

    @available(iOSApplicationExtension, unavailable)
    private struct SystemBackgroundTasks: BackgroundTasks {
        let app: UIApplication

        func begin(whenExpired: @escaping @MainActor @Sendable () -> Void) -> @MainActor () -> Void {
            // On the main thread, as its documentation says and as only newer SDKs declare.
            let task = app.beginBackgroundTask(withName: "eyeline") { MainActor.assumeIsolated(whenExpired) }
            // Where the system gives no leave there is nothing to end.
            guard task != .invalid else { return {} }
            return { [app] in app.endBackgroundTask(task) }
        }
    }

    extension Client {
        /// Tells the device with its screen, unless the app has told one of its own, or none.
        @MainActor
        fileprivate func describeDevice() {
            if isDeviceOfSystem { setDevice(.withScreen) }
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
