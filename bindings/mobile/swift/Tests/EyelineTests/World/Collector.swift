// The real collector in a folder of its own: started, asked what it wrote, drained.

import Foundation

/// `eyeline collect` at a free port of this machine.
final class Collector: Sendable {
    let url: URL
    let key = "wk_swift"
    let affiliate = "my-site"
    private let child: Child
    private let folder: URL

    /// Starts one, and waits until it listens.
    static func start() async throws -> Collector {
        try await blocking { try Collector() }
    }

    private init() throws {
        folder = try Scratch.folder("collector")
        let keys = #"{"v":1,"keys":[{"key":"\#(key)","name":"\#(key)","affiliates":["\#(affiliate)"],"forgets_per_minute":600}]}"#
        try Data(keys.utf8).write(to: folder.appendingPathComponent("keys.json"))
        child = try Child(
            Collector.program(),
            ["--json", "--data", folder.path, "collect", "--listen", "127.0.0.1:0", "--rotate-after", "60ms"])
        url = try child.firstLine { line in
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return (object?["listening"] as? String).flatMap(URL.init(string:))
        }
    }

    deinit {
        child.end(SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    /// Ends it as an operator would, so that every accepted line is in a closed file, and gives the events in them.
    func drain() async throws -> [StoredEvent] {
        try await blocking { try self.ended() }
    }

    private func ended() throws -> [StoredEvent] {
        let status = child.end(SIGTERM)
        guard status == 0 else { throw Broken("the collector ended with \(status)") }
        return try RawFiles(folder.appendingPathComponent("raw")).events()
    }

    /// `EYELINE_BIN`, as `cargo xtask swift --test` sets it.
    private static func program() throws -> String {
        guard let path = ProcessInfo.processInfo.environment["EYELINE_BIN"] else {
            throw Broken("EYELINE_BIN does not name the built command `eyeline`: run `cargo xtask swift --test`")
        }
        return path
    }
}

/// Something the tests need is not as it should be.
struct Broken: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
