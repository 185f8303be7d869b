// Folders that are new for each test, and the programs that are built beside the tests.

import Foundation

enum Scratch {
    /// A folder that no other test has.
    static func folder(_ name: String) throws -> URL {
        let unique = "eyeline-swift-\(name)-\(UUID().uuidString)"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(unique)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// The path of an executable of this package: SwiftPM puts it beside the tests.
    static func built(_ name: String) throws -> String {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        let program = tests.deletingLastPathComponent().appendingPathComponent(name).path
        guard FileManager.default.isExecutableFile(atPath: program) else { throw Broken("\(program) is not built") }
        return program
    }
}
