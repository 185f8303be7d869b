// What came of a request, and what is answered to the player.

import Eyeline
import Foundation

/// What the player's collector did with the request handed out last.
struct Answered: Decodable {
    let fault: String?
    let status: Int?
    let retryAfter: String?
    let body: String?

    var outcome: Result<UploadResponse, TransportFailure> {
        if let status {
            return .success(UploadResponse(status: status, retryAfter: retryAfter, body: Data((body ?? "").utf8)))
        }
        return .failure(fault == "timed_out" ? .timedOut : .unreachable)
    }
}

/// One line to the player.
enum Answer: Encodable {
    case done
    case fault(String)
    case request(UploadRequest)
    case counts(Stats)

    func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Key.self)
        switch self {
        case .done: break
        case .fault(let why): try line.encode(why, forKey: .fault)
        case .request(let request):
            try line.encode(request.url.absoluteString, forKey: .url)
            try line.encode(request.body.base64EncodedString(), forKey: .body)
        case .counts(let stats):
            try line.encode(stats.captured, forKey: .captured)
            try line.encode(stats.delivered, forKey: .delivered)
            try line.encode(stats.queued, forKey: .queued)
            try line.encode(stats.erasures, forKey: .erasures)
            let lost = stats.lost.map { ($0.reason.word, $0.events) }
            try line.encode(Dictionary(lost, uniquingKeysWith: +), forKey: .lost)
        }
    }

    private enum Key: String, CodingKey {
        case fault, url, body, captured, delivered, queued, erasures, lost
    }
}

extension LossReason {
    /// As it stands on the wire.
    fileprivate var word: String {
        switch self {
        case .queueFull: return "queue_full"
        case .expired: return "expired"
        case .tooLarge: return "too_large"
        case .refused: return "refused"
        case .consentWithdrawn: return "consent_withdrawn"
        case .storageFailed: return "storage_failed"
        case .unconfirmed: return "unconfirmed"
        }
    }
}
