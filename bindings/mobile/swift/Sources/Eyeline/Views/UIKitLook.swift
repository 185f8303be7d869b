// UIKit: one look at a view, through everything that clips, hides or covers it.
// Compiled and run against a model of UIKit (Tests/OnModels), never against Apple's SDK.

#if canImport(UIKit) && !os(watchOS)
    import UIKit

    /// What one look at a view tells.
    @MainActor
    struct Look {
        /// The view in its window.
        let box: Box
        /// The share of it that shows.
        private(set) var share = 0.0
        /// Whether a finger moves a scroll view that it lies in.
        private(set) var isScrolled = false

        init(at view: UIView) {
            box = Box(view.convert(view.bounds, to: nil))
            guard let window = view.window, Self.isOnScreen(window) else { return }
            var clips = [Box(window.bounds)]
            var opacity: CGFloat = 1
            var next: UIView? = view
            while let above = next {
                opacity *= above.isHidden ? 0 : above.alpha
                if above !== view, above.clipsToBounds { clips.append(Box(above.convert(above.bounds, to: nil))) }
                if let scrolled = above as? UIScrollView { isScrolled = isScrolled || scrolled.isDragging }
                next = above.superview
            }
            // UIKit itself takes what is fainter for hidden.
            guard opacity >= 0.01 else { return }
            share = box.share(shownThrough: clips, under: Self.covers(of: view, in: window))
        }

        /// A scene in the background has windows still; one beside the active one, or behind a control centre, shows.
        private static func isOnScreen(_ window: UIWindow) -> Bool {
            guard let scene = window.windowScene else { return true }
            return scene.activationState == .foregroundActive || scene.activationState == .foregroundInactive
        }

        /// Sheets and screens presented over the view. Its own is none, and neither is what can be seen through or stays small.
        private static func covers(of view: UIView, in window: UIWindow) -> [Box] {
            var covers: [Box] = []
            var next = window.rootViewController?.presentedViewController
            while let controller = next {
                next = controller.presentedViewController
                guard let over = controller.viewIfLoaded, over.window === window else { continue }
                if view.isDescendant(of: over) {
                    covers = []
                } else if Self.isOpaque(controller, over) {
                    covers.append(Box(over.convert(over.bounds, to: nil)))
                }
            }
            return covers
        }

        private static func isOpaque(_ controller: UIViewController, _ view: UIView) -> Bool {
            switch controller.modalPresentationStyle {
            case .pageSheet, .formSheet, .fullScreen, .currentContext: return true
            // Its own colour decides where UIKit leaves in place what lies below.
            case .overFullScreen, .overCurrentContext: return view.backgroundColor?.cgColor.alpha == 1
            default: return false
            }
        }
    }

    extension Box {
        fileprivate init(_ rect: CGRect) {
            self.init(x: rect.minX, y: rect.minY, width: rect.width, height: rect.height)
        }
    }
#endif
