// How much of a rectangle shows through the windows it lies behind, and under what lies over it. Plain geometry, so that it is tested on every platform.

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

    /// The share of it, from 0 to 1, that shows where each of `clips` cuts off what lies outside and each of `covers` hides what
    /// lies below. Nothing of an empty box shows.
    package func share(shownThrough clips: [Box], under covers: [Box] = []) -> Double {
        guard area > 0, area.isFinite else { return 0 }
        return max(0, min(1, clips.reduce(self) { $0.shared(with: $1) }.area(under: covers[...]) / area))
    }

    /// What is left to see beside the covers: that of up to four boxes around the first one, under the others.
    private func area(under covers: ArraySlice<Box>) -> Double {
        guard let cover = covers.first.map(shared(with:)), cover.area > 0 else {
            return covers.isEmpty ? area : area(under: covers.dropFirst())
        }
        let around = [
            Box(x: x, y: y, width: width, height: cover.y - y),
            Box(x: x, y: cover.y + cover.height, width: width, height: y + height - cover.y - cover.height),
            Box(x: x, y: cover.y, width: cover.x - x, height: cover.height),
            Box(x: cover.x + cover.width, y: cover.y, width: x + width - cover.x - cover.width, height: cover.height),
        ]
        return around.reduce(0) { $0 + $1.area(under: covers.dropFirst()) }
    }
}
