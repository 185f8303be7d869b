// A client with everything real: the engine, its folder, URLSession, the collector.

import Eyeline
import Foundation
import Testing

@Suite struct ClientTests {
    @Test("what an app records reaches the collector, each event once")
    func eventsReachTheCollector() async throws {
        let collector = try await Collector.start()
        let folder = try Scratch.folder("client")
        defer { try? FileManager.default.removeItem(at: folder) }
        let client = try await Client.start(configuration(collector, .folder(folder)))
        client.page(Page(path: "/feed"))
        let teaser = client.impression(Content(content: "item-14", placement: "recs-top", position: 3))
        teaser.visible(0.75, width: 300, height: 250)
        #expect(teaser.isRecorded)
        #expect(teaser.click(Click(target: "shop.example.com/item-14")))
        #expect(teaser.hide("scrolled"))
        #expect(!teaser.hide())
        #expect(await client.shutdown(timeout: 60) == .complete)
        let stats = client.stats
        #expect(stats.captured == stats.delivered && stats.lost.isEmpty)

        let events = try await collector.drain()
        #expect(UInt64(events.count) == stats.delivered)
        #expect(Set(events.map(\.n)) == Set(1...events.count))
        #expect(events.map(\.kind).filter { $0 != "sdk" } .contains("render"))
        #expect(events.filter { $0.kind == "click" }.map(\.content) == ["item-14"])
        #expect(events.allSatisfy { $0.affiliate == collector.affiliate })
        #expect(events.allSatisfy { $0.userAgent?.hasPrefix("eyeline-swift/") == true })
    }

    @Test("what one start could not send, the next one does")
    func theNextStartSends() async throws {
        let collector = try await Collector.start()
        let folder = try Scratch.folder("restart")
        defer { try? FileManager.default.removeItem(at: folder) }
        let offline = try Client(configuration(collector, .folder(folder)), transport: NoNetwork())
        offline.convert(Convert(goal: "purchase", order: "o-1"))
        guard case .kept(let events) = await offline.shutdown(timeout: 60) else {
            throw Broken("a client without network has sent something")
        }
        #expect(events > 0)
        let online = try await Client.start(configuration(collector, .folder(folder)))
        while await online.flush(timeout: 60) != .complete {
            try await Task.sleep(nanoseconds: (online.stats.blockedForMs ?? 0) * 1_000_000)
        }
        #expect(await online.shutdown(timeout: 60) == .complete)
        #expect(try await collector.drain().contains { $0.order == "o-1" })
    }

    @Test("without consent no file is written and nothing is sent")
    func nothingWithoutConsent() async throws {
        let collector = try await Collector.start()
        let folder = try Scratch.folder("pending")
        defer { try? FileManager.default.removeItem(at: folder) }
        var pending = configuration(collector, .folder(folder))
        pending.consent = .pending
        let client = try await Client.start(pending)
        client.convert(Convert(goal: "purchase"))
        await client.shutdown(timeout: 60)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let bytes = try files.map { try Data(contentsOf: folder.appendingPathComponent($0)).count }
        #expect(bytes.reduce(0, +) == 0)
        #expect(try await collector.drain().isEmpty)
    }

    @Test("a folder in use, a bad setting: each says what to do")
    func aStartThatFailsSaysWhy() async throws {
        let collector = try await Collector.start()
        let folder = try Scratch.folder("twice")
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try Client(configuration(collector, .folder(folder)))
        #expect(throws: StartError.self) { try Client(configuration(collector, .folder(folder))) }
        var wrong = configuration(collector, .memory)
        wrong.affiliate = ""
        #expect(throws: StartError.self) { try Client(wrong) }
        await first.shutdown(timeout: 60)
        #expect(throws: Never.self) { try Client(configuration(collector, .folder(folder))) }
    }

    @Test("a transport that throws anything at all costs a retry, never the app")
    func aThrowingTransportIsARetry() async throws {
        let collector = try await Collector.start()
        let client = try Client(configuration(collector, .memory), transport: Throwing())
        client.convert(Convert(goal: "purchase"))
        await client.flush(timeout: 60)
        let stats = client.stats
        #expect(stats.failures > 0 && stats.queued == stats.captured && stats.lost.isEmpty)
    }

    @Test("a client that is let go keeps nothing of the app's alive", .timeLimit(.minutes(1)))
    func aClientLetGo() async throws {
        let (goings, going) = AsyncStream<Void>.makeStream()
        do {
            var memory = Configuration(endpoint: "https://collector.test", writeKey: "k", affiliate: "a")
            memory.storage = .memory
            let heard = Told { going.yield() }
            let client = try Client(memory, transport: Told { going.yield() }) { _ in withExtendedLifetime(heard) {} }
            client.impression(Content(content: "item-14", placement: "feed")).click()
        }
        // What sends, and what hears: the library lets go of both.
        var gone = goings.makeAsyncIterator()
        for _ in 1...2 { await gone.next() }
    }

    private func configuration(_ collector: Collector, _ storage: Configuration.Storage) -> Configuration {
        var configuration = Configuration(
            endpoint: collector.url.absoluteString, writeKey: collector.key, affiliate: collector.affiliate)
        configuration.storage = storage
        configuration.consent = .full
        return configuration
    }
}

private struct NoNetwork: Transport {
    func send(_ request: UploadRequest) throws -> UploadResponse {
        throw TransportFailure.unreachable
    }
}

/// A transport that says when nobody has it any more.
private final class Told: Transport {
    private let gone: @Sendable () -> Void

    init(_ gone: @escaping @Sendable () -> Void) {
        self.gone = gone
    }

    deinit {
        gone()
    }

    func send(_ request: UploadRequest) throws -> UploadResponse {
        throw TransportFailure.unreachable
    }
}

private struct Throwing: Transport {
    func send(_ request: UploadRequest) throws -> UploadResponse {
        throw Broken("an error nobody declared")
    }
}
