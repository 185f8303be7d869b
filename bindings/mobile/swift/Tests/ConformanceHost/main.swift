// The Swift API as one host of tests/conformance: reads a line, makes the call, answers with a line. What is spoken stands in
// tests/conformance/README.md under "An adapter that is driven over a pipe".

import Foundation

let stage = Stage()
let encoder = JSONEncoder()
while let line = readLine() {
    let answer: Answer
    do {
        answer = try await stage.play(Data(line.utf8))
    } catch {
        answer = .fault("\(error)")
    }
    FileHandle.standardOutput.write(try encoder.encode(answer) + Data("\n".utf8))
}
