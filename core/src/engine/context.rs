//! What stands once a batch, as the engine holds it until the batch is sealed.

use std::borrow::Cow;

use super::wire_bounds;
use crate::app::{AffiliateId, Device, Label, Page, PagePath, Pairs, Referrer, SamplingRate, Site};
use crate::codec::{Decoder, Encoder};
use crate::wire::value::fill;
use crate::wire::{self, ConsentMode};
use crate::{Id, UnixMillis};

/// Where, on what and in which session events happen. A change closes the batch.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Context {
    pub(super) page: Page,
    pub(super) page_view: u32,
    pub(super) device: Device,
    pub(super) session: Option<(Id, u32)>,
    pub(super) experiments: Pairs,
    pub(super) dimensions: Pairs,
}

/// Under which consent events were recorded. A change closes the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) mode: ConsentMode,
    pub(super) gpc: bool,
    pub(super) children: bool,
    pub(super) anon: Option<Id>,
}

/// What holds for a whole start of the SDK.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Instance {
    pub(super) id: Id,
    pub(super) t0: UnixMillis,
    pub(super) sdk: Label,
    pub(super) affiliate: AffiliateId,
    pub(super) rate: SamplingRate,
    /// The instance before this one, and how many events it captured.
    pub(super) previous: Option<(Id, u64)>,
}

/// A batch to be sealed around encoded events.
pub(super) type Open<'a> = wire::Batch<'a, wire::Encoded<'a>>;

impl Instance {
    /// A batch with everything said but its number, losses and events.
    #[inline(never)]
    pub(super) fn batch<'a>(&'a self, context: &'a Context, grant: Grant) -> Open<'a> {
        let (sdk, affiliate) = (self.sdk.as_str(), self.affiliate.as_str());
        let mut batch = Open::empty(self.id, 0, sdk.into(), self.t0, affiliate.into());
        let (page, device) = (&context.page, &context.device);
        let source = &mut batch.source;
        fill(&mut source.site, page.site.as_ref().map(Site::as_str));
        fill(&mut source.page, page.path.as_ref().map(PagePath::as_str));
        let referrer = page.referrer.as_ref().map(Referrer::as_str);
        fill(&mut source.referrer, referrer);
        source.page_view = Some(context.page_view).filter(|views| *views > 0);
        let to = &mut batch.device;
        fill(&mut to.class, device.class.as_ref().map(Label::as_str));
        fill(&mut to.os, device.os.as_ref().map(Label::as_str));
        let language = device.language.as_ref().map(Label::as_str);
        fill(&mut to.language, language);
        to.tz = device.utc_offset_min.and_then(wire_bounds::zone);
        to.width = device.viewport_width.map(wire_bounds::narrow);
        to.height = device.viewport_height.map(wire_bounds::narrow);
        batch.user.anon = grant.anon;
        batch.user.sid = context.session.map(|(id, _)| id);
        batch.user.session_number = context.session.map(|(_, number)| number);
        batch.consent.mode = grant.mode;
        batch.consent.gpc = grant.gpc;
        batch.consent.coppa = grant.children;
        batch.experiments = on_wire(&context.experiments);
        batch.dimensions = on_wire(&context.dimensions);
        batch.sampling_rate = Some(self.rate.as_f64());
        batch.previous = self.previous.map(|(inst, captured)| wire::Previous {
            inst,
            captured,
            extra: wire::Extra::default(),
        });
        batch
    }
}

#[inline(never)]
fn on_wire(pairs: &Pairs) -> wire::Pairs<'_, Cow<'_, str>> {
    let mut texts = wire::Pairs::default();
    for (key, value) in pairs.iter() {
        texts.add(key, Cow::Borrowed(value));
    }
    texts
}

pub(super) fn put_id(to: &mut Encoder, id: Id) {
    to.bytes(id.as_bytes());
}

pub(super) fn take_id(from: &mut Decoder<'_>) -> Option<Id> {
    Id::of_bytes(from.bytes()?).ok()
}

pub(super) fn put_previous(to: &mut Encoder, previous: Option<(Id, u64)>) {
    to.option(previous, |to, (id, captured)| {
        put_id(to, id);
        to.u64(captured);
    });
}

pub(super) fn take_previous(from: &mut Decoder<'_>) -> Option<Option<(Id, u64)>> {
    from.option(|from| Some((take_id(from)?, from.u64()?)))
}
