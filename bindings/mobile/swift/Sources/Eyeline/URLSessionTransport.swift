// The platform's own HTTP: no redirect is followed, no cookie kept, and an endless answer is cut off.

import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Sends with `URLSession`, which brings the device's proxies, certificates and data settings.
public final class URLSessionTransport: Transport {
    private let session: URLSession
    private let answers: Answers

    /// A transport with a session of its own.
    public init() {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        configuration.urlCache = nil
        configuration.urlCredentialStorage = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        configuration.httpMaximumConnectionsPerHost = 1
        answers = Answers()
        session = URLSession(configuration: configuration, delegate: answers, delegateQueue: nil)
    }

    deinit {
        // The session holds its delegate until it is told to end.
        session.finishTasksAndInvalidate()
    }

    public func send(_ request: UploadRequest) throws -> UploadResponse {
        var post = URLRequest(url: request.url)
        post.httpMethod = "POST"
        post.httpBody = request.body
        post.timeoutInterval = request.timeout
        post.setValue("application/octet-stream", forHTTPHeaderField: "Content-Type")
        post.setValue("eyeline-swift/\(Version.current)", forHTTPHeaderField: "User-Agent")
        let task = session.dataTask(with: post)
        let answer = answers.expect(task, atMost: request.answerBytesMax)
        task.resume()
        guard answer.isWhole(within: request.timeout) else {
            task.cancel()
            throw TransportFailure.timedOut
        }
        return try answer.outcome.get()
    }
}

/// The answers under way, each with the thread that waits for it.
private final class Answers: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private let lock = NSLock()
    private var waiting: [Int: Answer] = [:]

    func expect(_ task: URLSessionTask, atMost bytes: Int) -> Answer {
        let answer = Answer(atMost: bytes)
        lock.withLock { waiting[task.taskIdentifier] = answer }
        return answer
    }

    private func answer(to task: URLSessionTask) -> Answer? {
        lock.withLock { waiting[task.taskIdentifier] }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let more = answer(to: dataTask)?.take(data) ?? false
        if !more { dataTask.cancel() }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let answer = lock.withLock { waiting.removeValue(forKey: task.taskIdentifier) }
        answer?.end(task.response as? HTTPURLResponse, error)
    }
}

/// One answer as it comes in, and the thread that waits for the whole of it.
private final class Answer: @unchecked Sendable {
    private let bytesMax: Int
    private let done = DispatchSemaphore(value: 0)
    private let lock = NSLock()
    private var body = Data()
    private var result: Result<UploadResponse, TransportFailure> = .failure(.unreachable)

    init(atMost bytes: Int) {
        bytesMax = bytes
    }

    /// Takes a piece of the body; false once there is more than is of use. A captive portal may send without end.
    func take(_ data: Data) -> Bool {
        lock.withLock {
            body.append(data.prefix(bytesMax + 1 - body.count))
            return body.count <= bytesMax
        }
    }

    func end(_ response: HTTPURLResponse?, _ error: (any Error)?) {
        lock.withLock {
            if let response, error == nil || body.count > bytesMax {
                let retryAfter = response.value(forHTTPHeaderField: "Retry-After")
                result = .success(UploadResponse(status: response.statusCode, retryAfter: retryAfter, body: body))
            } else if (error as? URLError)?.code == .timedOut {
                result = .failure(.timedOut)
            }
        }
        done.signal()
    }

    /// Waits for the end. URLSession's own timeout begins anew with every piece, this one does not.
    func isWhole(within timeout: TimeInterval) -> Bool {
        done.wait(timeout: .now() + timeout) == .success
    }

    var outcome: Result<UploadResponse, TransportFailure> {
        lock.withLock { result }
    }
}
