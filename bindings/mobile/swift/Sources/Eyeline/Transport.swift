// How bytes leave the device: one request, one answer, judged by neither side.

import Foundation

/// One POST that Eyeline wants made.
public struct UploadRequest: Sendable, Equatable {
    /// Where to, with its query. It holds the write key: keep it out of logs.
    public var url: URL
    /// The body, to be sent as it is.
    public var body: Data
    /// How long it may take, the answer included, in seconds.
    public var timeout: TimeInterval
    /// How many bytes of an answer are of use. A longer one may be cut, one byte past this.
    public var answerBytesMax: Int

    /// A request to `url`.
    public init(url: URL, body: Data, timeout: TimeInterval, answerBytesMax: Int) {
        self.url = url
        self.body = body
        self.timeout = timeout
        self.answerBytesMax = answerBytesMax
    }
}

/// What a server answered, whatever its status.
public struct UploadResponse: Sendable, Equatable {
    /// The HTTP status.
    public var status: Int
    /// The header `Retry-After` as it stands.
    public var retryAfter: String?
    /// The body.
    public var body: Data

    /// An answer.
    public init(status: Int, retryAfter: String? = nil, body: Data = Data()) {
        self.status = status
        self.retryAfter = retryAfter
        self.body = body
    }
}

/// Why there was no answer. Nothing is lost by it: the batch is tried again.
public enum TransportFailure: Error, Sendable, Equatable {
    /// No connection could be made, or it broke.
    case unreachable
    /// The server was not done in time.
    case timedOut
}

/// Sends what Eyeline wants sent. ``URLSessionTransport`` is the one an app needs; give your own where all traffic of your
/// app goes through a networking layer of its own.
public protocol Transport: Sendable {
    /// Makes one POST and waits for its answer. Called on a thread of Eyeline's that does nothing else meanwhile, one call at
    /// a time. Follow no redirect, and add no credentials. An error that is no ``TransportFailure`` counts as unreachable.
    func send(_ request: UploadRequest) throws -> UploadResponse
}
