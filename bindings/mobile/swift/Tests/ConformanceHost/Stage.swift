// One client at a time, and the calls that the player asks for.

import Eyeline
import class EyelineBindings.TestClock
import struct EyelineBindings.TestRig
import Foundation

/// Plays what it is told, line by line.
final class Stage {
    private var running: Running?
    private let decoder = JSONDecoder()

    init() {
        decoder.keyDecodingStrategy = .convertFromSnakeCase
    }

    func play(_ line: Data) async throws -> Answer {
        let said = Line(bytes: line, decoder: decoder)
        let step = try said.as(Step.self)
        if step.do == "kill" {
            running?.kill()
            running = nil
            return .done
        }
        if step.do == "start" {
            guard running == nil else { throw Unplayable("a client runs already") }
            running = try Running(at: step, said.as(Start.self))
            return .done
        }
        guard let running else { throw Unplayable("no client runs") }
        running.clock.set(wallMs: step.wall ?? 0, monoMs: step.mono ?? 0)
        switch step.do {
        case "request":
            running.rest()
            return running.wire.next().map(Answer.request) ?? .done
        case "answer": running.wire.answer(with: try said.as(Answered.self).outcome)
        case "counts": return .counts(running.client.stats)
        case "shutdown": running.shutdown()
        default:
            for _ in 0..<(step.times ?? 1) { try await running.call(step.do, said) }
        }
        return .done
    }
}

/// One line of the player's, to be read as what it says it is.
struct Line {
    let bytes: Data
    let decoder: JSONDecoder

    func `as`<What: Decodable>(_ what: What.Type) throws -> What {
        try decoder.decode(what, from: bytes)
    }
}

/// A client, and what the player calls its views.
final class Running {
    let client: Client
    let clock: TestClock
    let wire = Wire()
    private var views: [UInt64: Impression] = [:]
    /// An impression that is let go has ended, which is a step of its own here.
    private var kept: [Impression] = []

    init(at step: Step, _ start: Start) throws {
        clock = TestClock(wallMs: step.wall ?? 0, monoMs: step.mono ?? 0)
        var configuration = start.configuration
        configuration.rig = TestRig(clock: clock, seed: start.seed, sdk: start.sdk)
        client = try Client(configuration, transport: wire)
    }

    func kill() {
        client.engine.abandon()
        wire.cut()
    }

    /// Has something waited for that ends when the client rests; requests come meanwhile.
    func rest() {
        guard wire.beginRest() else { return }
        Thread.detachNewThread { [client, wire] in
            _ = client.engine.settle(timeoutMs: UInt64(Running.patience * 1_000))
            wire.rests()
        }
    }

    /// The same, with a shutdown that is waited for.
    func shutdown() {
        guard wire.beginRest() else { return }
        Task.detached { [client, wire] in
            await client.shutdown(timeout: Running.patience)
            wire.rests()
        }
    }

    func call(_ what: String, _ said: Line) async throws {
        switch what {
        case "active": client.setActive(try said.as(Active.self).active)
        case "activity": client.activity()
        case "render":
            let render = try said.as(Render.self)
            let impression = client.impression(render.shown)
            views[render.view] = impression
            kept.append(impression)
        case "visible":
            let visible = try said.as(Visible.self)
            views[visible.view]?.visible(visible.fraction, width: visible.width, height: visible.height)
        case "click":
            let click = try said.as(Clicked.self)
            views[click.view]?.click(click.click)
        case "media":
            let media = try said.as(Played.self)
            views[media.view]?.media(try media.media)
        case "hide":
            let hide = try said.as(Hidden.self)
            views[hide.view]?.hide(hide.why)
        case "serve": client.serve(try said.as(Served.self).serve)
        case "convert": client.convert(try said.as(Converted.self).convert)
        case "page": client.page(try said.as(Shown.self).page)
        case "device": client.setDevice(try said.as(Machine.self).device)
        case "consent": client.setConsent(try said.as(Chosen.self).choice.consent)
        case "gpc": client.setGlobalPrivacyControl(try said.as(Switched.self).on)
        case "forget": client.forget()
        case "flush": await client.flush(timeout: 0)
        case "background": client.background()
        default: throw Unplayable("no client can \(what)")
        }
    }

    /// Longer than anything here takes: a scenario that needs it has failed.
    static let patience: TimeInterval = 60
}

/// What no client can be asked for.
struct Unplayable: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
