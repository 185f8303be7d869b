// A model of UIKit's view controllers: one is shown, others are presented over it.

@MainActor
open class UIViewController: UIResponder {
    open var view: UIView!
    open var modalPresentationStyle = UIModalPresentationStyle.pageSheet
    open private(set) var presentedViewController: UIViewController?

    open var viewIfLoaded: UIView? {
        view
    }

    open func viewDidLoad() {}

    open func viewDidAppear(_ animated: Bool) {}

    open func present(_ controller: UIViewController, animated: Bool, completion: (() -> Void)? = nil) {
        presentedViewController = controller
        completion?()
    }

    open func dismiss(animated: Bool, completion: (() -> Void)? = nil) {
        presentedViewController = nil
        completion?()
    }
}

public enum UIModalPresentationStyle: Int, Sendable {
    case fullScreen = 0
    case pageSheet = 1
    case formSheet = 2
    case currentContext = 3
    case custom = 4
    case overFullScreen = 5
    case overCurrentContext = 6
    case popover = 7
    case none = -1
    case automatic = -2
}
