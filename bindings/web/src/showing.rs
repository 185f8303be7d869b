//! What is shown and when it counts as viewable, from scalars.

use eyeline_core::{Impression, Propensity, Rule, Serve};

use crate::number::{count, known, small};
use crate::text::maybe;

/// Bits of a `flags` argument.
const MEASURABLE: u32 = 1;
const EXPLORATION: u32 = 2;
const VIDEO: u32 = 4;

/// What chose the content, as both `render` and `serve` say it.
pub(crate) struct Chosen<'a> {
    /// Below zero: unknown.
    pub(crate) position: f64,
    pub(crate) request: &'a str,
    pub(crate) model: &'a str,
    /// NaN: unknown.
    pub(crate) propensity: f64,
    pub(crate) flags: u32,
}

/// What only an impression has.
pub(crate) struct Shown<'a> {
    /// The form of the content.
    pub(crate) variant: &'a str,
    pub(crate) custom: Custom<'a>,
}

/// An impression; `None` without a valid content and placement.
pub(crate) fn impression(
    content: &str,
    placement: &str,
    chosen: &Chosen<'_>,
    shown: &Shown<'_>,
) -> Option<Impression> {
    let mut impression = Impression::new(maybe(content)?, maybe(placement)?);
    impression.position = known(chosen.position).map(small);
    impression.request = maybe(chosen.request);
    impression.model = maybe(chosen.model);
    impression.propensity = Propensity::new(chosen.propensity).ok();
    impression.measurable = chosen.flags & MEASURABLE != 0;
    impression.exploration = chosen.flags & EXPLORATION != 0;
    impression.variant = maybe(shown.variant);
    impression.rule = rule(&shown.custom, chosen.flags & VIDEO != 0);
    Some(impression)
}

/// A delivery to a placement; `None` without a valid placement.
pub(crate) fn serve(content: &str, placement: &str, chosen: &Chosen<'_>) -> Option<Serve> {
    let mut serve = Serve::new(maybe(placement)?);
    serve.content = maybe(content);
    serve.position = known(chosen.position).map(small);
    serve.request = maybe(chosen.request);
    serve.model = maybe(chosen.model);
    serve.propensity = Propensity::new(chosen.propensity).ok();
    serve.exploration = chosen.flags & EXPLORATION != 0;
    Some(serve)
}

/// A rule of the page's own, by name, fraction and ms; that of the kind of content where it has no name or can't be.
pub(crate) struct Custom<'a> {
    pub(crate) name: &'a str,
    pub(crate) fraction: f64,
    pub(crate) ms: f64,
}

fn rule(custom: &Custom<'_>, video: bool) -> Rule {
    let usual = if video { Rule::Video } else { Rule::Display };
    Rule::custom(custom.name, custom.fraction, count(custom.ms), video).unwrap_or(usual)
}

#[cfg(test)]
mod tests {
    use super::{Chosen, Custom, Shown, impression, rule, serve};
    use eyeline_core::Rule;

    const USUAL: Shown<'_> = Shown {
        variant: "",
        custom: Custom {
            name: "",
            fraction: 0.0,
            ms: 0.0,
        },
    };

    const UNKNOWN: Chosen<'_> = Chosen {
        position: -1.0,
        request: "",
        model: "",
        propensity: f64::NAN,
        flags: 0,
    };

    #[test]
    fn nothing_is_shown_without_content_and_placement() {
        assert!(impression("", "top", &UNKNOWN, &USUAL).is_none());
        assert!(impression("item", "", &UNKNOWN, &USUAL).is_none());
        assert!(serve("item", "", &UNKNOWN).is_none());
        assert!(serve("", "top", &UNKNOWN).unwrap().content.is_none());
    }

    #[test]
    fn what_is_unknown_stays_unknown() {
        let shown = impression("item", "top", &UNKNOWN, &USUAL).unwrap();
        assert_eq!((shown.position, shown.propensity), (None, None));
        assert!(shown.variant.is_none());
        assert!(!shown.measurable && !shown.exploration);
        assert_eq!(shown.rule, Rule::Display);
    }

    #[test]
    fn flags_say_measurable_exploration_and_video() {
        let chosen = Chosen {
            flags: 7,
            position: 0.0,
            ..UNKNOWN
        };
        let shown = impression("item", "top", &chosen, &USUAL).unwrap();
        assert!(shown.measurable && shown.exploration);
        assert_eq!(shown.rule, Rule::Video);
        assert_eq!(shown.position, Some(0));
    }

    #[test]
    fn a_rule_of_the_pages_own_needs_name_fraction_and_time() {
        let house = Custom {
            name: "house",
            fraction: 0.75,
            ms: 1_500.0,
        };
        let expected = Rule::custom("house", 0.75, 1_500, false).unwrap();
        assert_eq!(rule(&house, false), expected);
        let broken = [
            Custom {
                name: "mrc",
                ..house
            },
            Custom {
                fraction: f64::NAN,
                ..house
            },
            Custom { ms: 0.0, ..house },
        ];
        for custom in &broken {
            assert_eq!(rule(custom, false), Rule::Display);
            assert_eq!(rule(custom, true), Rule::Video);
        }
    }
}
