//! One call, checked and ready for the engine; the single calls and the batch are the same here.

use std::time::Duration;

use eyeline_core::{self as core, Engine, ImpressionHandle, Label, Now, Refused, Visibility};

use crate::ffi::{Action, ViewRef};
use crate::invalid::Invalid;

/// What the engine is to do.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Impression(core::Impression),
    Visible(ViewRef, Visibility),
    Click(ViewRef, core::Click),
    Media(ViewRef, core::Media),
    Hide(ViewRef, Label),
    Serve(core::Serve),
    Convert(core::Convert),
    Page(core::Page),
    SetConsent(core::Consent),
    SetActive(bool),
    Activity,
    Background,
}

impl TryFrom<Action> for Act {
    type Error = Invalid;

    fn try_from(action: Action) -> Result<Self, Invalid> {
        Ok(match action {
            Action::Impression { what } => Act::Impression(what.try_into()?),
            Action::Visible {
                view,
                fraction,
                width,
                height,
            } => Act::Visible(
                view,
                Visibility {
                    fraction,
                    width,
                    height,
                },
            ),
            Action::Click { view, click } => Act::Click(view, click.try_into()?),
            Action::Media { view, media } => Act::Media(view, media.into()),
            Action::Hide { view, why } => Act::Hide(view, Label::new(why).map_err(Invalid::of)?),
            Action::Serve { what } => Act::Serve(what.try_into()?),
            Action::Convert { what } => Act::Convert(what.try_into()?),
            Action::Page { page } => Act::Page(page.try_into()?),
            Action::SetConsent { consent } => Act::SetConsent(consent.into()),
            Action::SetActive { active } => Act::SetActive(active),
            Action::Activity => Act::Activity,
            Action::Background => Act::Background,
        })
    }
}

impl Act {
    /// Does it: the view's or the event's number, or 0 where the act has none. `earlier` are the results of the batch so far.
    pub(crate) fn run(
        self,
        engine: &mut Engine,
        now: Now,
        earlier: &[u64],
    ) -> Result<u64, Refused> {
        let view = |view: ViewRef| {
            ImpressionHandle::from_number(match view {
                ViewRef::Known { id } => id,
                ViewRef::Earlier { call } => usize::try_from(call)
                    .ok()
                    .and_then(|call| earlier.get(call).copied())
                    .unwrap_or(0),
            })
        };
        match self {
            Act::Impression(what) => engine.render(now, what).map(ImpressionHandle::number),
            Act::Visible(at, visibility) => engine.visible(now, view(at), visibility).map(|()| 0),
            Act::Click(at, click) => engine.click(now, view(at), click),
            Act::Media(at, media) => engine.media(now, view(at), media),
            Act::Hide(at, why) => engine.hide(now, view(at), &why),
            Act::Serve(what) => engine.track(now, what),
            Act::Convert(what) => engine.track(now, what),
            Act::Page(page) => engine.set_page(now, page),
            Act::SetConsent(consent) => {
                engine.set_consent(now, consent);
                Ok(0)
            }
            Act::SetActive(active) => {
                engine.set_active(now, active);
                Ok(0)
            }
            Act::Activity => {
                engine.activity(now);
                Ok(0)
            }
            Act::Background => {
                engine.background(now);
                Ok(0)
            }
        }
    }
}

/// The time this long before.
pub(crate) fn before(now: Now, age_ms: u64) -> Now {
    let age = Duration::from_millis(age_ms);
    let mono = now.mono.as_u64().saturating_sub(age_ms);
    Now {
        wall: now.wall.minus(age),
        mono: core::MonoMillis::from_u64(mono),
    }
}
