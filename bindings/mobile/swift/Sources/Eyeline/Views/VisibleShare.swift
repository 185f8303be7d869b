// How much of a rectangle shows through the windows it lies behind. Plain geometry, so that it is tested on every platform.

import Foundation

/// A rectangle of the screen, in points.
package struct Box: Sendable, Equatable {
    package var x, y, width, height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// What two rectangles share; nothing where they only touch.
    func shared(with other: Box) -> Box {
        let left = max(x, other.x)
        let top = max(y, other.y)
        let right = min(x + width, other.x + other.width)
        let bottom = min(y + height, other.y + other.height)
        return Box(x: left, y: top, width: max(0, right - left), height: max(0, bottom - top))
    }

    var area: Double { width * height }

    /// The share of it, from 0 to 1, that shows where each of `clips` cuts off what lies outside. Nothing of an empty box shows.
    package func share(shownThrough clips: [Box]) -> Double {
        guard area > 0, area.isFinite else { return 0 }
        return min(1, clips.reduce(self) { $0.shared(with: $1) }.area / area)
    }
}
