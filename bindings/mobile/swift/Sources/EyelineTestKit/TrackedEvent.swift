// One event as it went over the wire, in words.

import Foundation

/// An event that reached the collector.
public struct TrackedEvent: Sendable, Equatable {
    /// `render`, `viewable`, `dwell`, `click`, `media`, `hide`, `convert`, `page`…
    public var kind: String
    /// The event's number within its start, from 1 without gaps.
    public var number: Int
    /// The impression it belongs to, within its start.
    public var impression: Int?
    /// What was shown.
    public var content: String?
    /// Where it was shown.
    public var placement: String?
    /// Position within the placement.
    public var position: Int?
    /// How long it was seen so far, in ms: of a `dwell`.
    public var visibleMilliseconds: Int?
    /// Everything the event said, as JSON with sorted keys.
    public var json: String

    static func all(in batch: Data) throws -> [TrackedEvent] {
        guard let object = try JSONSerialization.jsonObject(with: batch) as? [String: Any] else { return [] }
        let events = object["ev"] as? [[String: Any]] ?? []
        return try events.map { event in
            let json = try JSONSerialization.data(withJSONObject: event, options: .sortedKeys)
            return TrackedEvent(
                kind: event["k"] as? String ?? "", number: event["n"] as? Int ?? 0, impression: event["imp"] as? Int,
                content: event["c"] as? String, placement: event["pl"] as? String, position: event["pos"] as? Int,
                visibleMilliseconds: event["vis"] as? Int, json: String(decoding: json, as: UTF8.self))
        }
    }
}
