//! Content and what people do with it: impressions, rules, clicks, serves, conversions.

use eyeline_core as core;

use crate::invalid::Invalid;

/// One piece of content shown at one place: what, where, and what chose it.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Impression {
    /// What is shown: the id of an item, article or creative. 1 to 128 characters.
    pub content: String,
    /// Where it is shown: a placement of the screen. 1 to 128 characters.
    pub placement: String,
    /// Position within the placement, counted from 1.
    #[uniffi(default)]
    pub position: Option<u32>,
    /// Whether visibility can be measured here. `false` keeps it out of the viewable rate.
    #[uniffi(default = true)]
    pub measurable: bool,
    /// The ranking request (slate) that chose it. At most 128 characters.
    #[uniffi(default)]
    pub request: Option<String>,
    /// The model and its version that chose it, such as `bts@47`. At most 128 characters.
    #[uniffi(default)]
    pub model: Option<String>,
    /// The probability with which it was chosen for this position: above 0, at most 1.
    #[uniffi(default)]
    pub propensity: Option<f64>,
    /// Whether it was chosen at random in order to learn.
    #[uniffi(default)]
    pub exploration: bool,
    /// Which form of the content is shown, where it has several. At most 64 characters.
    #[uniffi(default)]
    pub variant: Option<String>,
    /// When it counts as viewable. The display rule unless told.
    #[uniffi(default)]
    pub rule: Option<Rule>,
}

/// When an impression counts as viewable (MRC Viewable Ad Impression Measurement Guidelines).
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum Rule {
    /// At least 50 % of the pixels for one continuous second; 30 % for large views (242,500 square dp or pt, or more).
    Display,
    /// At least 50 % of the pixels for two continuous seconds of playing.
    Video,
    /// A rule of the app's own.
    Custom {
        /// The rule.
        rule: CustomRule,
    },
}

/// A rule of the app's own.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct CustomRule {
    /// Names it on the wire: 1 to 32 characters of a-z, 0-9 and `_`, not beginning with `mrc`.
    pub name: String,
    /// The share of the view that must show: above 0, at most 1.
    pub fraction: f64,
    /// For how long without a break, in ms.
    pub for_ms: u64,
    /// Whether its media must be playing meanwhile.
    #[uniffi(default)]
    pub playing: bool,
}

/// A tap or click on an impression.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct Click {
    /// Whether the platform says a person made it; absent where it can't say.
    #[uniffi(default)]
    pub trusted: Option<bool>,
    /// Host and path it leads to, without query. At most 512 characters.
    #[uniffi(default)]
    pub target: Option<String>,
}

/// Content delivered to a placement, whether or not it is ever shown.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Serve {
    /// The placement it was delivered for. 1 to 128 characters.
    pub placement: String,
    /// What was delivered; absent for the slate as a whole.
    #[uniffi(default)]
    pub content: Option<String>,
    /// Position within the placement, counted from 1.
    #[uniffi(default)]
    pub position: Option<u32>,
    /// The ranking request.
    #[uniffi(default)]
    pub request: Option<String>,
    /// The model that chose it.
    #[uniffi(default)]
    pub model: Option<String>,
    /// The probability with which it was chosen for this position: above 0, at most 1.
    #[uniffi(default)]
    pub propensity: Option<f64>,
    /// Whether it was chosen at random in order to learn.
    #[uniffi(default)]
    pub exploration: bool,
}

/// The visitor did what the content was meant to bring about.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Convert {
    /// What was reached, such as `purchase`. 1 to 128 characters.
    pub goal: String,
    /// What it is worth.
    #[uniffi(default)]
    pub value: Option<Money>,
    /// The order's number, so that one reported twice counts once.
    #[uniffi(default)]
    pub order: Option<String>,
    /// The content it is put down to, where the app knows.
    #[uniffi(default)]
    pub content: Option<String>,
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Money {
    /// In minor units: cents, yen. Within ±10^12.
    pub minor_units: i64,
    /// Three capital letters of ISO 4217.
    pub currency: String,
}

impl TryFrom<Impression> for core::Impression {
    type Error = Invalid;

    fn try_from(from: Impression) -> Result<Self, Invalid> {
        let content = core::ContentId::new(from.content).map_err(Invalid::of)?;
        let placement = core::PlacementId::new(from.placement).map_err(Invalid::of)?;
        Ok(core::Impression {
            position: from.position,
            measurable: from.measurable,
            request: optional(from.request, core::RequestId::new)?,
            model: optional(from.model, core::ModelId::new)?,
            propensity: optional(from.propensity, core::Propensity::new)?,
            exploration: from.exploration,
            variant: optional(from.variant, core::Label::new)?,
            rule: from
                .rule
                .map_or(Ok(core::Rule::Display), TryInto::try_into)?,
            ..core::Impression::new(content, placement)
        })
    }
}

impl TryFrom<Rule> for core::Rule {
    type Error = Invalid;

    fn try_from(from: Rule) -> Result<Self, Invalid> {
        match from {
            Rule::Display => Ok(core::Rule::Display),
            Rule::Video => Ok(core::Rule::Video),
            Rule::Custom { rule } => {
                core::Rule::custom(&rule.name, rule.fraction, rule.for_ms, rule.playing)
                    .map_err(Invalid::of)
            }
        }
    }
}

impl TryFrom<Click> for core::Click {
    type Error = Invalid;

    fn try_from(from: Click) -> Result<Self, Invalid> {
        Ok(core::Click {
            trusted: from.trusted,
            target: optional(from.target, core::Target::new)?,
        })
    }
}

impl TryFrom<Serve> for core::Serve {
    type Error = Invalid;

    fn try_from(from: Serve) -> Result<Self, Invalid> {
        Ok(core::Serve {
            content: optional(from.content, core::ContentId::new)?,
            position: from.position,
            request: optional(from.request, core::RequestId::new)?,
            model: optional(from.model, core::ModelId::new)?,
            propensity: optional(from.propensity, core::Propensity::new)?,
            exploration: from.exploration,
            ..core::Serve::new(core::PlacementId::new(from.placement).map_err(Invalid::of)?)
        })
    }
}

impl TryFrom<Convert> for core::Convert {
    type Error = Invalid;

    fn try_from(from: Convert) -> Result<Self, Invalid> {
        let money = |value: Money| core::Money::new(value.minor_units, &value.currency);
        Ok(core::Convert {
            value: optional(from.value, money)?,
            order: optional(from.order, core::OrderId::new)?,
            content: optional(from.content, core::ContentId::new)?,
            ..core::Convert::new(core::Goal::new(from.goal).map_err(Invalid::of)?)
        })
    }
}

/// Checks what was given, if it was.
pub(super) fn optional<A, B, E: std::fmt::Display>(
    value: Option<A>,
    check: impl FnOnce(A) -> Result<B, E>,
) -> Result<Option<B>, Invalid> {
    value.map(check).transpose().map_err(Invalid::of)
}
