// The app comes and goes, the device is unlocked, and SwiftUI shows views: on models of Apple's frameworks.

import EyelineTestKit
import Foundation
import SwiftUI
import Testing

@testable import Eyeline

/// One after the other: there is one application.
@MainActor
@Suite(.serialized) struct AppTests {
    @Test("nothing is seen while the app is not in front, until it is again")
    func comingAndGoing() async throws {
        let eyeline = try EyelineTest()
        let follower = eyeline.client.followApp()
        let teaser = eyeline.client.impression(Content(content: "item-14", placement: "feed"))
        teaser.visible(1, width: 300, height: 250)
        NotificationCenter.default.post(name: UIApplication.willResignActiveNotification, object: nil)
        try await eyeline.advance(by: 5)
        try await eyeline.assertImpression(of: "item-14", viewable: false)
        NotificationCenter.default.post(name: UIApplication.didBecomeActiveNotification, object: nil)
        try await eyeline.advance(by: 1)
        try await eyeline.assertImpression(of: "item-14", viewable: true)
        withExtendedLifetime(follower) {}
    }

    @Test("the background task ends when all is sent, or at once when the system calls it in", arguments: [true, false])
    func theBackground(isCalledIn: Bool) async throws {
        let eyeline = try EyelineTest()
        let follower = eyeline.client.followApp()
        eyeline.client.convert(Convert(goal: "purchase"))
        NotificationCenter.default.post(name: UIApplication.didEnterBackgroundNotification, object: nil)
        let task = try #require(UIApplication.shared.tasks.first)
        if isCalledIn {
            task.value()
            #expect(UIApplication.shared.tasks.isEmpty)
        }
        while !UIApplication.shared.tasks.isEmpty { await Task.yield() }
        _ = try await eyeline.events()
        #expect(eyeline.collector.events.contains { $0.kind == "convert" })
        withExtendedLifetime(follower) {}
    }

    @Test("where the system gives no leave the app is followed all the same")
    func noLeave() async throws {
        UIApplication.shared.givesLeave = false
        defer { UIApplication.shared.givesLeave = true }
        let eyeline = try EyelineTest()
        let follower = eyeline.client.followApp()
        eyeline.client.convert(Convert(goal: "purchase"))
        NotificationCenter.default.post(name: UIApplication.didEnterBackgroundNotification, object: nil)
        #expect(try await eyeline.events().contains { $0.kind == "convert" })
        withExtendedLifetime(follower) {}
    }

    @Test("the device is told with its screen, unless the app says otherwise")
    func theDevice() async throws {
        let told = try EyelineTest()
        let untold = try EyelineTest { $0.device = nil }
        let followers = [told.client.followApp(), untold.client.followApp()]
        for eyeline in [told, untold] {
            eyeline.client.convert(Convert(goal: "purchase"))
            _ = try await eyeline.events()
        }
        func device(_ eyeline: EyelineTest) throws -> [String: Any]? {
            let batch = try JSONSerialization.jsonObject(with: #require(eyeline.collector.batches.last)) as? [String: Any]
            return batch?["dev"] as? [String: Any]
        }
        #expect(try device(told)?["vw"] as? Int == 390)
        #expect(try device(told)?["cls"] as? String == "phone")
        #expect(try device(untold)?["vw"] == nil)
        withExtendedLifetime(followers) {}
    }

    @Test("a follower that is let go follows no more")
    func lettingGo() async throws {
        let eyeline = try EyelineTest()
        _ = eyeline.client.followApp()
        NotificationCenter.default.post(name: UIApplication.willResignActiveNotification, object: nil)
        let teaser = eyeline.client.impression(Content(content: "item-14", placement: "feed"))
        teaser.visible(1, width: 300, height: 250)
        try await eyeline.advance(by: 1)
        try await eyeline.assertImpression(of: "item-14", viewable: true)
    }

    @Test("a start on a locked device waits for the unlock that UIKit tells of")
    func theUnlock() async throws {
        UIApplication.shared.isProtectedDataAvailable = false
        let client = try await Client.start(behind: SystemLock()) {
            if DispatchQueue.main.sync(execute: { MainActor.assumeIsolated { UIApplication.shared.isProtectedDataAvailable } }) {
                return try EyelineTest().client
            }
            DispatchQueue.main.async {
                MainActor.assumeIsolated { UIApplication.shared.isProtectedDataAvailable = true }
                NotificationCenter.default.post(name: UIApplication.protectedDataDidBecomeAvailableNotification, object: nil)
            }
            throw StartError.Storage(message: "operation not permitted")
        }
        #expect(client.convert(Convert(goal: "purchase")))
    }

    @Test("a view of SwiftUI is measured and tapped; other content in its place is another impression; one that goes has ended")
    func aModifier() async throws {
        let eyeline = try EyelineTest()
        let screen = Screen<Teaser>(onto: Phone().window)
        screen.show(Teaser(item: "item-14", client: eyeline.client))
        try await looks(eyeline)
        screen.tap()
        screen.show(Teaser(item: "item-15", client: eyeline.client))
        try await looks(eyeline)
        screen.leave()
        try await eyeline.assertImpression(of: "item-14", viewable: true, clicked: true)
        let second = try await eyeline.assertImpression(of: "item-15", viewable: true, clicked: false)
        #expect(second.contains { $0.kind == "hide" })
    }

    private struct Teaser: View {
        let item: String
        let client: Client

        var body: some View {
            Text(item).measured(as: Eyeline.Content(content: item, placement: "feed"), by: client)
        }
    }

    /// Looks, as the observer's timer would have it, and looks again a second later.
    private func looks(_ eyeline: EyelineTest) async throws {
        ViewObserver.shared(by: eyeline.client).look()
        try await eyeline.advance(by: 1)
    }
}
