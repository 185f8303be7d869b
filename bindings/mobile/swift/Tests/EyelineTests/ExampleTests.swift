// The example on the command line, run as its reader would, against the real collector.

import Foundation
import Testing

@Suite struct ExampleTests {
    @Test("examples/swift-cli: what it shows is at the collector when it ends")
    func theProgramOnTheCommandLine() async throws {
        guard let program = ProcessInfo.processInfo.environment["EYELINE_EXAMPLE"] else {
            throw Broken("EYELINE_EXAMPLE does not name the built example: run `cargo xtask swift --test`")
        }
        let collector = try await Collector.start()
        let folder = try Scratch.folder("example")
        defer { try? FileManager.default.removeItem(at: folder) }
        let said = try await blocking {
            let example = try Child(
                program, [collector.url.absoluteString, collector.key, collector.affiliate], environment: ["TMPDIR": folder.path])
            let said = String(decoding: example.everything(), as: UTF8.self)
            guard example.wait() == 0 else { throw Broken("the example failed: \(said)") }
            return said
        }
        #expect(said.contains("0 kept for the next start"))
        let events = try await collector.drain()
        func articles(_ kind: String) -> [String] {
            events.filter { $0.kind == kind }.compactMap(\.content)
        }
        #expect(articles("render") == ["article-1", "article-2", "article-3"])
        #expect(articles("viewable") == ["article-1", "article-2", "article-3"])
        #expect(articles("click") == ["article-2"])
    }
}
