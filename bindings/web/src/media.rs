//! How a media element moved on, from a call's values.

use eyeline_core::{Media, MediaState};

use crate::message::Said;
use crate::number::{count, index, known, small};

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

/// State, position, watched, length, flags. `None` for a number that is no state. A negative `watched` and a length that is
/// not finite are unknown.
pub(crate) fn media(said: &mut Said<'_>) -> Option<Media> {
    let state = *STATES.get(index(said.number()))?;
    let mut media = Media::new(state, count(said.number()));
    media.watched_ms = known(said.number()).map(count);
    let length = known(said.number());
    media.length_ms = length.filter(|length| length.is_finite()).map(count);
    let flags = small(said.number());
    media.autoplay = Some(flags & AUTOPLAY != 0);
    media.muted = Some(flags & MUTED != 0);
    Some(media)
}

#[cfg(test)]
mod tests {
    use super::STATES;
    use crate::message::Said;
    use crate::message::tests::{Value::N, said};
    use eyeline_core::Media;

    fn media(values: [f64; 5]) -> Option<Media> {
        super::media(&mut Said::new(&said(&values.map(N))))
    }

    #[test]
    fn a_live_stream_has_no_length() {
        let live = media([0.0, 10.0, -1.0, f64::INFINITY, 0.0]).unwrap();
        assert_eq!((live.watched_ms, live.length_ms), (None, None));
        let muted = media([7.0, 10.0, 9.0, 30_000.0, 2.0]).unwrap();
        assert_eq!((muted.watched_ms, muted.length_ms), (Some(9), Some(30_000)));
        assert_eq!((muted.autoplay, muted.muted), (Some(false), Some(true)));
    }

    #[test]
    fn a_number_beyond_the_states_is_none() {
        assert!(media([STATES.len() as f64, 0.0, 0.0, 0.0, 0.0]).is_none());
    }
}
