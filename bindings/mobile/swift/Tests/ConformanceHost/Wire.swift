// Between the client's sending thread and the player: one request at a time.

import Eyeline
import Foundation

final class Wire: Transport, @unchecked Sendable {
    private let changed = NSCondition()
    private var request: UploadRequest?
    private var outcome: Result<UploadResponse, TransportFailure>?
    /// Somebody waits for the client to rest.
    private var waits = false
    private var isAtRest = false
    private var isCut = false

    func send(_ upload: UploadRequest) throws -> UploadResponse {
        try locked {
            request = upload
            changed.broadcast()
            while outcome == nil, !isCut { changed.wait() }
            defer { outcome = nil }
            return try outcome?.get() ?? { throw TransportFailure.unreachable }()
        }
    }

    /// The next request; `nil` once the client rests.
    func next() -> UploadRequest? {
        locked {
            while request == nil, !isAtRest { changed.wait() }
            defer { request = nil }
            if request == nil { (isAtRest, waits) = (false, false) }
            return request
        }
    }

    func answer(with outcome: Result<UploadResponse, TransportFailure>) {
        change { self.outcome = outcome }
    }

    /// True where nobody waits yet.
    func beginRest() -> Bool {
        locked {
            defer { waits = true }
            return !waits
        }
    }

    func rests() {
        change { isAtRest = true }
    }

    func cut() {
        change { isCut = true }
    }

    private func change(_ change: () -> Void) {
        locked {
            change()
            changed.broadcast()
        }
    }

    private func locked<Value>(_ work: () throws -> Value) rethrows -> Value {
        changed.lock()
        defer { changed.unlock() }
        return try work()
    }
}
