//! How audio or video moves on.

use eyeline_core as core;

/// How an impression's audio or video moved on.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Media {
    /// What happened.
    pub state: MediaState,
    /// Where in the media, in ms.
    pub position_ms: u64,
    /// How much was played so far, in ms; seeking adds nothing.
    #[uniffi(default)]
    pub watched_ms: Option<u64>,
    /// The media's length in ms; absent for a live stream.
    #[uniffi(default)]
    pub length_ms: Option<u64>,
    /// Whether it started without the user's doing.
    #[uniffi(default)]
    pub autoplay: Option<bool>,
    /// Whether the sound is off.
    #[uniffi(default)]
    pub muted: Option<bool>,
}

/// What happened to a media player: the states of VAST linear ads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
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
    /// The sound was turned off or on; see `muted`.
    Mute,
    /// Playing failed.
    Error,
    /// Playing ended before the end.
    Stop,
}

impl From<Media> for core::Media {
    fn from(from: Media) -> Self {
        core::Media {
            watched_ms: from.watched_ms,
            length_ms: from.length_ms,
            autoplay: from.autoplay,
            muted: from.muted,
            ..core::Media::new(from.state.into(), from.position_ms)
        }
    }
}

impl From<MediaState> for core::MediaState {
    fn from(from: MediaState) -> Self {
        match from {
            MediaState::Start => Self::Start,
            MediaState::FirstQuartile => Self::FirstQuartile,
            MediaState::Midpoint => Self::Midpoint,
            MediaState::ThirdQuartile => Self::ThirdQuartile,
            MediaState::Complete => Self::Complete,
            MediaState::Pause => Self::Pause,
            MediaState::Resume => Self::Resume,
            MediaState::Mute => Self::Mute,
            MediaState::Error => Self::Error,
            MediaState::Stop => Self::Stop,
        }
    }
}
