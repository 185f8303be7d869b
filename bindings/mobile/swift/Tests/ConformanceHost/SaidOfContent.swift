// What the player says of content on screen, and of what it leads to.

import Eyeline
import Foundation

struct Render: Decodable {
    let view: UInt64
    let content, placement, request, model, variant: String
    let position: UInt32?
    let propensity: Double?
    let exploration, measurable, video: Bool
    let rule: OwnRule?

    struct OwnRule: Decodable {
        let name: String
        let fraction: Double
        let ms: UInt64
    }

    var shown: Content {
        var told = video ? Rule.video : nil
        if let rule {
            told = .custom(rule: CustomRule(name: rule.name, fraction: rule.fraction, forMs: rule.ms, playing: video))
        }
        return Content(
            content: content, placement: placement, position: position, measurable: measurable, request: request.orNone,
            model: model.orNone, propensity: propensity, exploration: exploration, variant: variant.orNone, rule: told)
    }
}

struct Visible: Decodable {
    let view: UInt64
    let fraction, width, height: Double
}

struct Clicked: Decodable {
    let view: UInt64
    let trusted: Bool
    let target: String

    var click: Click { Click(trusted: trusted, target: target.orNone) }
}

struct Played: Decodable {
    let view: UInt64
    let state: String
    let position: UInt64
    let watched, length: UInt64?
    let autoplay, muted: Bool

    var media: Media {
        get throws {
            guard let known = Self.states[state] else { throw Unplayable("no media is in the state \(state)") }
            return Media(
                state: known, positionMs: position, watchedMs: watched, lengthMs: length, autoplay: autoplay, muted: muted)
        }
    }

    private static let states: [String: MediaState] = [
        "start": .start, "q25": .firstQuartile, "q50": .midpoint, "q75": .thirdQuartile, "complete": .complete,
        "pause": .pause, "resume": .resume, "mute": .mute, "error": .error, "stop": .stop,
    ]
}

struct Hidden: Decodable {
    let view: UInt64
    let why: String
}

struct Served: Decodable {
    let content, placement, request, model: String
    let position: UInt32?
    let propensity: Double?
    let exploration: Bool

    var serve: Serve {
        Serve(
            placement: placement, content: content.orNone, position: position, request: request.orNone,
            model: model.orNone, propensity: propensity, exploration: exploration)
    }
}

struct Converted: Decodable {
    let goal, currency, order: String
    let value: Int64

    var convert: Convert {
        let money = currency.orNone.map { Money(minorUnits: value, currency: $0) }
        return Convert(goal: goal, value: money, order: order.orNone)
    }
}
