// A server that says just what a test wants, on a socket of its own: what no well-behaved collector would answer.

import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Takes connections at a free port and answers each with the same bytes.
final class ScriptedServer: @unchecked Sendable {
    /// What is done with a connection once the request's head is read.
    enum Answer: Sendable {
        /// These bytes are sent and the connection is closed.
        case bytes(Data)
        /// Nothing is said; the connection stays open.
        case silence
        /// The connection is closed at once.
        case reset
    }

    let url: URL
    private let socket: Int32
    private let answer: Answer
    private let lock = NSLock()
    private var open: [Int32] = []
    private var taken = 0

    init(_ answer: Answer) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && listen(socket, 16) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard listening, let url = URL(string: "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))") else {
            throw Broken("no port of this machine could be listened at")
        }
        self.answer = answer
        self.socket = socket
        self.url = url
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(socket, nil, nil)
                guard connection >= 0, let self else { return }
                self.serve(connection)
            }
        }
    }

    deinit {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
        open.forEach { _ = close($0) }
    }

    /// How many connections were taken.
    var connections: Int {
        lock.withLock { taken }
    }

    private func serve(_ connection: Int32) {
        lock.withLock { taken += 1 }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        _ = read(connection, &buffer, buffer.count)
        switch answer {
        case .bytes(let data):
            data.withUnsafeBytes { bytes in
                var sent = 0
                while sent < bytes.count {
                    let now = send(connection, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
                    if now <= 0 { break }
                    sent += now
                }
            }
            shutdown(connection, Int32(SHUT_WR))
            close(connection)
        case .silence:
            lock.withLock { open.append(connection) }
        case .reset:
            close(connection)
        }
    }
}
