// A model of UIKit's application: its state, its notifications, its leave to go on in the background.

@MainActor
open class UIApplication: UIResponder {
    public enum State: Int, Sendable {
        case active, inactive, background
    }

    open class var shared: UIApplication { onlyOne }
    private static let onlyOne = UIApplication()

    /// `NSObject` on Apple's platforms: the value of a class property by its name in Objective-C.
    public nonisolated static func value(forKeyPath path: String) -> Any? {
        path == "sharedApplication" ? MainActor.assumeIsolated { onlyOne } : nil
    }

    open var applicationState = State.active
    open var isProtectedDataAvailable = true

    public nonisolated static let didBecomeActiveNotification = Notification.Name("UIApplicationDidBecomeActiveNotification")
    public nonisolated static let willResignActiveNotification = Notification.Name("UIApplicationWillResignActiveNotification")
    public nonisolated static let didEnterBackgroundNotification = Notification.Name("UIApplicationDidEnterBackgroundNotification")
    public nonisolated static let protectedDataDidBecomeAvailableNotification = Notification.Name(
        "UIApplicationProtectedDataDidBecomeAvailable")

    /// Tasks that were begun and not ended, with what the system calls when it takes its leave back.
    public private(set) var tasks: [UIBackgroundTaskIdentifier: @MainActor @Sendable () -> Void] = [:]
    private var begun = 0
    /// Whether the system lets anything run in the background.
    public var givesLeave = true

    open func beginBackgroundTask(
        withName name: String?, expirationHandler: (@MainActor @Sendable () -> Void)? = nil
    ) -> UIBackgroundTaskIdentifier {
        guard givesLeave else { return .invalid }
        begun += 1
        let task = UIBackgroundTaskIdentifier(rawValue: begun)
        tasks[task] = expirationHandler ?? {}
        return task
    }

    open func endBackgroundTask(_ task: UIBackgroundTaskIdentifier) {
        precondition(tasks.removeValue(forKey: task) != nil, "a task is ended once, and an invalid one never")
    }
}

public struct UIBackgroundTaskIdentifier: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    public static let invalid = UIBackgroundTaskIdentifier(rawValue: 0)
}

@MainActor
open class UIScreen {
    open class var main: UIScreen { onlyOne }
    private static let onlyOne = UIScreen()
    open var bounds = CGRect(x: 0, y: 0, width: 390, height: 844)
}

public enum UIUserInterfaceIdiom: Int, Sendable {
    case unspecified = -1
    case phone, pad
}

@MainActor
open class UIDevice {
    open class var current: UIDevice { onlyOne }
    private static let onlyOne = UIDevice()
    open var userInterfaceIdiom = UIUserInterfaceIdiom.phone
}
