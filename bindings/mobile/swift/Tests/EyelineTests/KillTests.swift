// `kill -9` at any moment: no event for which the call returned is missing afterwards, and none is there under two keys.

import Eyeline
import Foundation
import Testing

@Suite struct KillTests {
    @Test("a killed process loses no event for which the call returned")
    func nothingIsLost() async throws {
        let kills = ProcessInfo.processInfo.environment["EYELINE_KILLS"].flatMap(Int.init) ?? 20
        let collector = try await Collector.start()
        let folder = try Scratch.folder("killed")
        defer { try? FileManager.default.removeItem(at: folder) }
        var random = Drawn(seed: 7)
        var returned: Set<String> = []
        for run in 0..<kills {
            let patience = Int.random(in: 0..<200, using: &random)
            returned.formUnion(try await blocking { try killed(after: patience, run, collector, folder) })
            // Before the queue is full: what is evicted then is counted, and no kill's doing.
            if (run + 1) % 100 == 0 || run + 1 == kills { try await sendTheRest(of: folder, to: collector) }
        }

        var keys: [String: Set<String>] = [:]
        for event in try await collector.drain() {
            if let order = event.order { keys[order, default: []].insert("\(event.inst) \(event.n)") }
        }
        let missing = returned.filter { keys[$0] == nil }
        #expect(missing.isEmpty, "\(missing.count) of \(returned.count) are missing")
        #expect(keys.filter { $0.value.count > 1 }.isEmpty)
        // At most the one event a run whose call had not returned, or whose line the kill tore.
        #expect(keys.count - returned.count <= kills)
        print("\(kills) kills, \(returned.count) calls returned, \(missing.count) missing, \(keys.count) arrived")
    }

    /// Opens the folder once more, as the next start of the app would, until all of it is sent.
    private func sendTheRest(of folder: URL, to collector: Collector) async throws {
        var configuration = Configuration(
            endpoint: collector.url.absoluteString, writeKey: collector.key, affiliate: collector.affiliate)
        configuration.storage = .folder(folder)
        configuration.consent = .full
        let client = try await Client.start(configuration)
        while await client.flush(timeout: 60) != .complete {
            // A kill in the middle of a request left a back-off behind: the engine says for how long.
            try await Task.sleep(nanoseconds: (client.stats.blockedForMs ?? 0) * 1_000_000)
        }
        #expect(client.stats.lost.isEmpty)
        #expect(await client.shutdown(timeout: 60) == .complete)
    }
}

/// Runs the app until it has said so many lines, kills it, and gives the orders of all calls that had returned.
private func killed(after patience: Int, _ run: Int, _ collector: Collector, _ folder: URL) throws -> Set<String> {
    let app = try Child(
        Scratch.built("KilledApp"),
        [collector.url.absoluteString, collector.key, collector.affiliate, folder.path, String(run)])
    var returned: Set<String> = []
    while returned.count < patience, let line = app.nextLine() { returned.insert(order(in: line)) }
    app.end(SIGKILL)
    // What was already in the pipe had returned before the kill, too.
    while let line = app.nextLine() { returned.insert(order(in: line)) }
    return returned
}

private func order(in line: String) -> String {
    String(line.drop { $0 != " " }.drop { $0 == " " })
}

/// The same numbers in each run, so that a red one is the change's doing.
private struct Drawn: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
