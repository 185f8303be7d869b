//! One event: what happened, when, and to which impression.

use std::borrow::Cow;

use super::json::write_text;
use super::object::object;
use super::value::Wire;
use crate::Id;

object! {
    /// One event. Which fields a kind carries is said at each; a field of another kind is not an error.
    #[derive(Clone, Debug, PartialEq)]
    pub Event<'a> {
        /// `k`: what happened.
        kind "k": Kind<'a>,
        /// `n`: the event's number within its instance, from 1 without gaps.
        n "n": u64,
        /// `dt`: ms since the batch's `t0`, on a clock that runs through sleep.
        dt "dt": i64,
        /// `imp`: number of the impression within the instance. With `inst` it is the impression's key.
        imp "imp": Option<u64>,
        /// `c`: the content shown.
        content "c": Option<Cow<'a, str>>,
        /// `pl`: the placement it was shown in.
        placement "pl": Option<Cow<'a, str>>,
        /// `pos`: its position in the placement, from 1.
        position "pos": Option<u32>,
        /// `ms`: whether viewability could be measured (`render`).
        measurable "ms": Option<bool>,
        /// `req`: the request that returned the slate (`serve`, `render`).
        request "req": Option<Cow<'a, str>>,
        /// `m`: the model that chose the content, as `model@version` (`serve`, `render`).
        model "m": Option<Cow<'a, str>>,
        /// `p`: the probability with which the model showed this content here, above 0 and at most 1 (`render`).
        propensity "p": Option<f64>,
        /// `x`: the content was shown to explore (`render`).
        exploration "x": Option<bool>,
        /// `var`: which form of the content was shown (`render`).
        variant "var": Option<Cow<'a, str>>,
        /// `rule`: the viewability rule that was met (`viewable`).
        rule "rule": Option<Cow<'a, str>>,
        /// `vis`: visible ms so far (`dwell`).
        visible_ms "vis": Option<u64>,
        /// `eng`: engaged ms so far (`dwell`).
        engaged_ms "eng": Option<u64>,
        /// `mx`: largest visible share so far, in percent (`dwell`).
        max_visible "mx": Option<u32>,
        /// `tiv`: times in view so far (`dwell`).
        times_in_view "tiv": Option<u32>,
        /// `lat`: ms from the render to the click (`click`).
        latency_ms "lat": Option<u64>,
        /// `tr`: the browser says a person did it (`click`).
        trusted "tr": Option<bool>,
        /// `tg`: where the click leads, host and path (`click`).
        target "tg": Option<Cow<'a, str>>,
        /// `st`: `start`, `q25`, `q50`, `q75`, `complete`, `pause`, `resume`, `mute`, `error`, `stop` (`media`).
        media_state "st": Option<Cow<'a, str>>,
        /// `mp`: position in the media, in ms (`media`).
        media_position_ms "mp": Option<u64>,
        /// `mw`: watched so far, in ms (`media`).
        media_watched_ms "mw": Option<u64>,
        /// `ml`: length of the media, in ms (`media`).
        media_length_ms "ml": Option<u64>,
        /// `au`: it started by itself (`media`).
        autoplay "au": Option<bool>,
        /// `mu`: it is muted (`media`).
        muted "mu": Option<bool>,
        /// `why`: the reason (`hide`, `consent`, `sdk`).
        why "why": Option<Cow<'a, str>>,
        /// `goal`: what was reached (`convert`).
        goal "goal": Option<Cow<'a, str>>,
        /// `val`: its worth in minor units of the currency (`convert`).
        value "val": Option<i64>,
        /// `cur`: ISO 4217 currency code (`convert`).
        currency "cur": Option<Cow<'a, str>>,
        /// `oid`: the order (`convert`).
        order "oid": Option<Cow<'a, str>>,
        /// `lost`: events of other instances that are gone for good (`sdk`).
        lost "lost": Vec<Lost<'a>>,
    }
}

object! {
    /// Events of another instance that its successor found lost: numbers `from` to `to`, both included.
    #[derive(Clone, Debug, PartialEq)]
    pub Lost<'a> {
        /// `inst`: the instance that captured them.
        inst "inst": Id,
        /// `from`: the first lost number.
        from "from": u64,
        /// `to`: the last lost number.
        to "to": u64,
        /// `why`: the reason, as in the batch's `loss`.
        why "why": Cow<'a, str>,
    }
}

impl<'a> Event<'a> {
    /// An event with nothing said but its kind, number and time.
    #[must_use]
    pub fn new(kind: Kind<'a>, n: u64, dt: i64) -> Self {
        Self {
            kind,
            n,
            dt,
            imp: None,
            content: None,
            placement: None,
            position: None,
            measurable: None,
            request: None,
            model: None,
            propensity: None,
            exploration: None,
            variant: None,
            rule: None,
            visible_ms: None,
            engaged_ms: None,
            max_visible: None,
            times_in_view: None,
            latency_ms: None,
            trusted: None,
            target: None,
            media_state: None,
            media_position_ms: None,
            media_watched_ms: None,
            media_length_ms: None,
            autoplay: None,
            muted: None,
            why: None,
            goal: None,
            value: None,
            currency: None,
            order: None,
            lost: Vec::new(),
            extra: super::Extra::default(),
        }
    }

    /// Appends the event as it stands in a batch.
    pub fn encode(&self, out: &mut Vec<u8>) {
        self.write(out);
    }
}

/// What happened. A kind this version does not know is kept by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A slate of content was handed to the page.
    Serve,
    /// Content was rendered: the impression.
    Render,
    /// The viewability rule was met; once an impression.
    Viewable,
    /// A snapshot of cumulative visible and engaged time.
    Dwell,
    /// The content was clicked or tapped.
    Click,
    /// Playback of audio or video.
    Media,
    /// The content left the screen for good.
    Hide,
    /// A goal was reached.
    Convert,
    /// A page or screen was opened.
    Page,
    /// Consent changed.
    Consent,
    /// The SDK's own health.
    Sdk,
    /// A kind of a later version.
    Other(Cow<'a, str>),
}

impl<'a> Kind<'a> {
    /// The kind's name on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Serve => "serve",
            Self::Render => "render",
            Self::Viewable => "viewable",
            Self::Dwell => "dwell",
            Self::Click => "click",
            Self::Media => "media",
            Self::Hide => "hide",
            Self::Convert => "convert",
            Self::Page => "page",
            Self::Consent => "consent",
            Self::Sdk => "sdk",
            Self::Other(name) => name,
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: Cow<'a, str>) -> Self {
        match &*name {
            "serve" => Self::Serve,
            "render" => Self::Render,
            "viewable" => Self::Viewable,
            "dwell" => Self::Dwell,
            "click" => Self::Click,
            "media" => Self::Media,
            "hide" => Self::Hide,
            "convert" => Self::Convert,
            "page" => Self::Page,
            "consent" => Self::Consent,
            "sdk" => Self::Sdk,
            _ => Self::Other(name),
        }
    }
}

impl<'de> Wire<'de> for Kind<'de> {
    #[cfg(feature = "decode")]
    fn read<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Cow::read(from).map(Self::named)
    }
    #[cfg(feature = "decode")]
    fn plain(from: &mut super::plain::Plain<'de>) -> Result<Self, super::plain::NotPlain> {
        Cow::plain(from).map(Self::named)
    }
    fn write(&self, out: &mut Vec<u8>) {
        write_text(self.as_str(), out);
    }
}
