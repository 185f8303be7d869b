// A model of UIKit's views, as far as Eyeline looks at them: frames, clipping, windows, scenes, scroll views. Declarations follow Apple's
// documentation of iOS 18; what they do is ours, and simpler.

@_exported import Foundation

@MainActor
open class UIResponder {
    public init() {}
}

@MainActor
open class UIView: UIResponder {
    open var frame: CGRect
    open var bounds: CGRect
    open var alpha: CGFloat = 1
    open var backgroundColor: UIColor?
    open var isHidden = false
    open var clipsToBounds = false
    open var isUserInteractionEnabled = true
    open private(set) weak var superview: UIView?
    open private(set) var subviews: [UIView] = []

    public init(frame: CGRect) {
        self.frame = frame
        bounds = CGRect(origin: .zero, size: frame.size)
        super.init()
    }

    override public convenience init() {
        self.init(frame: .zero)
    }

    open var window: UIWindow? {
        superview?.window
    }

    open func addSubview(_ view: UIView) {
        view.removeFromSuperview()
        view.superview = self
        subviews.append(view)
    }

    open func removeFromSuperview() {
        superview?.subviews.removeAll { $0 === self }
        superview = nil
    }

    open func isDescendant(of view: UIView) -> Bool {
        self === view || superview?.isDescendant(of: view) == true
    }

    /// To the window alone, `nil`: as a frame lies in its superview's bounds, and so on upwards.
    open func convert(_ rect: CGRect, to view: UIView?) -> CGRect {
        precondition(view == nil, "the model converts to windows only")
        guard let superview else { return rect }
        let moved = CGRect(
            x: rect.minX - bounds.minX + frame.minX, y: rect.minY - bounds.minY + frame.minY, width: rect.width,
            height: rect.height)
        return superview.convert(moved, to: nil)
    }
}

public final class UIColor: Sendable {
    public let cgColor: CGColor

    public init(white: CGFloat, alpha: CGFloat) {
        cgColor = CGColor(alpha: alpha)
    }
}

public struct CGColor: Sendable {
    public let alpha: CGFloat
}

@MainActor
open class UIScrollView: UIView {
    open var isDragging = false
    open var contentOffset: CGPoint {
        get { bounds.origin }
        set { bounds.origin = newValue }
    }

    override public init(frame: CGRect) {
        super.init(frame: frame)
        clipsToBounds = true
    }
}

@MainActor
open class UIWindow: UIView {
    open var rootViewController: UIViewController?
    open weak var windowScene: UIWindowScene?

    override open var window: UIWindow? {
        self
    }
}

@MainActor
open class UIScene: UIResponder {
    public enum ActivationState: Int, Sendable {
        case unattached = -1
        case foregroundActive, foregroundInactive, background
    }

    open internal(set) var activationState = ActivationState.foregroundActive
}

@MainActor
open class UIWindowScene: UIScene {
    /// A model's scene goes where a test puts it.
    public func put(_ state: ActivationState) {
        activationState = state
    }
}
