//! What holds for every event of a batch: the batch's context beside the collector's stamp.

use eyeline_core::wire::{Batch, ConsentMode, Extra, Pairs, RawLine, Wire};
use eyeline_core::{ClockReading, Id};

use super::calendar::day_and_hour;
use super::side::Origin;

/// The values that the events of one batch share.
pub(super) struct Context<'a, E> {
    pub(super) batch: &'a Batch<'a, E>,
    pub(super) clock: ClockReading,
    pub(super) received_day: i32,
    pub(super) received_hour: i32,
    pub(super) affiliate: &'a str,
    pub(super) country: Option<&'a str>,
    pub(super) ip: Option<&'a str>,
    pub(super) write_key: &'a str,
    pub(super) attempt: i32,
    pub(super) consent: ConsentMode,
    pub(super) gpc: bool,
    pub(super) visitor_key: i64,
    pub(super) bot: Option<&'static str>,
    /// Unknown keys of the context, as members of a JSON object.
    pub(super) unknown: Vec<u8>,
}

/// The short texts of a batch: identifiers, names, versions.
const FIXED_TEXT_BYTES: usize = 256;

/// The collector's part of a line.
pub(super) type Stamp<'a> = RawLine<'a, ()>;

impl<'a, E> Context<'a, E> {
    /// `key` gives the visitor key of an affiliate's visitor or instance.
    pub(super) fn new(
        stamp: &'a Stamp<'a>,
        batch: &'a Batch<'a, E>,
        bot: Option<&'static str>,
        key: impl FnOnce(&str, Id) -> i64,
    ) -> Self {
        let (received_day, received_hour) = day_and_hour(stamp.received.as_i64());
        let gpc = stamp.gpc || batch.consent.gpc;
        // Where two statements about consent differ, the stricter holds.
        let consent = if gpc {
            ConsentMode::Measure
        } else {
            batch.consent.mode
        };
        let visitor = batch.user.anon.filter(|_| consent == ConsentMode::Full);
        Self {
            batch,
            clock: ClockReading {
                rcv: stamp.received,
                w: stamp.wall,
                s: stamp.since_start,
                t0: batch.t0,
            },
            received_day,
            received_hour,
            affiliate: &stamp.affiliate,
            country: stamp.country.as_deref(),
            ip: stamp.ip.as_deref(),
            write_key: &stamp.key,
            attempt: i32::try_from(stamp.attempt).unwrap_or(i32::MAX),
            consent,
            gpc,
            visitor_key: key(&stamp.affiliate, visitor.unwrap_or(batch.inst)),
            bot,
            unknown: unknown_members(stamp, batch),
        }
    }

    /// About how many bytes of text each event's row repeats from the batch.
    pub(super) fn text_bytes(&self) -> usize {
        let batch = self.batch;
        let experiments = batch.experiments.iter();
        let dimensions = batch.dimensions.iter();
        let pairs = experiments
            .map(|(name, variant)| 2 * (name.len() + variant.len()))
            .chain(dimensions.map(|(name, value)| name.len() + value.len()));
        let page = [&batch.source.page, &batch.source.referrer]
            .map(|text| text.as_deref().map_or(0, str::len));
        self.unknown.len() + pairs.sum::<usize>() + page.iter().sum::<usize>() + FIXED_TEXT_BYTES
    }

    /// Where a refused event of this batch came from.
    pub(super) fn origin(&self) -> Origin<'a> {
        Origin {
            received_ms: Some(self.clock.rcv.as_i64()),
            write_key: Some(self.write_key),
            inst: Some(self.batch.inst),
        }
    }
}

/// A free object as JSON text, or nothing for an empty one.
pub(super) fn json<'a, 'b, T: Wire<'a>>(
    pairs: &Pairs<'a, T>,
    text: &'b mut Vec<u8>,
) -> Option<&'b str> {
    if pairs.is_empty() {
        return None;
    }
    text.clear();
    pairs.write(text);
    std::str::from_utf8(text).ok()
}

/// Unknown keys of the context as members of an object, each object's under its place: `"/line"`, `"/batch"`, `"/batch/src"`, …
fn unknown_members<E>(stamp: &Stamp<'_>, batch: &Batch<'_, E>) -> Vec<u8> {
    let mut out = Vec::new();
    let parts: [(&str, &Extra<'_>); 6] = [
        ("/line", &stamp.extra),
        ("/batch", &batch.extra),
        ("/batch/src", &batch.source.extra),
        ("/batch/dev", &batch.device.extra),
        ("/batch/usr", &batch.user.extra),
        ("/batch/con", &batch.consent.extra),
    ];
    for (place, extra) in parts.into_iter().filter(|(_, extra)| !extra.is_empty()) {
        out.extend_from_slice(if out.is_empty() { b"\"" } else { b",\"" });
        out.extend_from_slice(place.as_bytes());
        out.extend_from_slice(b"\":{");
        extra.write_members(&mut out);
        out.push(b'}');
    }
    out
}
