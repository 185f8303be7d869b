//! What happened on the page: content shown, seen, clicked, played, gone; content served; a goal reached.

use eyeline_core::{Click, Convert, ImpressionHandle, Money, Now, Visibility};

use crate::core::Core;
use crate::media::media;
use crate::message::{Reply, Said};
use crate::number::{count, float, whole};
use crate::showing::{impression, serve};

fn handle(said: &mut Said<'_>) -> ImpressionHandle {
    ImpressionHandle::from_number(count(said.number()))
}

// What the core refuses (consent denied, not in the sample, an impression that has ended) concerns that event alone and is
// counted there: nothing is left to do here.
impl Core {
    pub(crate) fn render(&mut self, now: Now, said: &mut Said<'_>, reply: &mut Reply) {
        let imp = impression(said)
            .and_then(|shown| self.engine.render(now, shown).ok())
            .map_or(0.0, |handle| float(handle.number()));
        reply.number(imp);
    }

    pub(crate) fn visible(&mut self, now: Now, said: &mut Said<'_>) {
        let handle = handle(said);
        let visibility = Visibility {
            fraction: said.number(),
            width: said.number(),
            height: said.number(),
        };
        let _ = self.engine.visible(now, handle, visibility);
    }

    pub(crate) fn click(&mut self, now: Now, said: &mut Said<'_>) {
        let handle = handle(said);
        let click = Click {
            trusted: Some(said.flag()),
            target: said.checked(),
        };
        let _ = self.engine.click(now, handle, click);
    }

    pub(crate) fn media(&mut self, now: Now, said: &mut Said<'_>) {
        let handle = handle(said);
        if let Some(media) = media(said) {
            let _ = self.engine.media(now, handle, media);
        }
    }

    pub(crate) fn hide(&mut self, now: Now, said: &mut Said<'_>) {
        let handle = handle(said);
        if let Some(why) = said.checked() {
            let _ = self.engine.hide(now, handle, &why);
        }
    }

    pub(crate) fn serve(&mut self, now: Now, said: &mut Said<'_>) {
        if let Some(served) = serve(said) {
            let _ = self.engine.track(now, served);
        }
    }

    pub(crate) fn convert(&mut self, now: Now, said: &mut Said<'_>) {
        if let Some(goal) = said.checked() {
            let mut convert = Convert::new(goal);
            convert.value = Money::new(whole(said.number()), said.text()).ok();
            convert.order = said.checked();
            let _ = self.engine.track(now, convert);
        }
    }
}
