// A collector in memory: takes every batch as the real one would, or answers what a test tells it to.

import Eyeline
import Foundation

/// The transport of a test: nothing leaves the process, and every event can be looked at.
public final class TestCollector: Transport, @unchecked Sendable {
    private let lock = NSLock()
    private var answers: [Answer] = []
    private var taken: [TrackedEvent] = []
    private var sent: [Data] = []

    /// What is answered to one request, instead of taking its events.
    public enum Answer: Sendable {
        /// A status, such as 503, with a `Retry-After`.
        case status(Int, retryAfter: String? = nil)
        /// The connection breaks.
        case unreachable
        /// No answer comes in time.
        case timedOut
    }

    init() {}

    /// The next requests are answered like this, in this order; those after them are taken.
    public func answer(with answers: Answer...) {
        lock.withLock { self.answers += answers }
    }

    /// The events taken so far, in the order they were sent in.
    public var events: [TrackedEvent] {
        lock.withLock { taken }
    }

    /// The batches sent so far, answered as they may have been: their bytes before compression.
    public var batches: [Data] {
        lock.withLock { sent }
    }

    public func send(_ request: UploadRequest) throws -> UploadResponse {
        let batch = request.body.first == 0x1f ? try gunzip(request.body) : request.body
        return try lock.withLock {
            sent.append(batch)
            switch answers.isEmpty ? nil : answers.removeFirst() {
            case .status(let status, let retryAfter): return UploadResponse(status: status, retryAfter: retryAfter)
            case .unreachable: throw TransportFailure.unreachable
            case .timedOut: throw TransportFailure.timedOut
            case nil: break
            }
            let events = try TrackedEvent.all(in: batch)
            taken += events
            return UploadResponse(status: 200, body: Data(#"{"v":1,"ok":\#(events.count),"rejected":[]}"#.utf8))
        }
    }
}
