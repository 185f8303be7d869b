// A model of a phone: a window with a screen in it, lists, and what is presented over them.

import UIKit

@MainActor
final class Phone {
    let window = UIWindow(frame: CGRect(x: 0, y: 0, width: 400, height: 800))
    let scene = UIWindowScene()
    private let root = UIViewController()

    init() {
        window.windowScene = scene
        root.view = UIView(frame: window.bounds)
        window.addSubview(root.view)
        window.rootViewController = root
    }

    /// A list as large as the screen.
    func list() -> UIScrollView {
        let list = UIScrollView(frame: window.bounds)
        root.view.addSubview(list)
        return list
    }

    /// Presents a screen as large as the window over the one before, and gives its view.
    func present(_ style: UIModalPresentationStyle, _ then: (UIView) -> Void) {
        let controller = UIViewController()
        controller.modalPresentationStyle = style
        controller.view = UIView(frame: CGRect(x: 0, y: 0, width: 400, height: 800))
        window.addSubview(controller.view)
        root.present(controller, animated: false)
        then(controller.view)
    }
}

extension UIScrollView {
    /// Cells of this height, one below the other.
    func cells(of height: CGFloat, count: Int) -> [UIView] {
        (0..<count).map { at in
            let cell = UIView(frame: CGRect(x: 0, y: CGFloat(at) * height, width: bounds.width, height: height))
            addSubview(cell)
            return cell
        }
    }
}
