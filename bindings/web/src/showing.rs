//! What is shown and when it counts as viewable, from a call's values.

use std::str::FromStr;

use eyeline_core::{Impression, Propensity, Rule, Serve};

use crate::message::Said;
use crate::number::{count, known, small};

/// Bits of a `flags` argument.
const MEASURABLE: u32 = 1;
const EXPLORATION: u32 = 2;
const VIDEO: u32 = 4;

/// What chose the content, as both a render and a serve say it.
struct Chosen<'a> {
    content: &'a str,
    placement: &'a str,
    position: Option<u32>,
    request: &'a str,
    model: &'a str,
    propensity: Option<Propensity>,
    flags: u32,
}

/// Content, placement, position (below zero: unknown), request, model, propensity (NaN: unknown), flags.
fn chosen<'a>(said: &mut Said<'a>) -> Chosen<'a> {
    Chosen {
        content: said.text(),
        placement: said.text(),
        position: known(said.number()).map(small),
        request: said.text(),
        model: said.text(),
        propensity: Propensity::new(said.number()).ok(),
        flags: small(said.number()),
    }
}

/// An impression: what chose it, its rule's name, fraction and ms, its variant. `None` without a valid content and placement.
pub(crate) fn impression(said: &mut Said<'_>) -> Option<Impression> {
    let chosen = chosen(said);
    let mut impression = Impression::new(maybe(chosen.content)?, maybe(chosen.placement)?);
    impression.position = chosen.position;
    impression.request = maybe(chosen.request);
    impression.model = maybe(chosen.model);
    impression.propensity = chosen.propensity;
    impression.measurable = chosen.flags & MEASURABLE != 0;
    impression.exploration = chosen.flags & EXPLORATION != 0;
    impression.rule = rule(said, chosen.flags & VIDEO != 0);
    impression.variant = said.checked();
    Some(impression)
}

/// A delivery to a placement; `None` without a valid placement.
pub(crate) fn serve(said: &mut Said<'_>) -> Option<Serve> {
    let chosen = chosen(said);
    let mut serve = Serve::new(maybe(chosen.placement)?);
    serve.content = maybe(chosen.content);
    serve.position = chosen.position;
    serve.request = maybe(chosen.request);
    serve.model = maybe(chosen.model);
    serve.propensity = chosen.propensity;
    serve.exploration = chosen.flags & EXPLORATION != 0;
    Some(serve)
}

/// A rule of the page's own, by name, fraction and ms; that of the kind of content where it has no name or can't be.
fn rule(said: &mut Said<'_>, video: bool) -> Rule {
    let usual = if video { Rule::Video } else { Rule::Display };
    let (name, fraction, ms) = (said.text(), said.number(), count(said.number()));
    Rule::custom(name, fraction, ms, video).unwrap_or(usual)
}

fn maybe<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use crate::message::Said;
    use crate::message::tests::{
        Value::{self, N, T},
        said,
    };
    use eyeline_core::{Impression, Rule, Serve};

    /// What chose the content, with nothing known but these.
    fn chosen<'a>(
        content: &'a str,
        placement: &'a str,
        position: f64,
        flags: f64,
    ) -> Vec<Value<'a>> {
        let (request, model, propensity) = (T(""), T(""), N(f64::NAN));
        vec![
            T(content),
            T(placement),
            N(position),
            request,
            model,
            propensity,
            N(flags),
        ]
    }

    fn impression(values: &[Value<'_>]) -> Option<Impression> {
        super::impression(&mut Said::new(&said(values)))
    }

    fn serve(content: &str, placement: &str) -> Option<Serve> {
        super::serve(&mut Said::new(&said(&chosen(
            content, placement, -1.0, 0.0,
        ))))
    }

    #[test]
    fn nothing_is_shown_without_content_and_placement() {
        assert!(impression(&chosen("", "top", -1.0, 0.0)).is_none());
        assert!(impression(&chosen("item", "", -1.0, 0.0)).is_none());
        assert!(serve("item", "").is_none());
        assert!(serve("", "top").unwrap().content.is_none());
    }

    #[test]
    fn what_is_unknown_stays_unknown() {
        let shown = impression(&chosen("item", "top", -1.0, 0.0)).unwrap();
        assert_eq!((shown.position, shown.propensity), (None, None));
        assert!(shown.variant.is_none());
        assert!(!shown.measurable && !shown.exploration);
        assert_eq!(shown.rule, Rule::Display);
    }

    #[test]
    fn flags_say_measurable_exploration_and_video() {
        let shown = impression(&chosen("item", "top", 0.0, 7.0)).unwrap();
        assert!(shown.measurable && shown.exploration);
        assert_eq!(shown.rule, Rule::Video);
        assert_eq!(shown.position, Some(0));
    }

    #[test]
    fn a_rule_of_the_pages_own_needs_name_fraction_and_time() {
        let rule = |name, fraction, ms, video| {
            super::rule(&mut Said::new(&said(&[T(name), N(fraction), N(ms)])), video)
        };
        let expected = Rule::custom("house", 0.75, 1_500, false).unwrap();
        assert_eq!(rule("house", 0.75, 1_500.0, false), expected);
        for (name, fraction, ms) in [
            ("mrc", 0.75, 1_500.0),
            ("house", f64::NAN, 1_500.0),
            ("house", 0.75, 0.0),
        ] {
            assert_eq!(rule(name, fraction, ms, false), Rule::Display);
            assert_eq!(rule(name, fraction, ms, true), Rule::Video);
        }
    }
}
