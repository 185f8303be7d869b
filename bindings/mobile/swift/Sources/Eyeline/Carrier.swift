// The app's transport as the engine sees it.

import EyelineBindings
import Foundation

final class Carrier: EyelineBindings.Transport {
    private let transport: any Transport

    init(_ transport: any Transport) {
        self.transport = transport
    }

    func send(request: EyelineBindings.Request) throws -> EyelineBindings.Response {
        guard let url = URL(string: request.url) else { throw EyelineBindings.TransportError.Unreachable }
        let upload = UploadRequest(
            url: url, body: request.body, timeout: TimeInterval(request.timeoutMs) / 1_000,
            answerBytesMax: Int(request.answerBytesMax))
        do {
            let answer = try transport.send(upload)
            guard let status = UInt16(exactly: answer.status) else { throw TransportFailure.unreachable }
            return EyelineBindings.Response(status: status, retryAfter: answer.retryAfter, body: answer.body)
        } catch TransportFailure.timedOut {
            throw EyelineBindings.TransportError.TimedOut
        } catch {
            throw EyelineBindings.TransportError.Unreachable
        }
    }
}
