// An app that records without end and says each time that the call has returned. The kill test ends it with `kill -9`.
// `KilledApp ENDPOINT KEY AFFILIATE FOLDER RUN`

import Eyeline
import Foundation

let words = CommandLine.arguments
var configuration = Configuration(endpoint: words[1], writeKey: words[2], affiliate: words[3])
configuration.storage = .folder(URL(fileURLWithPath: words[4]))
configuration.consent = .full
let client = try Client(configuration)

for number in 0... {
    let order = "\(words[5])-\(number)"
    guard client.convert(Convert(goal: "order", order: order)) else { fatalError("\(order) was refused") }
    // Unbuffered, and so wide that the pipe holds few lines: the kill finds the app at work, not far ahead.
    let line = "returned " + String(repeating: " ", count: 250) + order + "\n"
    FileHandle.standardOutput.write(Data(line.utf8))
}
