// How calls are timed, and what the system says of this process.

import Eyeline
import Foundation

/// So many calls that the queue of 100,000 events holds what they record.
let rounds = 20_000

/// Times each call, by the wall clock and by the CPU the caller spent. What comes `after` one is not timed.
@MainActor
func time(_ name: String, _ calls: Int, each: Double = 1, after: () -> Void = {}, _ call: (Int) -> Void) {
    var taken: [UInt64] = []
    taken.reserveCapacity(calls)
    var cpu = 0.0
    for at in 0..<calls {
        let spent = nanoseconds(CLOCK_THREAD_CPUTIME_ID)
        let begun = nanoseconds(CLOCK_MONOTONIC)
        call(at)
        taken.append(nanoseconds(CLOCK_MONOTONIC) - begun)
        cpu += Double(nanoseconds(CLOCK_THREAD_CPUTIME_ID) - spent) / Double(calls)
        after()
    }
    taken.sort()
    let shown = [Double(taken[calls / 2]), Double(taken[calls * 99 / 100]), cpu].map {
        String(format: "%.2f µs", $0 / each / 1_000)
    }
    print("| \(name) | \(shown.joined(separator: " | ")) |")
}

/// Waits until everything is at the collector.
func drain(_ client: Client) async {
    while await client.flush(timeout: 60) != .complete {
        if client.stats.failures > 0 { fatalError("the collector does not answer: \(client.stats)") }
    }
}

@MainActor
func row(_ what: String, _ process: Process) {
    let resident = String(format: "%.1f", process.residentMegabytes)
    print("| \(what) | \(resident) | \(process.threads) | \(process.ofEyeline) | \(process.files) |")
}

/// What Linux says of this process.
struct Process {
    let residentMegabytes: Double
    let threads: Int
    let ofEyeline: Int
    let files: Int

    static func now() -> Process {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let kilobytes = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let resident = kilobytes.flatMap { Double($0.split(separator: " ").dropLast().last ?? "") } ?? .nan
        let threads = entries("/proc/self/task")
        let names = threads.map { (try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8)) ?? "" }
        return Process(
            residentMegabytes: resident / 1_024, threads: threads.count,
            // Those that one of them starts for URLSession begin with its name: each name is one of ours.
            ofEyeline: Set(names.filter { $0.hasPrefix("eyeline") }).count, files: entries("/proc/self/fd").count)
    }

    private static func entries(_ folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}

private func nanoseconds(_ clock: clockid_t) -> UInt64 {
    var now = timespec()
    clock_gettime(clock, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}
