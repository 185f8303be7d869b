//! Watched impressions: from what a host reports about their views to `viewable`, `dwell`, `click`, `media` and `hide`.

use std::sync::Arc;

use super::Engine;
use super::step::{ImpressionHandle, Refused, Visibility};
use super::wire_bounds;
use crate::app::{
    Click, ContentId, Impression, Label, Media, ModelId, PlacementId, Propensity, RequestId, Target,
};
use crate::viewability::{Happened, ViewState};
use crate::wire::value::fill;
use crate::wire::{Event, Kind};
use crate::{MonoMillis, Now};

#[derive(Debug, Default)]
pub(super) struct Views {
    /// Ascending by impression: one that is new is the last.
    live: Vec<Live>,
    /// When the first of them has to be looked at again.
    due: Option<u64>,
    /// Impressions rendered by this instance.
    rendered: u64,
    active: bool,
    last_activity: Option<u64>,
}

/// Small, so that thousands of them are searched and moved fast.
#[derive(Debug)]
struct Live {
    imp: u64,
    due: Option<u64>,
    view: Box<View>,
}

#[derive(Debug)]
struct View {
    place: Arc<Place>,
    rendered: MonoMillis,
    state: ViewState,
}

/// What every event of an impression repeats, so that none needs another to be understood.
#[derive(Debug, Clone)]
struct Place {
    imp: u64,
    content: ContentId,
    placement: PlacementId,
    position: Option<u32>,
}

impl Views {
    pub(super) fn clear(&mut self) {
        self.live.clear();
        self.due = None;
    }

    pub(super) fn next_due(&self) -> Option<MonoMillis> {
        self.due.map(MonoMillis::from_u64)
    }

    fn position(&self, handle: ImpressionHandle) -> Result<usize, Refused> {
        self.live
            .binary_search_by_key(&handle.0, |live| live.imp)
            .map_err(|_| Refused::UnknownImpression)
    }

    fn view(&self, handle: ImpressionHandle) -> Result<&View, Refused> {
        Ok(&self.live[self.position(handle)?].view)
    }

    /// Notes when the view at `at` falls due, now that it was looked at.
    fn settle(&mut self, at: usize) {
        let live = &mut self.live[at];
        let due = live.view.state.next_due();
        let before = std::mem::replace(&mut live.due, due);
        if before.is_some() && before == self.due {
            self.settle_first();
        } else if due.is_some_and(|due| self.due.is_none_or(|first| due < first)) {
            self.due = due;
        }
    }

    fn settle_first(&mut self) {
        self.due = self.live.iter().filter_map(|live| live.due).min();
    }

    fn take(&mut self, handle: ImpressionHandle) -> Result<Box<View>, Refused> {
        let Live { due, view, .. } = self.live.remove(self.position(handle)?);
        if due.is_some() && due == self.due {
            self.settle_first();
        }
        Ok(view)
    }
}

impl Place {
    #[inline(never)]
    fn event(&self, kind: Kind<'static>) -> Event<'_> {
        let mut event = Event::new(kind, 0, 0);
        event.imp = Some(self.imp);
        fill(&mut event.content, Some(self.content.as_str()));
        fill(&mut event.placement, Some(self.placement.as_str()));
        event.position = self.position.map(wire_bounds::narrow);
        event
    }
}

impl Engine {
    /// Content is shown: records the impression and watches it from here on. Call it once what is shown can be seen, not
    /// when it is prefetched or prerendered.
    ///
    /// # Errors
    /// [`Refused`] says why it was not recorded; then there is nothing to watch.
    pub fn render(
        &mut self,
        now: Now,
        impression: Impression,
    ) -> Result<ImpressionHandle, Refused> {
        let imp = self.views.rendered + 1;
        let place = Place {
            imp,
            content: impression.content,
            placement: impression.placement,
            position: impression.position,
        };
        let mut event = place.event(Kind::Render);
        event.measurable = Some(impression.measurable);
        let (request, model) = (&impression.request, &impression.model);
        fill(&mut event.request, request.as_ref().map(RequestId::as_str));
        fill(&mut event.model, model.as_ref().map(ModelId::as_str));
        let variant = impression.variant.as_ref().map(Label::as_str);
        fill(&mut event.variant, variant);
        event.propensity = impression.propensity.map(Propensity::as_f64);
        event.exploration = Some(impression.exploration);
        self.capture(now, now.mono, &mut event)?;
        drop(event);
        self.views.rendered = imp;
        let mut state = ViewState::new(impression.rule);
        if let Some(activity) = self.views.last_activity {
            state.activity(activity);
        }
        state.focus(now.mono.as_u64(), self.views.active);
        self.views.live.push(Live {
            imp,
            due: None,
            view: Box::new(View {
                place: Arc::new(place),
                rendered: now.mono,
                state,
            }),
        });
        self.views.settle(self.views.live.len() - 1);
        if self.views.live.len() > VIEWS_MAX {
            self.end_idle_view(now, "too_many");
        }
        Ok(ImpressionHandle(imp))
    }

    /// How much of an impression shows from now on.
    ///
    /// # Errors
    /// [`Refused::UnknownImpression`] when it has ended.
    pub fn visible(
        &mut self,
        now: Now,
        handle: ImpressionHandle,
        visibility: Visibility,
    ) -> Result<(), Refused> {
        let Visibility {
            fraction,
            width,
            height,
        } = visibility;
        self.look(now, handle, &mut |state, at| {
            state.report(at, fraction, width, height)
        })
    }

    /// The user did something: touched, scrolled, typed, moved the pointer.
    pub fn activity(&mut self, now: Now) {
        self.views.last_activity = Some(now.mono.as_u64());
        self.look_at_all(now, &mut ViewState::activity);
    }

    /// The app or page is (no longer) in the foreground, on a lit screen, with focus. An engine starts inactive.
    pub fn set_active(&mut self, now: Now, active: bool) {
        self.views.active = active;
        self.look_at_all(now, &mut |state, at| state.focus(at, active));
    }

    /// An impression was clicked or tapped. The event's number within this instance.
    ///
    /// # Errors
    /// [`Refused`] says why it was not recorded.
    pub fn click(
        &mut self,
        now: Now,
        handle: ImpressionHandle,
        click: Click,
    ) -> Result<u64, Refused> {
        self.activity(now);
        let view = self.views.view(handle)?;
        let latency = now.mono.ms_since(view.rendered);
        let place = Arc::clone(&view.place);
        let mut event = place.event(Kind::Click);
        event.latency_ms = Some(wire_bounds::measured(latency));
        event.trusted = click.trusted;
        fill(&mut event.target, click.target.as_ref().map(Target::as_str));
        self.capture(now, now.mono, &mut event)
    }

    /// An impression's audio or video moved on. While it plays, its time is engaged time.
    ///
    /// # Errors
    /// [`Refused`] says why it was not recorded.
    pub fn media(
        &mut self,
        now: Now,
        handle: ImpressionHandle,
        media: Media,
    ) -> Result<u64, Refused> {
        let place = Arc::clone(&self.views.view(handle)?.place);
        if let Some(playing) = media.state.plays() {
            self.look(now, handle, &mut |state, at| state.playing(at, playing))?;
        }
        let mut event = place.event(Kind::Media);
        fill(&mut event.media_state, Some(media.state.as_str()));
        event.media_position_ms = Some(wire_bounds::count(media.position_ms));
        event.media_watched_ms = media.watched_ms.map(wire_bounds::measured);
        event.media_length_ms = media.length_ms.map(wire_bounds::count);
        event.autoplay = media.autoplay;
        event.muted = media.muted;
        self.capture(now, now.mono, &mut event)
    }

    /// An impression ends: its view is unbound, scrolled away for good, or gone. `why` is a word of the host's.
    ///
    /// # Errors
    /// [`Refused`] says why it was not recorded; it has ended all the same.
    pub fn hide(
        &mut self,
        now: Now,
        handle: ImpressionHandle,
        why: &Label,
    ) -> Result<u64, Refused> {
        self.end_view(now, handle, why.as_str())
    }

    fn end_view(&mut self, now: Now, handle: ImpressionHandle, why: &str) -> Result<u64, Refused> {
        let View { place, state, .. } = *self.views.take(handle)?;
        let happened = state.hide(now.mono.as_u64());
        self.tell(now, &place, happened);
        let mut event = place.event(Kind::Hide);
        fill(&mut event.why, Some(why));
        self.capture(now, now.mono, &mut event)
    }

    /// Ends every watched impression.
    pub(super) fn end_views(&mut self, now: Now, why: &str) {
        while !self.views.live.is_empty() {
            self.end_first_view(now, why);
        }
    }

    /// Looks at the views whose moment has come.
    pub(super) fn look_at_due(&mut self, now: Now) {
        let over = |due: Option<u64>| due.is_some_and(|due| due <= now.mono.as_u64());
        if !over(self.views.due) {
            return;
        }
        for at in 0..self.views.live.len() {
            if over(self.views.live[at].due) {
                self.look_at(now, at, &mut ViewState::tick);
                let live = &mut self.views.live[at];
                live.due = live.view.state.next_due();
            }
        }
        self.views.settle_first();
    }

    pub(super) fn views_to_background(&mut self, now: Now) {
        self.views.active = false;
        self.look_at_all(now, &mut ViewState::background);
    }

    fn end_first_view(&mut self, now: Now, why: &str) {
        if let Some(first) = self.views.live.first() {
            // A refusal concerns the session or consent; the impression has ended.
            let _ = self.end_view(now, ImpressionHandle(first.imp), why);
        }
    }

    /// Ends the oldest view of which nothing shows, or else the oldest.
    fn end_idle_view(&mut self, now: Now, why: &str) {
        let live = &self.views.live;
        if let Some(idle) = live.iter().find(|live| live.due.is_none()).or(live.first()) {
            // A refusal concerns the session or consent; the impression has ended.
            let _ = self.end_view(now, ImpressionHandle(idle.imp), why);
        }
    }

    fn look_at_all(&mut self, now: Now, report: Report<'_>) {
        for at in 0..self.views.live.len() {
            self.look_at(now, at, report);
            let live = &mut self.views.live[at];
            live.due = live.view.state.next_due();
        }
        self.views.settle_first();
    }

    fn look(
        &mut self,
        now: Now,
        handle: ImpressionHandle,
        report: Report<'_>,
    ) -> Result<(), Refused> {
        let at = self.views.position(handle)?;
        self.look_at(now, at, report);
        self.views.settle(at);
        Ok(())
    }

    /// Telling what happened ends no view, so those after it stay where they are.
    fn look_at(&mut self, now: Now, at: usize, report: Report<'_>) {
        let view = &mut self.views.live[at].view;
        let happened = report(&mut view.state, now.mono.as_u64());
        if !happened.is_empty() {
            let place = Arc::clone(&view.place);
            self.tell(now, &place, happened);
        }
    }

    /// Records what happened to a view, each at its own moment.
    fn tell(&mut self, now: Now, place: &Place, happened: Vec<Happened>) {
        for happened in &happened {
            let mut event;
            let at = match happened {
                Happened::Viewable { at, rule } => {
                    event = place.event(Kind::Viewable);
                    fill(&mut event.rule, Some(rule));
                    at
                }
                Happened::Dwell { at, dwell } => {
                    event = place.event(Kind::Dwell);
                    event.visible_ms = Some(wire_bounds::measured(dwell.visible_ms));
                    event.engaged_ms = Some(wire_bounds::measured(dwell.engaged_ms));
                    event.max_visible = Some(u32::from(dwell.max_visible_pct));
                    event.times_in_view = Some(dwell.times_in_view);
                    at
                }
            };
            // A refusal (denied, not in the sample) is not this view's fault and needs no undoing.
            let _ = self.capture(now, MonoMillis::from_u64(*at), &mut event);
        }
    }
}

/// What a host reported, put to one view at a moment.
type Report<'a> = &'a mut dyn FnMut(&mut ViewState, u64) -> Vec<Happened>;

/// Ours: a feed that never says what left the screen must not grow without bound, and a page may well hold 10,000 elements;
/// beyond it the oldest impression ends that is not on screen.
const VIEWS_MAX: usize = 16_384;
