// URLSession as a transport: what it hands on, and what it never does.

import Foundation
import Testing

@testable import Eyeline

@Suite struct TransportTests {
    @Test("an answer is handed on as it stands, status and Retry-After included")
    func anAnswerIsHandedOn() async throws {
        let text = "HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy"
        let server = try ScriptedServer(.bytes(Data(text.utf8)))
        let answer = try await post(server.url)
        #expect(answer == UploadResponse(status: 503, retryAfter: "120", body: Data("busy".utf8)))
    }

    @Test("a redirect is an answer, and is not followed")
    func aRedirectIsNotFollowed() async throws {
        let elsewhere = try ScriptedServer(.silence)
        let text = "HTTP/1.1 307 Elsewhere\r\nLocation: \(elsewhere.url)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        let server = try ScriptedServer(.bytes(Data(text.utf8)))
        #expect(try await post(server.url).status == 307)
        #expect(elsewhere.connections == 0)
    }

    @Test("an endless page is cut off")
    func anEndlessPageIsCutOff() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
        let server = try ScriptedServer(.bytes(Data(head.utf8) + Data(repeating: 0x20, count: 4_000_000)))
        let answer = try await post(server.url)
        #expect(answer.status == 200)
        #expect(answer.body.count == 1_001)
    }

    @Test("a server that says nothing is timed out")
    func aSilentServerTimesOut() async throws {
        let server = try ScriptedServer(.silence)
        await #expect(throws: TransportFailure.timedOut) { try await post(server.url, timeout: 1) }
    }

    @Test("a broken connection is unreachable")
    func aBrokenConnectionIsUnreachable() async throws {
        let server = try ScriptedServer(.reset)
        await #expect(throws: TransportFailure.unreachable) { try await post(server.url) }
    }

    @Test("the real collector answers, as it would answer any client")
    func theRealCollectorAnswers() async throws {
        let collector = try await Collector.start()
        let url = try #require(URL(string: "\(collector.url)/v1/batch?k=nobody&w=1&a=1"))
        #expect(try await post(url).status == 401)
    }

    private func post(_ url: URL, timeout: TimeInterval = 20) async throws -> UploadResponse {
        let request = UploadRequest(url: url, body: Data("{}".utf8), timeout: timeout, answerBytesMax: 1_000)
        return try await blocking { try URLSessionTransport().send(request) }
    }
}
