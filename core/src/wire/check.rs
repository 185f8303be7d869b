//! Whether the values of a well-formed batch or event are within bounds.

use std::borrow::Cow;

use super::{Batch, Event, Extra, Kind, Pairs, Why};
use crate::{UnixMillis, limits};

impl Event<'_> {
    /// Judges the event's values: lengths, ranges, and the fields its kind can't do without.
    ///
    /// # Errors
    /// The first reason to refuse it.
    pub fn check(&self) -> Result<(), Why> {
        if let Kind::Other(name) = &self.kind {
            text(name, limits::LABEL_CHARS_MAX)?;
        }
        if self.n == 0 || self.imp == Some(0) {
            return Err(Why::OutOfRange);
        }
        if self.dt < 0 || self.dt > duration_max() {
            return Err(Why::BadClock);
        }
        let counts = [
            Some(self.n),
            self.imp,
            self.media_position_ms,
            self.media_length_ms,
        ];
        // What marts add up is bound more tightly than what they only show.
        let measured = [
            self.visible_ms,
            self.engaged_ms,
            self.latency_ms,
            self.media_watched_ms,
        ];
        let beyond = |numbers: &[Option<u64>], max| numbers.iter().flatten().any(|n| *n > max);
        if beyond(&counts, limits::INTEGER_MAX)
            || beyond(&measured, measured_ms_max())
            || beyond(&[self.value.map(i64::unsigned_abs)], limits::VALUE_MAX)
        {
            return Err(Why::OutOfRange);
        }
        if self.max_visible.is_some_and(|percent| percent > 100)
            || !self.propensity.is_none_or(is_share)
        {
            return Err(Why::OutOfRange);
        }
        if self.position.is_some_and(too_wide) || self.times_in_view.is_some_and(too_wide) {
            return Err(Why::OutOfRange);
        }
        let ids = [
            &self.content,
            &self.placement,
            &self.request,
            &self.model,
            &self.goal,
            &self.order,
        ];
        ids.into_iter()
            .flatten()
            .try_for_each(|id| text(id, limits::ID_CHARS_MAX))?;
        let labels = [&self.variant, &self.rule, &self.media_state, &self.why];
        labels
            .into_iter()
            .flatten()
            .try_for_each(|label| text(label, limits::LABEL_CHARS_MAX))?;
        self.target
            .iter()
            .try_for_each(|target| text(target, limits::PATH_CHARS_MAX))?;
        if self
            .currency
            .as_ref()
            .is_some_and(|code| code.len() != 3 || !code.bytes().all(|c| c.is_ascii_uppercase()))
        {
            return Err(Why::BadLength);
        }
        if self.lost.len() > limits::LOSSES_MAX {
            return Err(Why::TooManyKeys);
        }
        for lost in &self.lost {
            text(&lost.why, limits::LABEL_CHARS_MAX)?;
            if lost.from == 0 || lost.from > lost.to || lost.to > limits::INTEGER_MAX {
                return Err(Why::OutOfRange);
            }
        }
        self.complete()
    }

    fn complete(&self) -> Result<(), Why> {
        let whole = match self.kind {
            Kind::Render | Kind::Viewable | Kind::Dwell | Kind::Click | Kind::Hide => {
                self.names_its_impression()
            }
            Kind::Media => self.names_its_impression() && self.media_state.is_some(),
            Kind::Convert => self.goal.is_some(),
            Kind::Serve | Kind::Page | Kind::Consent | Kind::Sdk | Kind::Other(_) => true,
        };
        if whole { Ok(()) } else { Err(Why::Missing) }
    }

    fn names_its_impression(&self) -> bool {
        self.imp.is_some() && self.content.is_some() && self.placement.is_some()
    }
}

impl<E> Batch<'_, E> {
    /// Judges the batch's own values, not its events': version, clocks, lengths, counts.
    ///
    /// # Errors
    /// The first reason to refuse the whole batch.
    pub fn check(&self) -> Result<(), Why> {
        let model = self
            .version
            .split('-')
            .next()
            .and_then(|model| model.parse().ok());
        if model != Some(limits::WIRE_MODEL) || self.version.len() > limits::LABEL_CHARS_MAX {
            return Err(Why::UnknownVersion);
        }
        if self.events.len() > limits::BATCH_EVENTS_MAX {
            return Err(Why::TooManyEvents);
        }
        if self.unknown_bytes() > limits::CONTEXT_EXTRA_BYTES_MAX {
            return Err(Why::BadLength);
        }
        wall(self.t0)?;
        text(&self.source.affiliate, limits::ID_CHARS_MAX)?;
        let paths = [&self.source.site, &self.source.page, &self.source.referrer];
        paths
            .into_iter()
            .flatten()
            .try_for_each(|path| longest(path, limits::PATH_CHARS_MAX))?;
        text(&self.sdk, limits::LABEL_CHARS_MAX)?;
        let labels = [&self.device.class, &self.device.os, &self.device.language];
        labels
            .into_iter()
            .flatten()
            .try_for_each(|label| longest(label, limits::LABEL_CHARS_MAX))?;
        texts(
            &self.experiments,
            limits::EXPERIMENTS_MAX,
            limits::ID_CHARS_MAX,
        )?;
        texts(
            &self.dimensions,
            limits::DIMENSIONS_MAX,
            limits::DIMENSION_CHARS_MAX,
        )?;
        self.loss
            .iter()
            .try_for_each(|(reason, _)| text(reason, limits::LABEL_CHARS_MAX))?;
        let counts = [
            Some(self.batch_number),
            self.previous.as_ref().map(|previous| previous.captured),
        ];
        let mut counts = counts
            .into_iter()
            .flatten()
            .chain(self.loss.iter().map(|(_, count)| *count));
        let zones = -24 * 60..=24 * 60;
        let narrow = [
            self.source.page_view,
            self.device.width,
            self.device.height,
            self.user.session_number,
        ];
        if counts.any(|count| count > limits::INTEGER_MAX)
            || self
                .device
                .tz
                .is_some_and(|minutes| !zones.contains(&minutes))
            || narrow.into_iter().flatten().any(too_wide)
            || !self.sampling_rate.is_none_or(is_share)
        {
            return Err(Why::OutOfRange);
        }
        Ok(())
    }

    /// Bytes of the context's unknown keys, names and JSON together.
    fn unknown_bytes(&self) -> usize {
        let places = [
            Some(&self.extra),
            Some(&self.source.extra),
            Some(&self.device.extra),
            Some(&self.user.extra),
            Some(&self.consent.extra),
            self.previous.as_ref().map(|previous| &previous.extra),
        ];
        let members = places.into_iter().flatten().flat_map(Extra::iter);
        members.map(|(key, json)| key.len() + json.len()).sum()
    }
}

/// Judges what a client says of its clocks at an attempt: `w`, and `s` in ms.
///
/// # Errors
/// [`Why::BadClock`] for readings no clock shows.
pub fn check_attempt(wall_now: Option<UnixMillis>, since_start: Option<i64>) -> Result<(), Why> {
    wall_now.map_or(Ok(()), wall)?;
    if since_start.is_some_and(|s| s < 0 || s > duration_max()) {
        Err(Why::BadClock)
    } else {
        Ok(())
    }
}

fn wall(at: UnixMillis) -> Result<(), Why> {
    if (limits::WALL_MS_MIN..=limits::WALL_MS_MAX).contains(&at.as_i64()) {
        Ok(())
    } else {
        Err(Why::BadClock)
    }
}

fn text(text: &str, chars_max: usize) -> Result<(), Why> {
    if text.is_empty() {
        Err(Why::BadLength)
    } else {
        longest(text, chars_max)
    }
}

fn longest(text: &str, chars_max: usize) -> Result<(), Why> {
    // A text of few bytes has few characters: counting is for the rare rest.
    if text.len() <= chars_max || text.chars().count() <= chars_max {
        Ok(())
    } else {
        Err(Why::BadLength)
    }
}

fn texts(pairs: &Pairs<'_, Cow<'_, str>>, keys_max: usize, chars_max: usize) -> Result<(), Why> {
    if pairs.len() > keys_max {
        return Err(Why::TooManyKeys);
    }
    pairs
        .iter()
        .try_for_each(|(key, value)| text(key, chars_max).and_then(|()| longest(value, chars_max)))
}

/// Columns of the warehouse are signed 32-bit.
fn too_wide(number: u32) -> bool {
    i32::try_from(number).is_err()
}

fn is_share(share: f64) -> bool {
    share > 0.0 && share <= 1.0
}

fn duration_max() -> i64 {
    i64::try_from(limits::DURATION_MAX.as_millis()).unwrap_or(i64::MAX)
}

fn measured_ms_max() -> u64 {
    u64::try_from(limits::MEASURED_MAX.as_millis()).unwrap_or(u64::MAX)
}
