//! Watched impressions: from what a host reports about their views to `viewable`, `dwell`, `click`, `media` and `hide`.

use std::collections::{BTreeMap, BTreeSet};

use super::Engine;
use super::step::{ImpressionHandle, Refused, Visibility};
use super::wire_bounds;
use crate::app::{Click, ContentId, Impression, Label, Media, PlacementId, Propensity};
use crate::viewability::{Happened, ViewState};
use crate::wire::{Event, Kind};
use crate::{MonoMillis, Now};

#[derive(Debug, Default)]
pub(super) struct Views {
    live: BTreeMap<u64, View>,
    /// When which view has to be looked at again.
    due: BTreeSet<(u64, u64)>,
    /// Impressions rendered by this instance.
    rendered: u64,
    active: bool,
    last_activity: Option<u64>,
}

#[derive(Debug)]
struct View {
    place: Place,
    rendered: MonoMillis,
    state: ViewState,
    due: Option<u64>,
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
        self.due.clear();
    }

    pub(super) fn next_due(&self) -> Option<MonoMillis> {
        self.due.first().map(|(due, _)| MonoMillis::from_u64(*due))
    }

    fn settle(&mut self, imp: u64) {
        let Some(view) = self.live.get_mut(&imp) else {
            return;
        };
        let due = view.state.next_due();
        if due != view.due {
            if let Some(before) = std::mem::replace(&mut view.due, due) {
                self.due.remove(&(before, imp));
            }
            self.due.extend(due.map(|due| (due, imp)));
        }
    }

    fn take(&mut self, imp: u64) -> Option<View> {
        let view = self.live.remove(&imp)?;
        if let Some(due) = view.due {
            self.due.remove(&(due, imp));
        }
        Some(view)
    }
}

impl Place {
    fn event(&self, kind: Kind<'static>) -> Event<'_> {
        Event {
            imp: Some(self.imp),
            content: Some(self.content.as_str().into()),
            placement: Some(self.placement.as_str().into()),
            position: self.position.map(wire_bounds::narrow),
            ..Event::new(kind, 0, 0)
        }
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
        let Impression {
            content,
            placement,
            position,
            ..
        } = impression;
        let place = Place {
            imp,
            content,
            placement,
            position,
        };
        let mut event = Event {
            measurable: Some(impression.measurable),
            request: impression
                .request
                .as_ref()
                .map(|request| request.as_str().into()),
            model: impression.model.as_ref().map(|model| model.as_str().into()),
            propensity: impression.propensity.map(Propensity::as_f64),
            exploration: Some(impression.exploration),
            variant: impression
                .variant
                .as_ref()
                .map(|variant| variant.as_str().into()),
            ..place.event(Kind::Render)
        };
        self.capture(now, now.mono, &mut event)?;
        drop(event);
        self.views.rendered = imp;
        let mut state = ViewState::new(impression.rule);
        if let Some(activity) = self.views.last_activity {
            state.activity(activity);
        }
        state.focus(now.mono.as_u64(), self.views.active);
        self.views.live.insert(
            imp,
            View {
                place,
                rendered: now.mono,
                state,
                due: None,
            },
        );
        self.views.settle(imp);
        if self.views.live.len() > VIEWS_MAX {
            self.end_oldest_view(now);
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
        self.look(now, handle.0, |state, at| {
            state.report(at, fraction, width, height)
        })
    }

    /// The user did something: touched, scrolled, typed, moved the pointer.
    pub fn activity(&mut self, now: Now) {
        self.views.last_activity = Some(now.mono.as_u64());
        self.look_at_all(now, ViewState::activity);
    }

    /// The app or page is (no longer) in the foreground, on a lit screen, with focus. An engine starts inactive.
    pub fn set_active(&mut self, now: Now, active: bool) {
        self.views.active = active;
        self.look_at_all(now, |state, at| state.focus(at, active));
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
        let (place, rendered) = self.place(handle)?;
        let latency = now.mono.since(rendered).as_millis();
        let mut event = Event {
            latency_ms: Some(wire_bounds::measured(
                u64::try_from(latency).unwrap_or(u64::MAX),
            )),
            trusted: click.trusted,
            target: click.target.as_ref().map(|target| target.as_str().into()),
            ..place.event(Kind::Click)
        };
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
        let (place, _) = self.place(handle)?;
        if let Some(playing) = media.state.plays() {
            self.look(now, handle.0, |state, at| state.playing(at, playing))?;
        }
        let mut event = Event {
            media_state: Some(media.state.as_str().into()),
            media_position_ms: Some(wire_bounds::count(media.position_ms)),
            media_watched_ms: media.watched_ms.map(wire_bounds::measured),
            media_length_ms: media.length_ms.map(wire_bounds::count),
            autoplay: media.autoplay,
            muted: media.muted,
            ..place.event(Kind::Media)
        };
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
        let View { place, state, .. } = self
            .views
            .take(handle.0)
            .ok_or(Refused::UnknownImpression)?;
        let happened = state.hide(now.mono.as_u64());
        self.tell(now, &place, happened);
        let mut event = Event {
            why: Some(why.as_str().into()),
            ..place.event(Kind::Hide)
        };
        self.capture(now, now.mono, &mut event)
    }

    /// Ends every watched impression.
    pub(super) fn end_views(&mut self, now: Now, why: &Label) {
        while let Some(imp) = self.views.live.keys().next().copied() {
            // A refusal concerns the session or consent; the impression has ended.
            let _ = self.hide(now, ImpressionHandle(imp), why);
        }
    }

    /// Looks at the views whose moment has come.
    pub(super) fn look_at_due(&mut self, now: Now) {
        while let Some((due, imp)) = self.views.due.first().copied() {
            if due > now.mono.as_u64() || self.look(now, imp, ViewState::tick).is_err() {
                return;
            }
        }
    }

    pub(super) fn views_to_background(&mut self, now: Now) {
        self.views.active = false;
        self.look_at_all(now, ViewState::background);
    }

    fn end_oldest_view(&mut self, now: Now) {
        if let Some(imp) = self.views.live.keys().next().copied() {
            let why = Label::new("too_many").expect("a word is a label");
            let _ = self.hide(now, ImpressionHandle(imp), &why);
        }
    }

    fn place(&self, handle: ImpressionHandle) -> Result<(Place, MonoMillis), Refused> {
        let view = self
            .views
            .live
            .get(&handle.0)
            .ok_or(Refused::UnknownImpression)?;
        Ok((view.place.clone(), view.rendered))
    }

    fn look_at_all(&mut self, now: Now, report: impl Fn(&mut ViewState, u64) -> Vec<Happened>) {
        let all: Vec<u64> = self.views.live.keys().copied().collect();
        for imp in all {
            // Every one of them is live: telling what happened ends none.
            let _ = self.look(now, imp, &report);
        }
    }

    fn look(
        &mut self,
        now: Now,
        imp: u64,
        report: impl FnOnce(&mut ViewState, u64) -> Vec<Happened>,
    ) -> Result<(), Refused> {
        let view = self
            .views
            .live
            .get_mut(&imp)
            .ok_or(Refused::UnknownImpression)?;
        let happened = report(&mut view.state, now.mono.as_u64());
        let place = (!happened.is_empty()).then(|| view.place.clone());
        self.views.settle(imp);
        if let Some(place) = place {
            self.tell(now, &place, happened);
        }
        Ok(())
    }

    /// Records what happened to a view, each at its own moment.
    fn tell(&mut self, now: Now, place: &Place, happened: Vec<Happened>) {
        for happened in happened {
            let (at, mut event) = match &happened {
                Happened::Viewable { at, rule } => (
                    *at,
                    Event {
                        rule: Some((&**rule).into()),
                        ..place.event(Kind::Viewable)
                    },
                ),
                Happened::Dwell { at, dwell } => {
                    let event = Event {
                        visible_ms: Some(wire_bounds::measured(dwell.visible_ms)),
                        engaged_ms: Some(wire_bounds::measured(dwell.engaged_ms)),
                        max_visible: Some(u32::from(dwell.max_visible_pct)),
                        times_in_view: Some(dwell.times_in_view),
                        ..place.event(Kind::Dwell)
                    };
                    (*at, event)
                }
            };
            // A refusal (denied, not in the sample) is not this view's fault and needs no undoing.
            let _ = self.capture(now, MonoMillis::from_u64(at), &mut event);
        }
    }
}

/// Ours: a feed that never says what left the screen must not grow without bound; the oldest impression ends.
const VIEWS_MAX: usize = 4_096;
