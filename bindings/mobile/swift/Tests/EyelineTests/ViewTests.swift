// What shows of a view, and what is said of it.

import EyelineTestKit
import Foundation
import Testing

@testable import Eyeline

@Suite struct ViewTests {
    private let screen = Box(x: 0, y: 0, width: 400, height: 800)

    @Test("a view shows as much as every clip leaves of it")
    func eachClipCutsOff() {
        let teaser = Box(x: 0, y: 700, width: 400, height: 200)
        #expect(teaser.share(shownThrough: [screen]) == 0.5)
        let list = Box(x: 0, y: 0, width: 200, height: 800)
        #expect(teaser.share(shownThrough: [screen, list]) == 0.25)
    }

    @Test("what lies outside, only touches, or has no size does not show")
    func nothingShows() {
        #expect(Box(x: 0, y: 800, width: 400, height: 200).share(shownThrough: [screen]) == 0)
        #expect(Box(x: 900, y: 0, width: 10, height: 10).share(shownThrough: [screen]) == 0)
        #expect(Box(x: 0, y: 0, width: 0, height: 10).share(shownThrough: [screen]) == 0)
        #expect(Box(x: 0, y: 0, width: .infinity, height: 10).share(shownThrough: [screen]) == 0)
    }

    @Test("a view made ahead of time is no impression until some of it shows")
    func aPrefetchedViewIsNone() async throws {
        let eyeline = try EyelineTest()
        let watched = Watched(Content(content: "item-14", placement: "feed"), by: eyeline.client)
        let box = Box(x: 0, y: 0, width: 300, height: 250)
        watched.shows(0, of: box)
        #expect(try await eyeline.events().isEmpty)
        watched.shows(1, of: box)
        try await eyeline.advance(by: 1)
        watched.tapped()
        watched.gone()
        try await eyeline.assertImpression(of: "item-14", viewable: true, clicked: true)
    }
}
