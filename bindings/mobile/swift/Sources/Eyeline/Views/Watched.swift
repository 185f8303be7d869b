// One thing on screen that is measured: tells its impression how much of it shows, only when that changes.

import Foundation

/// What is watched, from its first appearance to its end.
package final class Watched {
    private let client: Client
    private let content: Content
    private var impression: Impression?
    private var last: (share: Double, width: Double, height: Double)?

    package init(_ content: Content, by client: Client) {
        self.content = content
        self.client = client
    }

    /// Takes a look. The first time any of it shows is the impression: a view made ahead of time is none.
    package func shows(_ share: Double, of box: Box) {
        if impression == nil {
            guard share > 0 else { return }
            impression = client.impression(content)
        }
        let look = (share, box.width, box.height)
        if let last, last == look { return }
        last = look
        impression?.visible(share, width: box.width, height: box.height)
    }

    /// It was tapped.
    package func tapped() {
        impression?.click()
    }

    /// It is gone.
    package func gone() {
        impression?.hide()
        impression = nil
        last = nil
    }
}
