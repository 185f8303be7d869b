// One thing on screen that is measured: tells its impression how much of it shows, only when that changes.

import Foundation

/// What is watched, from its first appearance to its end.
package final class Watched {
    private let client: Client
    private let content: Content
    private var impression: Impression?
    private var last: (share: Double, width: Double, height: Double)?
    private var screen: Int
    /// For how many looks more it is taken for what the screen before leaves behind.
    private var leaving = 0

    package init(_ content: Content, by client: Client) {
        self.content = content
        self.client = client
        screen = client.screens.current
    }

    /// Takes a look. The first time any of it shows on a screen is the impression: a view made ahead of time is none, and one that
    /// shows when the app comes back to its screen is another.
    package func shows(_ share: Double, of box: Box) {
        if screen != client.screens.current {
            leaving = (last?.share ?? 0) > 0 ? Self.transition : 0
            (impression, last, screen) = (nil, nil, client.screens.current)
        }
        leaving = share > 0 ? leaving : 0
        guard leaving == 0 else { return leaving -= 1 }
        if impression == nil {
            guard share > 0 else { return }
            impression = client.impression(content)
        }
        let look = (share, box.width, box.height)
        if let last, last == look { return }
        last = look
        impression?.visible(share, width: box.width, height: box.height)
    }

    /// In looks: a screen that slides away still shows for a third of a second after the next one was announced.
    private static let transition = 5

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
