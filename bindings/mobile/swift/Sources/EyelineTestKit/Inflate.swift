// Reads a gzip body (RFC 1951, RFC 1952), so that a test sees the batch as it was before compression on every platform.

import Foundation

/// What is wrong with a body that was to be gzip.
struct Unreadable: Error {
    let what: String
}

/// The bytes within a gzip member that has no optional header field, as Eyeline writes it.
func gunzip(_ data: Data) throws -> Data {
    let bytes = [UInt8](data)
    guard bytes.count > 18, bytes[0] == 0x1f, bytes[1] == 0x8b, bytes[2] == 8, bytes[3] == 0 else {
        throw Unreadable(what: "it does not begin as gzip does")
    }
    var inflater = Inflater(Array(bytes[10..<(bytes.count - 8)]))
    let inside = try inflater.run()
    let size = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard inside.count == size else { throw Unreadable(what: "it holds \(inside.count) bytes and says \(size)") }
    return Data(inside)
}

private struct Inflater {
    private let bytes: [UInt8]
    private var at = 0
    private var bits = 0
    private var held = 0
    private var out: [UInt8] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func run() throws -> [UInt8] {
        var isLast = false
        while !isLast {
            isLast = try take(1) == 1
            switch try take(2) {
            case 0: try copyStored()
            case 1: try decode(Code(Self.fixedLengths), Code([Int](repeating: 5, count: 30)))
            case 2:
                let (lengths, distances) = try readCodes()
                try decode(lengths, distances)
            default: throw Unreadable(what: "a block of an unknown kind")
            }
        }
        return out
    }

    private mutating func take(_ count: Int) throws -> Int {
        while held < count {
            guard at < bytes.count else { throw Unreadable(what: "it ends too early") }
            bits |= Int(bytes[at]) << held
            at += 1
            held += 8
        }
        defer {
            bits >>= count
            held -= count
        }
        return bits & ((1 << count) - 1)
    }

    private mutating func copyStored() throws {
        bits = 0
        held = 0
        let length = try take(16)
        guard try take(16) == length ^ 0xffff else { throw Unreadable(what: "a stored block of an unclear length") }
        for _ in 0..<length { out.append(UInt8(try take(8))) }
    }

    private mutating func readCodes() throws -> (Code, Code) {
        let (literals, distances, orders) = (try take(5) + 257, try take(5) + 1, try take(4) + 4)
        var ofLengths = [Int](repeating: 0, count: 19)
        for place in Self.order.prefix(orders) { ofLengths[place] = try take(3) }
        let code = Code(ofLengths)
        var lengths: [Int] = []
        while lengths.count < literals + distances {
            switch try symbol(code) {
            case 16:
                guard let last = lengths.last else { throw Unreadable(what: "a length repeated before the first") }
                lengths += [Int](repeating: last, count: try take(2) + 3)
            case 17: lengths += [Int](repeating: 0, count: try take(3) + 3)
            case 18: lengths += [Int](repeating: 0, count: try take(7) + 11)
            case let length: lengths.append(length)
            }
        }
        guard lengths.count == literals + distances else { throw Unreadable(what: "too many lengths") }
        return (Code(Array(lengths[..<literals])), Code(Array(lengths[literals...])))
    }

    private mutating func decode(_ lengths: Code, _ distances: Code) throws {
        while true {
            let symbol = try symbol(lengths)
            if symbol < 256 {
                out.append(UInt8(symbol))
            } else if symbol == 256 {
                return
            } else {
                guard symbol < 286 else { throw Unreadable(what: "a length that can't be") }
                let length = Self.lengthBase[symbol - 257] + (try take(Self.lengthBits[symbol - 257]))
                let code = try self.symbol(distances)
                guard code < 30 else { throw Unreadable(what: "a distance that can't be") }
                let distance = Self.distanceBase[code] + (try take(code < 2 ? 0 : code / 2 - 1))
                guard distance <= out.count else { throw Unreadable(what: "a distance to before the beginning") }
                for _ in 0..<length { out.append(out[out.count - distance]) }
            }
        }
    }

    /// One symbol, bit by bit: a test has few bytes to read.
    private mutating func symbol(_ code: Code) throws -> Int {
        var (value, first, index) = (0, 0, 0)
        for length in 1...15 {
            value |= try take(1)
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw Unreadable(what: "a code that is none")
    }

    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let fixedLengths = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
    private static let lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
    ]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
        8193, 12289, 16385, 24577,
    ]
}

/// A canonical Huffman code: how many symbols have each length, and the symbols by length.
private struct Code {
    var counts = [Int](repeating: 0, count: 16)
    let symbols: [Int]

    init(_ lengths: [Int]) {
        for length in lengths where length > 0 { counts[length] += 1 }
        symbols = lengths.indices.filter { lengths[$0] > 0 }.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    }
}
