//! Page, device, experiments and dimensions: a change closes the batch, because the context stands in it once.

use std::sync::Arc;

use super::Engine;
use super::context::Context;
use super::step::Refused;
use crate::Now;
use crate::app::{Device, Page, Pairs};
use crate::wire::{Event, Kind};

impl Engine {
    /// A page or screen is shown: ends what was watched on the one before and records a page view.
    ///
    /// # Errors
    /// [`Refused`] says why the page view was not recorded; the page holds for later events all the same.
    pub fn set_page(&mut self, now: Now, page: Page) -> Result<u64, Refused> {
        self.end_views(now, "navigation");
        self.change_context(now, &mut |context| {
            let before = std::mem::replace(&mut context.page, page.clone());
            if context.page.site.is_none() {
                context.page.site = before.site;
            }
            context.page_view = context.page_view.saturating_add(1);
        });
        self.capture(now, now.mono, &mut Event::new(Kind::Page, 0, 0))
    }

    /// The device as it is now: turned, resized, its language changed.
    pub fn set_device(&mut self, now: Now, device: Device) {
        self.change_context(now, &mut |context| context.device = device.clone());
    }

    /// The variants of running experiments. See [`Pairs::experiments`].
    pub fn set_experiments(&mut self, now: Now, experiments: Pairs) {
        self.change_context(now, &mut |context| {
            context.experiments = experiments.clone();
        });
    }

    /// Custom dimensions. See [`Pairs::dimensions`].
    pub fn set_dimensions(&mut self, now: Now, dimensions: Pairs) {
        self.change_context(now, &mut |context| context.dimensions = dimensions.clone());
    }

    /// Closes the open batch if the change makes a difference.
    pub(super) fn change_context(&mut self, now: Now, change: &mut dyn FnMut(&mut Context)) {
        let mut context = Context::clone(&self.context);
        change(&mut context);
        if context != *self.context {
            self.close_open(now);
            self.context = Arc::new(context);
            self.keep_bounds();
        }
    }
}
