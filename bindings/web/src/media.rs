//! How a media element moved on, from scalars.

use eyeline_core::{Media, MediaState};

use crate::number::{count, known};

const AUTOPLAY: u32 = 1;
const MUTED: u32 = 2;

/// States in the order of their numbers on the border.
const STATES: [MediaState; 10] = [
    MediaState::Start,
    MediaState::FirstQuartile,
    MediaState::Midpoint,
    MediaState::ThirdQuartile,
    MediaState::Complete,
    MediaState::Pause,
    MediaState::Resume,
    MediaState::Mute,
    MediaState::Error,
    MediaState::Stop,
];

/// `None` for a number that is no state. A negative `watched` and a length that is not finite are unknown.
pub(crate) fn media(
    state: usize,
    position: f64,
    watched: f64,
    length: f64,
    flags: u32,
) -> Option<Media> {
    let mut media = Media::new(*STATES.get(state)?, count(position));
    media.watched_ms = known(watched).map(count);
    media.length_ms = known(length).filter(|length| length.is_finite()).map(count);
    media.autoplay = Some(flags & AUTOPLAY != 0);
    media.muted = Some(flags & MUTED != 0);
    Some(media)
}

#[cfg(test)]
mod tests {
    use super::{STATES, media};

    #[test]
    fn a_live_stream_has_no_length() {
        let live = media(0, 10.0, -1.0, f64::INFINITY, 0).unwrap();
        assert_eq!((live.watched_ms, live.length_ms), (None, None));
        let muted = media(7, 10.0, 9.0, 30_000.0, 2).unwrap();
        assert_eq!((muted.watched_ms, muted.length_ms), (Some(9), Some(30_000)));
        assert_eq!((muted.autoplay, muted.muted), (Some(false), Some(true)));
    }

    #[test]
    fn a_number_beyond_the_states_is_none() {
        assert!(media(STATES.len(), 0.0, 0.0, 0.0, 0).is_none());
    }
}
