// One impression on screen, from its rendering to the moment it is gone.

import EyelineBindings
import Foundation

/// A rendered impression. Say how much of it shows, and Eyeline decides when it was viewable and for how long it was seen. Letting
/// go of it ends it. It may be used from any thread.
public final class Impression: Sendable {
    private let client: Client
    private let view: UInt64

    init(of client: Client, view: UInt64) {
        self.client = client
        self.view = view
    }

    deinit {
        // Ended before, by `hide` or another screen, this changes nothing.
        if isRecorded { _ = client.engine.hide(view: view, why: "dropped") }
    }

    /// Whether it was recorded. Where consent is denied, the session not sampled or the content not valid it was not, and no call
    /// below does anything.
    public var isRecorded: Bool {
        view != 0
    }

    /// How much of it shows from now on: a `fraction` from 0 to 1 of its whole size in points. Say so whenever it changes; in
    /// between it counts as unchanged.
    public func visible(_ fraction: Double, width: Double, height: Double) {
        client.engine.visible(view: view, fraction: fraction, width: width, height: height)
    }

    /// It was tapped. False where that was refused.
    @discardableResult
    public func click(_ click: Click = Click()) -> Bool {
        client.engine.click(view: view, click: click) != 0
    }

    /// Its audio or video moved on. False where that was refused.
    @discardableResult
    public func media(_ media: Media) -> Bool {
        client.engine.media(view: view, media: media) != 0
    }

    /// It is gone for good. `why` is a word of your own, such as `scrolled`. False where it had ended before.
    @discardableResult
    public func hide(_ why: String = "gone") -> Bool {
        client.engine.hide(view: view, why: why) != 0
    }
}
