// What Eyeline costs an app: calls, memory, threads, files. `cargo xtask bench swift` starts a collector and runs
// `Costs ENDPOINT KEY AFFILIATE FOLDER`.

import Eyeline
import Foundation

let words = CommandLine.arguments
var configuration = Configuration(endpoint: words[1], writeKey: words[2], affiliate: words[3])
configuration.storage = .folder(URL(fileURLWithPath: words[4], isDirectory: true))
configuration.consent = .full

let before = Process.now()
let client = try await Client.start(configuration)
let started = Process.now()

print("| call | median | 99 of 100 take at most | CPU of the caller, mean |\n|---|---|---|---|")
let content = Content(content: "item-men-14", placement: "recs-top", position: 3)
// As many as a screen and its surroundings hold.
var shown = (0..<50).map { _ in client.impression(content) }
await drain(client)
time("`impression`", rounds, after: { shown.removeFirst() }) { _ in shown.append(client.impression(content)) }
await drain(client)
time("`visible`", rounds) { at in shown[at % 50].visible(at % 100 < 50 ? 0.75 : 0.5, width: 300, height: 250) }
await drain(client)
time("`click`", rounds) { at in shown[at % 50].click() }
await drain(client)
time("`convert`", rounds) { _ in client.convert(Convert(goal: "purchase")) }
await drain(client)
shown.removeAll()
let hundred = (0..<100).map { _ in Call(action: .convert(what: Convert(goal: "purchase"))) }
time("`convert`, each of a `trackAll` of 100", rounds / 100, each: 100) { _ in client.trackAll(hundred) }
await drain(client)
let impressions = (0..<50).flatMap { at in
    [
        Call(action: .impression(what: content)),
        Call(action: .hide(view: .earlier(call: UInt32(at) * 2), why: "scrolled")),
    ]
}
time("`impression` or `hide`, each of a `trackAll` of 100", rounds / 100, each: 100) { _ in client.trackAll(impressions) }
await drain(client)

print("\n| | resident, MB | threads | of them Eyeline's | files open |\n|---|---|---|---|---|")
row("before the start", before)
row("started", started)
row("after the calls above, all delivered", .now())
for _ in 0..<20 {
    for _ in 0..<50_000 { client.convert(Convert(goal: "purchase")) }
    await drain(client)
}
row("a million events later, all delivered", .now())
let stats = client.stats
guard stats.lost.isEmpty, stats.delivered == stats.captured else { fatalError("not all was delivered: \(stats)") }
await client.shutdown(timeout: 60)

// On a plane: the queue is bounded, and the oldest go.
configuration.endpoint = "http://127.0.0.1:9"
configuration.storage = .folder(URL(fileURLWithPath: words[4] + "-offline", isDirectory: true))
let offline = try await Client.start(configuration)
for _ in 0..<1_000_000 { offline.convert(Convert(goal: "purchase")) }
row("a million more that nobody takes", .now())
print("\nof the last million \(offline.stats.queued) wait, \(offline.stats.lost.map(\.events).reduce(0, +)) were lost and counted")
