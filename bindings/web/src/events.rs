//! What happened on the page: content shown, seen, clicked, played, gone; content served; a goal reached.

#![expect(
    clippy::too_many_arguments,
    reason = "scalars cross the border cheaply, objects don't"
)]

use eyeline_core::{Click, Convert, ImpressionHandle, Money, Visibility};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::clock::now;
use crate::core::Core;
use crate::media::media;
use crate::number::{count, float, whole};
use crate::showing::{Chosen, Custom, Shown, impression, serve};
use crate::text::maybe;

fn handle(imp: f64) -> ImpressionHandle {
    ImpressionHandle::from_number(count(imp))
}

// What the core refuses (consent denied, not in the sample, an impression that has ended) concerns that event alone and is
// counted there: nothing is left to do here.
#[wasm_bindgen]
impl Core {
    /// Content is shown. The impression's number, 0 where it was refused. `position` is -1 and `propensity` NaN where
    /// unknown; `flags` is 1 measurable plus 2 exploration plus 4 video; `rule` is the name of a
    /// rule of the page's own with its visible fraction and ms, or empty; `variant` is the content's form.
    pub fn render(
        &mut self,
        m: f64,
        w: f64,
        content: &str,
        placement: &str,
        position: f64,
        request: &str,
        model: &str,
        propensity: f64,
        flags: u32,
        rule: &str,
        fraction: f64,
        ms: f64,
        variant: &str,
    ) -> f64 {
        let chosen = Chosen {
            position,
            request,
            model,
            propensity,
            flags,
        };
        let shown = Shown {
            variant,
            custom: Custom {
                name: rule,
                fraction,
                ms,
            },
        };
        impression(content, placement, &chosen, &shown)
            .and_then(|shown| self.engine.render(now(m, w), shown).ok())
            .map_or(0.0, |handle| float(handle.number()))
    }

    /// How much of an impression shows from now on: its visible fraction, its whole size in CSS px.
    pub fn visible(&mut self, m: f64, w: f64, imp: f64, fraction: f64, width: f64, height: f64) {
        let visibility = Visibility {
            fraction,
            width,
            height,
        };
        let _ = self.engine.visible(now(m, w), handle(imp), visibility);
    }

    /// An impression was clicked; `target` is host and path.
    pub fn click(&mut self, m: f64, w: f64, imp: f64, trusted: bool, target: &str) {
        let click = Click {
            trusted: Some(trusted),
            target: maybe(target),
        };
        let _ = self.engine.click(now(m, w), handle(imp), click);
    }

    /// An impression's media moved on: start, q25, q50, q75, complete, pause, resume, mute, error or stop, as 0 to 9. Times
    /// are ms; a negative `watched` and an infinite `length` are unknown; `flags` is 1 autoplay plus 2 muted.
    pub fn media(
        &mut self,
        m: f64,
        w: f64,
        imp: f64,
        state: usize,
        position: f64,
        watched: f64,
        length: f64,
        flags: u32,
    ) {
        if let Some(media) = media(state, position, watched, length, flags) {
            let _ = self.engine.media(now(m, w), handle(imp), media);
        }
    }

    /// An impression ends.
    pub fn hide(&mut self, m: f64, w: f64, imp: f64, why: &str) {
        if let Some(why) = maybe(why) {
            let _ = self.engine.hide(now(m, w), handle(imp), &why);
        }
    }

    /// Content was delivered to a placement, whether or not it is ever shown. Arguments as for `render`.
    pub fn serve(
        &mut self,
        m: f64,
        w: f64,
        content: &str,
        placement: &str,
        position: f64,
        request: &str,
        model: &str,
        propensity: f64,
        flags: u32,
    ) {
        let chosen = Chosen {
            position,
            request,
            model,
            propensity,
            flags,
        };
        if let Some(served) = serve(content, placement, &chosen) {
            let _ = self.engine.track(now(m, w), served);
        }
    }

    /// A goal was reached. `value` is in minor units and holds where `currency` is three letters of ISO 4217.
    pub fn convert(&mut self, m: f64, w: f64, goal: &str, value: f64, currency: &str, order: &str) {
        if let Some(goal) = maybe(goal) {
            let mut convert = Convert::new(goal);
            convert.value = Money::new(whole(value), currency).ok();
            convert.order = maybe(order);
            let _ = self.engine.track(now(m, w), convert);
        }
    }
}
