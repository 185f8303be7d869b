// The kit that apps test with: what it says is so, and what it says when it is not.

import Eyeline
import EyelineTestKit
import Foundation
import Testing

@Suite struct KitTests {
    @Test("three quarters in view for a second is a viewable impression; no second has to pass")
    func aViewableImpression() async throws {
        let eyeline = try EyelineTest()
        let teaser = eyeline.client.impression(Content(content: "item-14", placement: "recs-top", position: 3))
        teaser.visible(0.75, width: 300, height: 250)
        try await eyeline.advance(by: 1)
        let events = try await eyeline.assertImpression(of: "item-14", in: "recs-top", viewable: true, clicked: false)
        #expect(events.first?.position == 3)
    }

    @Test("a minute of dwell is counted to the millisecond")
    func aMinuteOfDwell() async throws {
        let eyeline = try EyelineTest()
        let teaser = eyeline.client.impression(Content(content: "item-14", placement: "recs-top"))
        teaser.visible(1, width: 300, height: 250)
        try await eyeline.advance(by: 60)
        teaser.hide()
        let dwell = try await eyeline.events().filter { $0.kind == "dwell" }
        #expect(dwell.compactMap(\.visibleMilliseconds).max() == 60_000)
    }

    @Test("what is not so is thrown, with what was recorded instead")
    func whatIsNotSoIsThrown() async throws {
        let eyeline = try EyelineTest()
        let teaser = eyeline.client.impression(Content(content: "item-14", placement: "recs-top"))
        teaser.visible(0.2, width: 300, height: 250)
        try await eyeline.advance(by: 10)
        let unmet = await thrown { try await eyeline.assertImpression(of: "item-14", viewable: true) }
        #expect(unmet?.description.contains("has no viewable") == true)
        #expect(unmet?.description.contains(#""k":"render""#) == true)
        let other = await thrown { try await eyeline.assertImpression(of: "item-15") }
        #expect(other?.description.contains("0 impressions of item-15") == true)
    }

    @Test("a collector that fails is tried again, and nothing is lost")
    func aFailureIsTriedAgain() async throws {
        let eyeline = try EyelineTest()
        eyeline.collector.answer(with: .status(503, retryAfter: "30"), .unreachable)
        eyeline.client.convert(Convert(goal: "purchase", order: "o-1"))
        #expect(try await eyeline.events().isEmpty)
        try await eyeline.advance(by: 600)
        #expect(eyeline.collector.events.filter { $0.kind == "convert" }.count == 1)
        #expect(eyeline.client.stats.lost.isEmpty)
    }

    @Test("the same seed and the same calls are the same bytes")
    func aTestIsRepeatable() async throws {
        var batches: [[Data]] = []
        for _ in 1...2 {
            let eyeline = try EyelineTest(seed: 42) { $0.device = Device(class: "phone") }
            eyeline.client.convert(Convert(goal: "purchase", order: "o-1"))
            _ = try await eyeline.events()
            batches.append(eyeline.collector.batches)
        }
        #expect(!batches[0].isEmpty)
        #expect(batches[0] == batches[1])
    }

    @Test("an impression that is let go has ended")
    func lettingGoEnds() async throws {
        let eyeline = try EyelineTest()
        do {
            let teaser = eyeline.client.impression(Content(content: "item-14", placement: "recs-top"))
            teaser.visible(1, width: 300, height: 250)
        }
        let events = try await eyeline.assertImpression(of: "item-14")
        #expect(events.contains { $0.kind == "hide" && $0.json.contains("dropped") })
    }

    @Test("a notice says what an invalid call has to change")
    func invalidCallsAreNoticed() async throws {
        let eyeline = try EyelineTest()
        #expect(!eyeline.client.impression(Content(content: "", placement: "recs-top")).isRecorded)
        #expect(eyeline.client.stats.invalid == 1)
        #expect(eyeline.client.stats.lastInvalid != nil)
    }

    @Test("many calls in one, each with its own time")
    func aBatchOfCalls() async throws {
        let eyeline = try EyelineTest()
        let results = eyeline.client.trackAll([
            Call(action: .impression(what: Content(content: "item-14", placement: "recs-top")), ageMs: 3_000),
            Call(action: .visible(view: .earlier(call: 0), fraction: 1, width: 300, height: 250), ageMs: 3_000),
            Call(action: .click(view: .earlier(call: 0), click: Click()), ageMs: 0),
        ])
        #expect(results.count == 3 && results[0] > 0 && results[2] > 0)
        try await eyeline.assertImpression(of: "item-14", viewable: true, clicked: true)
    }

    private func thrown(_ work: () async throws -> [TrackedEvent]) async -> Unmet? {
        do {
            _ = try await work()
            return nil
        } catch {
            return error as? Unmet
        }
    }
}
