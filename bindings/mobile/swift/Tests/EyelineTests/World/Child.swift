// Another process: started, listened to, killed. Foundation's own `Process` waits with a run loop, which a test has none of.

import Foundation

/// A child whose standard output is read line by line.
final class Child: @unchecked Sendable {
    private let pid: pid_t
    private let output: FileHandle
    private var rest = Data()
    private var status: Int32?

    /// Starts `program`. What it says on standard error goes to the tests' own.
    init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Broken("no pipe can be made") }
        let all = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var variables = all.map { strdup("\($0)=\($1)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_adddup2(&files, ends[1], 1)
        // A child that held another one's pipe open, or a socket, would hide its end.
        for file in Int32(3)..<1_024 { posix_spawn_file_actions_addclose(&files, file) }
        // The threads of Swift's tasks take no signals, and a child begins as the thread that starts it.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid = pid_t()
        let refused = posix_spawn(&pid, program, &files, &attributes, &words, &variables)
        close(ends[1])
        guard refused == 0 else { throw Broken("\(program) can't be started: \(String(cString: strerror(refused)))") }
        self.pid = pid
        output = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
    }

    deinit {
        end(SIGKILL)
    }

    /// The next whole line it says; `nil` once it has ended. A line that was cut off is none.
    func nextLine() -> String? {
        while true {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
                rest = Data(rest[(end + 1)...])
                return line
            }
            let more = output.availableData
            if more.isEmpty { return nil }
            rest.append(more)
        }
    }

    /// What `find` makes of the first line it makes something of.
    func firstLine<Found>(_ find: (String) -> Found?) throws -> Found {
        while let line = nextLine() {
            if let found = find(line) { return found }
        }
        throw Broken("a process ended before it said what was waited for")
    }

    /// Everything it says until it ends.
    func everything() -> Data {
        var all = rest
        while case let more = output.availableData, !more.isEmpty { all.append(more) }
        return all
    }

    /// Sends a signal and waits for its end: 0 where it ended by itself and was content.
    @discardableResult
    func end(_ signal: Int32) -> Int32 {
        if status == nil { kill(pid, signal) }
        return wait()
    }

    /// Waits for its end.
    func wait() -> Int32 {
        if let status { return status }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        self.status = status
        return status
    }
}
