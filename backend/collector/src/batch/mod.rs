//! Judges one batch: the whole of it, then each event alone, and writes the lines it becomes. Pure: no clock, no I/O.
mod events;
mod refused;

use std::borrow::Cow;

use bytes::Bytes;
use eyeline_core::UnixMillis;
use eyeline_core::wire::{
    ConsentMode, Encoded, Envelope, Extra, RawLine, Sent, Why, check_attempt,
};

use crate::keys::WriteKey;
use events::take_bad;
pub(crate) use refused::Refused;
use refused::{bad_line, refuse, refuse_unread};

/// What the collector itself knows of a request. None of it comes from the batch.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) received: UnixMillis,
    pub(crate) network: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) privacy_control: bool,
    /// The client's wall clock at the attempt.
    pub(crate) wall: Option<UnixMillis>,
    /// Its milliseconds since `t0` at the attempt.
    pub(crate) since_start: Option<i64>,
    pub(crate) attempt: u32,
}

/// A batch that was taken, in part at least.
#[derive(Debug)]
pub(crate) struct Accepted<'b> {
    /// The raw line, and a bad line where events were refused.
    pub(crate) lines: Bytes,
    pub(crate) affiliate: String,
    pub(crate) inst: eyeline_core::Id,
    /// Events taken, as sent.
    pub(crate) kept: Vec<Sent<'b>>,
    pub(crate) rejected: Vec<(Option<u64>, Why)>,
}

/// Judges `body`, the batch as sent, unpacked.
pub(crate) fn judge<'b>(
    body: &'b [u8],
    stamp: &Stamp,
    key: &WriteKey,
) -> Result<Accepted<'b>, Refused> {
    let mut envelope =
        Envelope::open(body).map_err(|error| refuse_unread(&error, body, stamp, key))?;
    let whole = envelope
        .check()
        .and_then(|()| check_attempt(stamp.wall, stamp.since_start));
    if let Err(why) = whole {
        return Err(refuse(why, &envelope, stamp, key));
    }
    if !key.may_send_for(&envelope.source.affiliate) {
        return Err(refuse(Why::WrongAffiliate, &envelope, stamp, key));
    }
    let bad = take_bad(&mut envelope, stamp);
    let rejected = bad.iter().map(|event| (event.n, event.why)).collect();
    let rewritten = rewritten(&mut envelope, bad.is_empty(), stamp.privacy_control);
    let affiliate = envelope.source.affiliate.into_owned();
    let line = RawLine {
        received: stamp.received,
        affiliate: Cow::Borrowed(&*affiliate),
        ip: stamp.network.as_deref().map(Cow::Borrowed),
        country: stamp.country.as_deref().map(Cow::Borrowed),
        user_agent: stamp.user_agent.as_deref().map(Cow::Borrowed),
        gpc: stamp.privacy_control,
        key: Cow::Borrowed(&*key.key),
        wall: stamp.wall,
        since_start: stamp.since_start,
        attempt: stamp.attempt,
        batch: Encoded(rewritten.as_deref().unwrap_or(body)),
        extra: Extra::default(),
    };
    let mut lines = line.encode();
    if !bad.is_empty() {
        lines.extend(bad_line(bad, stamp, key));
    }
    Ok(Accepted {
        lines: lines.into(),
        affiliate,
        inst: envelope.inst,
        kept: envelope.events,
        rejected,
    })
}

/// The batch written anew, or `None` where the bytes as sent may stand.
fn rewritten(batch: &mut Envelope<'_>, all_kept: bool, privacy_control: bool) -> Option<Vec<u8>> {
    let consent = &batch.consent;
    // Where copies differ the stricter wins: the header, the flag, the mode, or an audience of children.
    let measure_only =
        privacy_control || consent.gpc || consent.coppa || consent.mode == ConsentMode::Measure;
    let remove_id =
        measure_only && (batch.user.anon.is_some() || consent.mode == ConsentMode::Full);
    if all_kept && !remove_id {
        return None;
    }
    if remove_id {
        batch.user.anon = None;
        batch.consent.mode = ConsentMode::Measure;
        batch.consent.gpc |= privacy_control;
    }
    Some(batch.encode())
}
