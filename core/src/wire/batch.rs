//! One batch: the context that holds for all of its events, and the events.

use std::borrow::Cow;

use super::object::object;
use super::value::Wire;
use super::{Event, Pairs};
use crate::{Id, UnixMillis, limits};

object! {
    /// One batch (DESIGN: wire contract v1). `E` is how its events are held: typed ([`Event`]), as sent
    /// ([`Envelope`](super::Envelope)) or already encoded ([`Encoded`]).
    #[derive(Clone, Debug, PartialEq)]
    pub Batch<'a, E = Event<'a>> {
        /// `v`: wire version, MODEL-REVISION-ADDITION; [`limits::WIRE_VERSION`].
        version "v": Cow<'a, str>,
        /// `inst`: one start of the SDK. With an event's `n` it is the event's key.
        inst "inst": Id,
        /// `bn`: number of the batch within its instance; a label only.
        batch_number "bn": u64,
        /// `sdk`: name and version of the SDK, as `web/1.0.0`.
        sdk "sdk": Cow<'a, str>,
        /// `t0`: wall time at which the instance started.
        t0 "t0": UnixMillis,
        /// `src`: where the events happened.
        source "src": Source<'a>,
        /// `dev`: the device.
        device "dev": Device<'a>,
        /// `usr`: visitor and session.
        user "usr": User<'a>,
        /// `con`: what the visitor allowed.
        consent "con": Consent<'a>,
        /// `exp`: experiment → variant.
        experiments "exp": Pairs<'a, Cow<'a, str>>,
        /// `sr`: share of sessions that are measured, above 0 and at most 1; absent means 1.
        sampling_rate "sr": Option<f64>,
        /// `dim`: the host's own dimensions.
        dimensions "dim": Pairs<'a, Cow<'a, str>>,
        /// `loss`: cumulative counts of this instance: `cap` captured events, then lost ones by reason.
        loss "loss": Pairs<'a, u64>,
        /// `prev`: the instance before this one on the same device.
        previous "prev": Option<Previous<'a>>,
        /// `ev`: the events.
        events "ev" required: Vec<E>,
    }
}

object! {
    /// Where events happened.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub Source<'a> {
        /// `aff`: the affiliate, as the operator names it.
        affiliate "aff": Cow<'a, str>,
        /// `site`: host name or app id.
        site "site": Option<Cow<'a, str>>,
        /// `page`: path or screen name, without query.
        page "page": Option<Cow<'a, str>>,
        /// `ref`: host name of the referring page.
        referrer "ref": Option<Cow<'a, str>>,
        /// `pv`: number of the page view within the instance, from 1.
        page_view "pv": Option<u32>,
    }
}

object! {
    /// The device, as far as it is needed to read the figures.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub Device<'a> optional {
        /// `cls`: `phone`, `tablet`, `desktop`, `tv` or another word.
        class "cls": Option<Cow<'a, str>>,
        /// `os`: system and version.
        os "os": Option<Cow<'a, str>>,
        /// `lang`: BCP 47 language tag.
        language "lang": Option<Cow<'a, str>>,
        /// `tz`: minutes east of UTC.
        tz "tz": Option<i64>,
        /// `vw`: width of the viewport in CSS px, dp or pt.
        width "vw": Option<u32>,
        /// `vh`: height of the viewport in CSS px, dp or pt.
        height "vh": Option<u32>,
    }
}

object! {
    /// Visitor and session.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub User<'a> optional {
        /// `anon`: the visitor, per affiliate; absent when only measuring.
        anon "anon": Option<Id>,
        /// `sid`: the session.
        sid "sid": Option<Id>,
        /// `sn`: number of the session of this visitor, from 1.
        session_number "sn": Option<u32>,
    }
}

object! {
    /// What the visitor allowed.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub Consent<'a> {
        /// `mode`: how far measuring may go.
        mode "mode": ConsentMode,
        /// `gpc`: the browser asked not to be tracked (Global Privacy Control).
        gpc "gpc": bool,
        /// `coppa`: the audience are children.
        coppa "coppa": bool,
    }
}

object! {
    /// The instance before this one, so that a lost tail shows.
    #[derive(Clone, Debug, PartialEq)]
    pub Previous<'a> {
        /// `inst`: its id.
        inst "inst": Id,
        /// `cap`: the last count of captured events it stored.
        captured "cap": u64,
    }
}

/// How far measuring may go. Without consent nothing is sent, so it has no place on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConsentMode {
    /// Everything this contract names.
    Full,
    /// No visitor id.
    #[default]
    Measure,
}

impl ConsentMode {
    /// `full` or `measure`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Measure => "measure",
        }
    }
}

impl<'de> Wire<'de> for ConsentMode {
    #[cfg(feature = "decode")]
    fn read<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        use serde::de::{Error, Unexpected};
        match &*Cow::read(from)? {
            "full" => Ok(Self::Full),
            "measure" => Ok(Self::Measure),
            _ => Err(D::Error::invalid_value(
                Unexpected::Other("text"),
                &"full or measure",
            )),
        }
    }
    #[cfg(feature = "decode")]
    fn plain(from: &mut super::plain::Plain<'de>) -> Result<Self, super::plain::NotPlain> {
        match from.string()? {
            "full" => Ok(Self::Full),
            "measure" => Ok(Self::Measure),
            _ => Err(super::plain::NotPlain),
        }
    }
    fn write(&self, out: &mut Vec<u8>) {
        super::json::write_text(self.as_str(), out);
    }
}

impl<'a> Batch<'a> {
    /// A batch of this instance with nothing in it yet.
    #[must_use]
    pub fn new(
        inst: Id,
        batch_number: u64,
        sdk: impl Into<Cow<'a, str>>,
        t0: UnixMillis,
        affiliate: impl Into<Cow<'a, str>>,
    ) -> Self {
        Self::empty(inst, batch_number, sdk.into(), t0, affiliate.into())
    }
}

impl<'a, E> Batch<'a, E> {
    /// [`Batch::new`] for any kind of event.
    pub(crate) fn empty(
        inst: Id,
        batch_number: u64,
        sdk: Cow<'a, str>,
        t0: UnixMillis,
        affiliate: Cow<'a, str>,
    ) -> Self {
        Self {
            version: Cow::Borrowed(limits::WIRE_VERSION),
            inst,
            batch_number,
            sdk,
            t0,
            source: Source {
                affiliate,
                ..Source::default()
            },
            device: Device::default(),
            user: User::default(),
            consent: Consent::default(),
            experiments: Pairs::default(),
            sampling_rate: None,
            dimensions: Pairs::default(),
            loss: Pairs::default(),
            previous: None,
            events: Vec::new(),
            extra: super::Extra::default(),
        }
    }

    /// The same context around other events: encoded ones that were kept apart, or those left after some were refused.
    #[must_use]
    pub fn with_events<F>(self, events: Vec<F>) -> Batch<'a, F> {
        Batch {
            version: self.version,
            inst: self.inst,
            batch_number: self.batch_number,
            sdk: self.sdk,
            t0: self.t0,
            source: self.source,
            device: self.device,
            user: self.user,
            consent: self.consent,
            experiments: self.experiments,
            sampling_rate: self.sampling_rate,
            dimensions: self.dimensions,
            loss: self.loss,
            previous: self.previous,
            events,
            extra: self.extra,
        }
    }
}

impl<'a, E: Wire<'a>> Batch<'a, E> {
    /// The batch as it is sent, before compression.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(512 + 128 * self.events.len());
        self.write(&mut out);
        out
    }
}

/// An event encoded earlier with [`Event::encode`](super::Event::encode): batches are glued from these without parsing them again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoded<'a>(pub &'a [u8]);

impl<'de> Wire<'de> for Encoded<'de> {
    #[cfg(feature = "decode")]
    fn read<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw: &'de serde_json::value::RawValue = serde::Deserialize::deserialize(from)?;
        Ok(Self(raw.get().as_bytes()))
    }
    #[cfg(feature = "decode")]
    fn plain(_: &mut super::plain::Plain<'de>) -> Result<Self, super::plain::NotPlain> {
        Err(super::plain::NotPlain)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0);
    }
}
