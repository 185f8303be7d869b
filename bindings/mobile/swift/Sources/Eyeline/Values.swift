// The words an app speaks with: values that cross to the engine as they are. Their documentation stands with the engine.

import EyelineBindings

/// One piece of content shown at one place: what, where, and what chose it.
public typealias Content = EyelineBindings.Impression
/// When an impression counts as viewable.
public typealias Rule = EyelineBindings.Rule
/// A rule of the app's own.
public typealias CustomRule = EyelineBindings.CustomRule
/// A tap on an impression.
public typealias Click = EyelineBindings.Click
/// How an impression's audio or video moved on.
public typealias Media = EyelineBindings.Media
/// What happened to a media player.
public typealias MediaState = EyelineBindings.MediaState
/// Content delivered to a placement, whether or not it is ever shown.
public typealias Serve = EyelineBindings.Serve
/// The visitor did what the content was meant to bring about.
public typealias Convert = EyelineBindings.Convert
/// An amount of money.
public typealias Money = EyelineBindings.Money
/// A screen of the app.
public typealias Page = EyelineBindings.Page
/// The device, described coarsely enough to single nobody out.
public typealias Device = EyelineBindings.Device
/// The visitor's choice.
public typealias Consent = EyelineBindings.Consent
/// What became of every event.
public typealias Stats = EyelineBindings.Stats
/// Events lost for one reason.
public typealias Loss = EyelineBindings.Loss
/// Why an event will never be delivered.
public typealias LossReason = EyelineBindings.LossReason
/// What a flush or a shutdown came to.
public typealias FlushResult = EyelineBindings.FlushResult
/// Why a client could not start.
public typealias StartError = EyelineBindings.StartError
/// How sending stands. Not `State`, which is SwiftUI's.
public typealias SendingState = EyelineBindings.State
/// One call of a batch, and how long ago it happened.
public typealias Call = EyelineBindings.Call
/// What the calls of a client say, to be said in a batch.
public typealias Action = EyelineBindings.Action
/// A view that a call of a batch is about.
public typealias ViewRef = EyelineBindings.ViewRef
