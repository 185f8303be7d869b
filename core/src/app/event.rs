//! The events a host reports about content: served, shown, clicked, played, converted.

use super::number::{Money, Propensity};
use super::text::{ContentId, Goal, Label, ModelId, OrderId, PlacementId, RequestId, Target};
use crate::viewability::Rule;

/// One piece of content shown at one place: what, where, and what chose it.
#[derive(Debug, Clone, PartialEq)]
pub struct Impression {
    /// What is shown.
    pub content: ContentId,
    /// Where it is shown.
    pub placement: PlacementId,
    /// Position within the placement, counted from 1.
    pub position: Option<u32>,
    /// Whether the host can measure visibility here. `false` keeps it out of the viewable rate.
    pub measurable: bool,
    /// The ranking request that chose it.
    pub request: Option<RequestId>,
    /// The model that chose it.
    pub model: Option<ModelId>,
    /// The probability with which it was chosen for this position.
    pub propensity: Option<Propensity>,
    /// Whether it was chosen at random in order to learn.
    pub exploration: bool,
    /// Which form of the content is shown, where it has several: a headline, an image, a creative.
    pub variant: Option<Label>,
    /// When it counts as viewable.
    pub rule: Rule,
}

impl Impression {
    /// A measurable display impression with nothing known about what chose it.
    #[must_use]
    pub fn new(content: ContentId, placement: PlacementId) -> Self {
        Self {
            content,
            placement,
            position: None,
            measurable: true,
            request: None,
            model: None,
            propensity: None,
            exploration: false,
            variant: None,
            rule: Rule::Display,
        }
    }
}

/// A click or tap on an impression.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Click {
    /// Whether the platform says a person made it (`isTrusted` on the web); `None` where it can't say.
    pub trusted: Option<bool>,
    /// Host and path it leads to.
    pub target: Option<Target>,
}

/// How an impression's audio or video moved on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Media {
    /// What happened.
    pub state: MediaState,
    /// Where in the media, in ms.
    pub position_ms: u64,
    /// How much was played so far, in ms; seeking adds nothing.
    pub watched_ms: Option<u64>,
    /// The media's length in ms; `None` for a live stream.
    pub length_ms: Option<u64>,
    /// Whether it started without the user's doing.
    pub autoplay: Option<bool>,
    /// Whether the sound is off.
    pub muted: Option<bool>,
}

impl Media {
    /// A change of state at `position_ms`, with nothing else known.
    #[must_use]
    pub fn new(state: MediaState, position_ms: u64) -> Self {
        Self {
            state,
            position_ms,
            watched_ms: None,
            length_ms: None,
            autoplay: None,
            muted: None,
        }
    }
}

/// What happened to a media player: the states of VAST linear ads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaState {
    /// Playing began.
    Start,
    /// A quarter was played.
    FirstQuartile,
    /// Half was played.
    Midpoint,
    /// Three quarters were played.
    ThirdQuartile,
    /// The end was reached.
    Complete,
    /// Playing halted and may go on.
    Pause,
    /// Playing went on.
    Resume,
    /// The sound was turned off or on; see [`Media::muted`].
    Mute,
    /// Playing failed.
    Error,
    /// Playing ended before the end.
    Stop,
}

impl MediaState {
    /// The state's name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::FirstQuartile => "q25",
            Self::Midpoint => "q50",
            Self::ThirdQuartile => "q75",
            Self::Complete => "complete",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Mute => "mute",
            Self::Error => "error",
            Self::Stop => "stop",
        }
    }

    /// Whether the media moves after this state; `None` where the state says nothing about it.
    pub(crate) fn plays(self) -> Option<bool> {
        match self {
            Self::Start
            | Self::Resume
            | Self::FirstQuartile
            | Self::Midpoint
            | Self::ThirdQuartile => Some(true),
            Self::Complete | Self::Pause | Self::Error | Self::Stop => Some(false),
            Self::Mute => None,
        }
    }
}

/// Content delivered to a placement, whether or not it is ever shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Serve {
    /// What was delivered; `None` for the slate as a whole.
    pub content: Option<ContentId>,
    /// The placement it was delivered for.
    pub placement: PlacementId,
    /// Position within the placement, counted from 1.
    pub position: Option<u32>,
    /// The ranking request.
    pub request: Option<RequestId>,
    /// The model that chose it.
    pub model: Option<ModelId>,
    /// The probability with which it was chosen for this position.
    pub propensity: Option<Propensity>,
    /// Whether it was chosen at random in order to learn.
    pub exploration: bool,
}

impl Serve {
    /// A delivery for `placement` with nothing else known.
    #[must_use]
    pub fn new(placement: PlacementId) -> Self {
        Self {
            content: None,
            placement,
            position: None,
            request: None,
            model: None,
            propensity: None,
            exploration: false,
        }
    }
}

/// The visitor did what the content was meant to bring about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Convert {
    /// What was reached, such as `purchase`.
    pub goal: Goal,
    /// What it is worth.
    pub value: Option<Money>,
    /// The order, so that one reported twice counts once.
    pub order: Option<OrderId>,
    /// The content it is put down to, where the host knows.
    pub content: Option<ContentId>,
}

impl Convert {
    /// A conversion without value or order.
    #[must_use]
    pub fn new(goal: Goal) -> Self {
        Self {
            goal,
            value: None,
            order: None,
            content: None,
        }
    }
}

/// An event of its own, bound to no impression the engine watches.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Content was delivered to a placement.
    Serve(Serve),
    /// A goal was reached.
    Convert(Convert),
}

impl From<Serve> for Event {
    fn from(serve: Serve) -> Self {
        Self::Serve(serve)
    }
}

impl From<Convert> for Event {
    fn from(convert: Convert) -> Self {
        Self::Convert(convert)
    }
}
