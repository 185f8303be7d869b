// What a collector has written: gzip files of lines, a batch a line.

import Foundation

/// One event as the collector stored it.
struct StoredEvent: Sendable {
    let inst: String
    let n: Int
    let kind: String
    let content: String?
    let order: String?
    /// The line's write key and affiliate.
    let affiliate: String?
    let userAgent: String?
}

struct RawFiles {
    private let folder: URL

    init(_ folder: URL) {
        self.folder = folder
    }

    /// Every event of every closed file.
    func events() throws -> [StoredEvent] {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        let paths = (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "gz" }
        return try paths.flatMap { try lines(of: $0) }.flatMap(events(of:))
    }

    private func lines(of file: URL) throws -> [Substring] {
        let gzip = try Child("/bin/gzip", ["-dc", file.path])
        let text = gzip.everything()
        guard gzip.wait() == 0 else { throw Broken("\(file.path) is no gzip file") }
        return String(decoding: text, as: UTF8.self).split(separator: "\n")
    }

    private func events(of line: Substring) throws -> [StoredEvent] {
        guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
            let batch = object["b"] as? [String: Any], let inst = batch["inst"] as? String,
            let events = batch["ev"] as? [[String: Any]]
        else { throw Broken("the collector wrote a line that is no batch: \(line)") }
        return events.map { event in
            StoredEvent(
                inst: inst, n: event["n"] as? Int ?? 0, kind: event["k"] as? String ?? "",
                content: event["c"] as? String, order: event["oid"] as? String,
                affiliate: object["aff"] as? String, userAgent: object["ua"] as? String)
        }
    }
}
