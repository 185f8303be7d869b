// Views that are scrolled, hidden, covered, reused and let go: what is said of each.

import Eyeline
import EyelineTestKit
import Testing
import UIKit

@MainActor
@Suite struct ObserverTests {
    private let eyeline: EyelineTest
    private let observer: ViewObserver
    private let phone = Phone()
    private let teaser = Content(content: "item-14", placement: "feed")

    init() throws {
        eyeline = try EyelineTest()
        observer = ViewObserver(eyeline.client)
    }

    @Test("a cell that is scrolled into view for a second is viewable, and one below the fold is no impression")
    func scrolling() async throws {
        let list = phone.list()
        let cells = list.cells(of: 300, count: 10)
        for (at, cell) in cells.enumerated() { observer.measure(cell, as: Content(content: "item-\(at)", placement: "feed")) }
        try await pass(1)
        list.contentOffset.y = 2_250
        try await pass(1)
        let renders = try await eyeline.events().filter { $0.kind == "render" }.compactMap(\.content)
        #expect(Set(renders) == ["item-0", "item-1", "item-2", "item-7", "item-8", "item-9"])
        try await eyeline.assertImpression(of: "item-0", viewable: true)
        try await eyeline.assertImpression(of: "item-8", viewable: true)
    }

    @Test("a finger that scrolls engages; a list that scrolls by itself does not", arguments: [true, false])
    func scrollingEngages(isDragging: Bool) async throws {
        let list = phone.list()
        observer.measure(list.cells(of: 300, count: 1)[0], as: teaser)
        list.isDragging = isDragging
        try await pass(2)
        let dwell = try await eyeline.assertImpression(of: "item-14").last { $0.kind == "dwell" }
        #expect(dwell?.json.contains(#""eng":0"#) == !isDragging)
    }

    @Test(
        "what is hidden, faint, outside of its window or in a scene of the background does not show",
        arguments: Hidden.allCases)
    func hiddenViews(how: Hidden) async throws {
        let list = phone.list()
        let cell = list.cells(of: 300, count: 1)[0]
        how.hide(cell, list, phone)
        observer.measure(cell, as: teaser)
        try await pass(2)
        #expect(try await eyeline.events().filter { $0.kind == "render" }.isEmpty)
    }

    enum Hidden: CaseIterable {
        case itself, above, faint, faintTogether, window, scene, removed, clipped

        @MainActor
        func hide(_ cell: UIView, _ list: UIScrollView, _ phone: Phone) {
            switch self {
            case .itself: cell.isHidden = true
            case .above: list.isHidden = true
            case .faint: cell.alpha = 0.005
            case .faintTogether: (cell.alpha, list.alpha) = (0.05, 0.05)
            case .window: phone.window.isHidden = true
            case .scene: phone.scene.put(.background)
            case .removed: list.removeFromSuperview()
            case .clipped: list.bounds.size = .zero
            }
        }
    }

    @Test("a scene beside the active one shows, as in split view")
    func anInactiveScene() async throws {
        phone.scene.put(.foregroundInactive)
        observer.measure(phone.list().cells(of: 300, count: 1)[0], as: teaser)
        try await pass(1)
        try await eyeline.assertImpression(of: "item-14", viewable: true)
    }

    @Test("what lies below a sheet does not show, what is on it does; a screen that can be seen through covers nothing")
    func sheets() async throws {
        let cell = phone.list().cells(of: 300, count: 1)[0]
        observer.measure(cell, as: teaser)
        phone.present(.pageSheet) { sheet in observer.measure(sheet, as: Content(content: "on-sheet", placement: "sheet")) }
        try await pass(2)
        try await eyeline.assertImpression(of: "on-sheet", viewable: true)
        #expect(try await eyeline.events().filter { $0.content == "item-14" }.isEmpty)
        phone.window.rootViewController?.dismiss(animated: false)
        phone.present(.overFullScreen) { $0.backgroundColor = UIColor(white: 1, alpha: 1) }
        try await pass(2)
        #expect(try await eyeline.events().filter { $0.content == "item-14" }.isEmpty)
        phone.window.rootViewController?.dismiss(animated: false)
        phone.present(.overFullScreen) { $0.backgroundColor = UIColor(white: 0, alpha: 0.5) }
        try await pass(1)
        try await eyeline.assertImpression(of: "item-14", viewable: true)
    }

    @Test("a reused cell ends what it showed before, and content that stays is one impression")
    func reuse() async throws {
        let cell = phone.list().cells(of: 300, count: 1)[0]
        observer.measure(cell, as: teaser)
        try await pass(1)
        observer.measure(cell, as: teaser)
        try await pass(1)
        observer.measure(cell, as: Content(content: "item-15", placement: "feed"))
        try await pass(1)
        observer.tapped(cell)
        let first = try await eyeline.assertImpression(of: "item-14", viewable: true, clicked: false)
        #expect(first.contains { $0.kind == "hide" })
        try await eyeline.assertImpression(of: "item-15", viewable: true, clicked: true)
    }

    @Test("neither view nor observer is kept alive, and what they showed has ended")
    func nothingLeaks() async throws {
        weak var view: UIView?
        weak var gone: ViewObserver?
        try await { @MainActor in
            let list = phone.list()
            let observer = ViewObserver(eyeline.client)
            let cell = list.cells(of: 300, count: 1)[0]
            observer.measure(cell, as: teaser)
            observer.look()
            try await eyeline.advance(by: 1)
            (view, gone) = (cell, observer)
            cell.removeFromSuperview()
        }()
        #expect(view == nil)
        #expect(gone == nil)
        #expect(try await eyeline.assertImpression(of: "item-14").contains { $0.kind == "hide" })
    }

    @Test("a view that is let go has ended at the next look")
    func aViewLetGo() async throws {
        var cell: UIView? = UIView(frame: CGRect(x: 0, y: 0, width: 300, height: 250))
        phone.window.addSubview(cell!)
        observer.measure(cell!, as: teaser)
        try await pass(1)
        cell?.removeFromSuperview()
        cell = nil
        try await pass(1)
        #expect(try await eyeline.assertImpression(of: "item-14", viewable: true).contains { $0.kind == "hide" })
    }

    /// Time passes while the observer looks, as its timer would have it.
    private func pass(_ seconds: Int) async throws {
        observer.look()
        for _ in 0..<(seconds * 10) {
            try await eyeline.advance(by: 0.1)
            observer.look()
        }
    }
}
