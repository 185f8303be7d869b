//! The calls by their numbers. `METHODS` in `ts/host/surface.ts` has them in the same order.

use eyeline_core::Now;

use crate::core::Core;
use crate::message::{Reply, Said};
use crate::settings::{consent, device, page};

pub(crate) const START: u32 = 0;
pub(crate) const END: u32 = 1;
const RENDER: u32 = 2;
const VISIBLE: u32 = 3;
const CLICK: u32 = 4;
const MEDIA: u32 = 5;
const HIDE: u32 = 6;
const SERVE: u32 = 7;
const CONVERT: u32 = 8;
const PAGE: u32 = 9;
const DEVICE: u32 = 10;
const ACTIVE: u32 = 11;
const ACTIVITY: u32 = 12;
const CONSENT: u32 = 13;
const GPC: u32 = 14;
const FORGET: u32 = 15;
const FLUSH: u32 = 16;
const BACKGROUND: u32 = 17;
const SHUTDOWN: u32 = 18;
const NEXT: u32 = 19;
const ANSWER: u32 = 20;
const PREVIEW: u32 = 21;
const WAITING: u32 = 22;
const WRITES: u32 = 23;
const STORAGE_FAILED: u32 = 24;
const STATS: u32 = 25;

/// Makes a call. A number that is none does nothing, and so does the end, which is for whoever holds the engine.
pub(crate) fn make(core: &mut Core, call: u32, now: Now, said: &mut Said<'_>, reply: &mut Reply) {
    let engine = &mut core.engine;
    match call {
        RENDER => core.render(now, said, reply),
        VISIBLE => core.visible(now, said),
        CLICK => core.click(now, said),
        MEDIA => core.media(now, said),
        HIDE => core.hide(now, said),
        SERVE => core.serve(now, said),
        CONVERT => core.convert(now, said),
        // A refusal concerns the page view; the page holds all the same.
        PAGE => drop(engine.set_page(now, page(said))),
        DEVICE => engine.set_device(now, device(said)),
        ACTIVE => engine.set_active(now, said.flag()),
        ACTIVITY => engine.activity(now),
        CONSENT => engine.set_consent(now, consent(said.number())),
        GPC => engine.set_gpc(now, said.flag()),
        FORGET => engine.forget(now),
        FLUSH => engine.flush(now),
        BACKGROUND => engine.background(now),
        SHUTDOWN => engine.shutdown(now),
        NEXT => core.next(now, reply),
        ANSWER => core.answer(now, said),
        PREVIEW => core.preview(now, reply),
        WAITING => core.waiting(now, said, reply),
        WRITES => core.writes(reply),
        STORAGE_FAILED => engine.storage_failed(now),
        STATS => core.stats(now, reply),
        _ => {}
    }
}
