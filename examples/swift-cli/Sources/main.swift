// A feed of three articles that a reader scrolls through: `swift run swift-cli ADDRESS KEY [AFFILIATE]`.

import Eyeline
import Foundation

let words = CommandLine.arguments
guard words.count >= 3 else {
    FileHandle.standardError.write(Data("name the collector's address and the write key, as `eyeline up` prints them\n".utf8))
    exit(2)
}
var configuration = Configuration(endpoint: words[1], writeKey: words[2], affiliate: words.count > 3 ? words[3] : "my-site")
// Events wait in this folder until the collector has them, even if the program is killed.
configuration.storage = .folder(FileManager.default.temporaryDirectory.appendingPathComponent("eyeline-swift-cli"))
configuration.consent = .full
configuration.page = Page(path: "/feed")
let client = try await Client.start(configuration) { notice in print("notice: \(notice)") }

for position in 1...3 as ClosedRange<UInt32> {
    let article = client.impression(Content(content: "article-\(position)", placement: "feed", position: position))
    // A real app reports this from its scroll view. Half of it for a second makes it viewable: Eyeline decides.
    article.visible(0.8, width: 320, height: 200)
    client.activity()
    try await Task.sleep(nanoseconds: 1_300_000_000)
    if position == 2 { article.click() }
    article.hide("scrolled")
}

let result = await client.shutdown(timeout: 10)
let stats = client.stats
print("\(result): \(stats.captured) captured, \(stats.delivered) delivered, \(stats.queued) kept for the next start")
exit(result == .complete ? 0 : 1)
