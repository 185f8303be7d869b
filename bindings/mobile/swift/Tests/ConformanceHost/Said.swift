// What the player says, in the words of the app's API. An empty text means that there is none.

import Eyeline
import Foundation

/// What every line has; a `kill` has no moment.
struct Step: Decodable {
    let `do`: String
    let mono: UInt64?
    let wall: Int64?
    let times: UInt64?
}

struct Start: Decodable {
    let endpoint, writeKey, directory, affiliate, sdk: String
    let seed: UInt64
    let consent: Choice
    let gpc, children: Bool
    let sampling: Double
    let page: Shown
    let device: Machine
    let experiments, dimensions: [String: String]

    var configuration: Configuration {
        var configuration = Configuration(endpoint: endpoint, writeKey: writeKey, affiliate: affiliate)
        configuration.storage = .folder(URL(fileURLWithPath: directory, isDirectory: true))
        configuration.consent = consent.consent
        configuration.globalPrivacyControl = gpc
        configuration.children = children
        configuration.page = page.page
        configuration.device = device.device
        configuration.experiments = experiments
        configuration.dimensions = dimensions
        configuration.sampling = sampling
        configuration.active = false
        return configuration
    }
}

enum Choice: String, Decodable {
    case pending, full, measure, denied

    var consent: Consent {
        switch self {
        case .pending: return .pending
        case .full: return .full
        case .measure: return .measureOnly
        case .denied: return .denied
        }
    }
}

struct Shown: Decodable {
    let site, path, referrer: String

    var page: Page { Page(path: path.orNone, site: site.orNone, referrer: referrer.orNone) }
}

struct Machine: Decodable {
    let `class`, os, language: String
    let utcOffsetMin: Int32
    let viewportWidth, viewportHeight: UInt32

    var device: Device {
        Device(
            class: `class`.orNone, os: os.orNone, language: language.orNone, utcOffsetMin: utcOffsetMin,
            viewportWidth: viewportWidth, viewportHeight: viewportHeight)
    }
}

struct Active: Decodable { let active: Bool }
struct Switched: Decodable { let on: Bool }
struct Chosen: Decodable { let choice: Choice }

extension String {
    var orNone: String? { isEmpty ? nil : self }
}
