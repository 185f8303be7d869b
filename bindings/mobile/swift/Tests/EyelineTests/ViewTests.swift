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

    @Test("what lies under others shows beside them, where they overlap too")
    func coversHide() {
        let teaser = Box(x: 0, y: 0, width: 400, height: 400)
        let sheet = Box(x: 0, y: 200, width: 400, height: 600)
        #expect(teaser.share(shownThrough: [screen], under: [sheet]) == 0.5)
        let note = Box(x: 100, y: 100, width: 200, height: 200)
        #expect(teaser.share(shownThrough: [screen], under: [note]) == 0.75)
        #expect(teaser.share(shownThrough: [screen], under: [sheet, note]) == 0.375)
        #expect(teaser.share(shownThrough: [screen], under: [screen]) == 0)
        #expect(teaser.share(shownThrough: [screen], under: [Box(x: 0, y: 500, width: 9, height: 9), sheet]) == 0.5)
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

    @Test("a view that shows again when the app comes back to its screen is another impression; one that slides away is none")
    func screensComeAndGo() async throws {
        let eyeline = try EyelineTest()
        let watched = Watched(Content(content: "item-14", placement: "feed"), by: eyeline.client)
        func looks(_ share: Double, _ times: Int) { (0..<times).forEach { _ in watched.shows(share, of: screen) } }
        func renders() async throws -> Int { try await eyeline.events().filter { $0.kind == "render" }.count }
        eyeline.client.page(Page(path: "/feed"))
        looks(1, 10)
        eyeline.client.page(Page(path: "/shelf"))
        looks(0.5, 4)
        looks(0, 10)
        #expect(try await renders() == 1)
        eyeline.client.trackAll([Call(action: .page(page: Page(path: "/feed")))])
        looks(1, 1)
        #expect(try await renders() == 2)
        eyeline.client.page(Page(path: "/feed/more"))
        looks(1, 10)
        #expect(try await renders() == 3)
    }
}
