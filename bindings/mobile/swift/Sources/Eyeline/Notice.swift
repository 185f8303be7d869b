// What an app can hear of a client: how sending stands, what was lost, what was said wrongly.

import EyelineBindings

/// News of a client. Comes once a batch at most, never once an event.
public enum Notice: Sendable, Equatable {
    /// How sending stands has changed.
    case state(SendingState)
    /// Events that will never be delivered, by reason: how many more than at the notice before.
    case losses([Loss])
    /// Calls were refused because of what they said: how many since the start, and what the last of them has to change.
    case invalid(calls: UInt64, message: String)
}

/// A closure of the app as the engine's listener.
final class Ear: EyelineBindings.Listener {
    private let hear: @Sendable (Notice) -> Void

    init(_ hear: @escaping @Sendable (Notice) -> Void) {
        self.hear = hear
    }

    func onState(state: SendingState) throws {
        hear(.state(state))
    }

    func onLosses(losses: [Loss]) throws {
        hear(.losses(losses))
    }

    func onInvalid(calls: UInt64, message: String) throws {
        hear(.invalid(calls: calls, message: message))
    }
}
