//! What stands once a batch, as the engine holds and stores it until the batch is sealed.

use std::sync::Arc;

use super::wire_bounds;
use crate::app::{AffiliateId, Device, Label, Page, PagePath, Pairs, Referrer, SamplingRate, Site};
use crate::codec::{Decoder, Encoder};
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

impl Instance {
    /// A batch with everything said but its number, losses and events.
    pub(super) fn batch<'a>(&'a self, context: &'a Context, grant: Grant) -> wire::Batch<'a> {
        let mut batch = wire::Batch::new(
            self.id,
            0,
            self.sdk.as_str(),
            self.t0,
            self.affiliate.as_str(),
        );
        let (page, device) = (&context.page, &context.device);
        batch.source.site = page.site.as_ref().map(|site| site.as_str().into());
        batch.source.page = page.path.as_ref().map(|path| path.as_str().into());
        batch.source.referrer = page
            .referrer
            .as_ref()
            .map(|referrer| referrer.as_str().into());
        batch.source.page_view = Some(context.page_view).filter(|views| *views > 0);
        batch.device.class = device.class.as_ref().map(|class| class.as_str().into());
        batch.device.os = device.os.as_ref().map(|os| os.as_str().into());
        batch.device.language = device
            .language
            .as_ref()
            .map(|language| language.as_str().into());
        batch.device.tz = device.utc_offset_min.and_then(wire_bounds::zone);
        batch.device.width = device.viewport_width.map(wire_bounds::narrow);
        batch.device.height = device.viewport_height.map(wire_bounds::narrow);
        batch.user.anon = grant.anon;
        batch.user.sid = context.session.map(|(id, _)| id);
        batch.user.session_number = context.session.map(|(_, number)| number);
        batch.consent.mode = grant.mode;
        batch.consent.gpc = grant.gpc;
        batch.consent.coppa = grant.children;
        batch.experiments = context
            .experiments
            .iter()
            .map(|(key, value)| (key, value.into()))
            .collect();
        batch.dimensions = context
            .dimensions
            .iter()
            .map(|(key, value)| (key, value.into()))
            .collect();
        batch.sampling_rate = Some(self.rate.as_f64());
        batch.previous = self.previous.map(|(inst, captured)| wire::Previous {
            inst,
            captured,
            extra: wire::Extra::default(),
        });
        batch
    }

    pub(super) fn encode(&self, to: &mut Encoder) {
        put_id(to, self.id);
        to.i64(self.t0.as_i64())
            .bytes(self.sdk.as_str().as_bytes())
            .bytes(self.affiliate.as_str().as_bytes());
        to.u64(self.rate.as_f64().to_bits());
        put_previous(to, self.previous);
    }

    pub(super) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        Some(Self {
            id: take_id(from)?,
            t0: UnixMillis::from_i64(from.i64()?),
            sdk: Label::new(from.str()?).ok()?,
            affiliate: AffiliateId::new(from.str()?).ok()?,
            rate: SamplingRate::new(f64::from_bits(from.u64()?)).ok()?,
            previous: take_previous(from)?,
        })
    }
}

impl Grant {
    pub(super) fn encode(self, to: &mut Encoder) {
        to.u8(u8::from(self.mode == ConsentMode::Full))
            .u8(u8::from(self.gpc))
            .u8(u8::from(self.children));
        to.option(self.anon, put_id);
    }

    pub(super) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let mode = if from.u8()? == 1 {
            ConsentMode::Full
        } else {
            ConsentMode::Measure
        };
        Some(Self {
            mode,
            gpc: from.u8()? == 1,
            children: from.u8()? == 1,
            anon: from.option(take_id)?,
        })
    }
}

impl Context {
    pub(super) fn encode(&self, to: &mut Encoder) {
        let Self {
            page,
            page_view,
            device,
            session,
            experiments,
            dimensions,
        } = self;
        put_text(to, page.site.as_ref().map(Site::as_str));
        put_text(to, page.path.as_ref().map(PagePath::as_str));
        put_text(to, page.referrer.as_ref().map(Referrer::as_str));
        to.u64(u64::from(*page_view));
        put_text(to, device.class.as_ref().map(Label::as_str));
        put_text(to, device.os.as_ref().map(Label::as_str));
        put_text(to, device.language.as_ref().map(Label::as_str));
        to.option(device.utc_offset_min, |to, minutes| {
            to.i64(i64::from(minutes));
        });
        for size in [device.viewport_width, device.viewport_height] {
            to.option(size, |to, size| {
                to.u64(u64::from(size));
            });
        }
        to.option(*session, |to, (id, number)| {
            put_id(to, id);
            to.u64(u64::from(number));
        });
        put_pairs(to, experiments);
        put_pairs(to, dimensions);
    }

    pub(super) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        Some(Self {
            page: Page {
                site: take_text(from)?.and_then(|text| text.parse().ok()),
                path: take_text(from)?.and_then(|text| text.parse().ok()),
                referrer: take_text(from)?.and_then(|text| text.parse().ok()),
            },
            page_view: from.u32()?,
            device: Device {
                class: take_text(from)?.and_then(|text| text.parse().ok()),
                os: take_text(from)?.and_then(|text| text.parse().ok()),
                language: take_text(from)?.and_then(|text| text.parse().ok()),
                utc_offset_min: from.option(|from| from.i64()?.try_into().ok())?,
                viewport_width: from.option(Decoder::u32)?,
                viewport_height: from.option(Decoder::u32)?,
            },
            session: from.option(|from| Some((take_id(from)?, from.u32()?)))?,
            experiments: Pairs::experiments(take_pairs(from)?).ok()?,
            dimensions: Pairs::dimensions(take_pairs(from)?).ok()?,
        })
    }
}

/// A stored head: all that turns stored events into a batch of the instance that captured them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Head {
    pub(super) instance: Instance,
    /// An event's store number less its own number `n`.
    pub(super) base: u64,
    /// When the first of the events was captured, in wall time, because it outlives the process.
    pub(super) opened: UnixMillis,
    pub(super) context: Arc<Context>,
    pub(super) grant: Grant,
}

impl Head {
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Decoder::new(bytes);
        let version = from.u8()?;
        (version == HEAD_VERSION).then_some(())?;
        Some(Self {
            instance: Instance::decode(&mut from)?,
            base: from.u64()?,
            opened: UnixMillis::from_i64(from.i64()?),
            context: Arc::new(Context::decode(&mut from)?),
            grant: Grant::decode(&mut from)?,
        })
    }

    pub(super) fn encode(
        instance: &Instance,
        base: u64,
        opened: UnixMillis,
        context: &Context,
        grant: Grant,
    ) -> Vec<u8> {
        let mut to = Encoder::new();
        to.u8(HEAD_VERSION);
        instance.encode(&mut to);
        to.u64(base).i64(opened.as_i64());
        context.encode(&mut to);
        grant.encode(&mut to);
        to.into_bytes()
    }
}

const HEAD_VERSION: u8 = 1;

pub(super) fn put_id(to: &mut Encoder, id: Id) {
    to.bytes(id.as_str().as_bytes());
}

pub(super) fn take_id(from: &mut Decoder<'_>) -> Option<Id> {
    Id::parse(from.str()?).ok()
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

fn put_text(to: &mut Encoder, text: Option<&str>) {
    to.option(text, |to, text| {
        to.bytes(text.as_bytes());
    });
}

fn take_text<'a>(from: &mut Decoder<'a>) -> Option<Option<&'a str>> {
    from.option(Decoder::str)
}

fn put_pairs(to: &mut Encoder, pairs: &Pairs) {
    to.u64(pairs.iter().count() as u64);
    for (key, value) in pairs.iter() {
        to.bytes(key.as_bytes()).bytes(value.as_bytes());
    }
}

fn take_pairs<'a>(from: &mut Decoder<'a>) -> Option<Vec<(&'a str, &'a str)>> {
    let count = from.u64()?;
    (0..count)
        .map(|_| Some((from.str()?, from.str()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Context, Grant, Head, Instance};
    use crate::app::{AffiliateId, Device, Label, Page, PagePath, Pairs, SamplingRate};
    use crate::wire::ConsentMode;
    use crate::{Id, UnixMillis};
    use std::sync::Arc;

    #[test]
    fn a_stored_head_reads_back() {
        let id = Id::parse("9kPz3vK2QmWc8RtY").unwrap();
        let head = Head {
            instance: Instance {
                id,
                t0: UnixMillis::from_i64(1_574_553_634_000),
                sdk: Label::new("rust/0.1.0").unwrap(),
                affiliate: AffiliateId::new("zozo-men").unwrap(),
                rate: SamplingRate::new(0.5).unwrap(),
                previous: Some((id, 240)),
            },
            base: 7,
            opened: UnixMillis::from_i64(1_574_553_640_000),
            context: Arc::new(Context {
                page: Page::new(PagePath::new("/a/b").unwrap()),
                page_view: 3,
                device: Device {
                    utc_offset_min: Some(-540),
                    viewport_width: Some(390),
                    ..Device::default()
                },
                session: Some((id, 4)),
                experiments: Pairs::experiments([("recs", "bts")]).unwrap(),
                dimensions: Pairs::dimensions([("edition", "jp")]).unwrap(),
            }),
            grant: Grant {
                mode: ConsentMode::Full,
                gpc: false,
                children: true,
                anon: Some(id),
            },
        };
        let bytes = Head::encode(
            &head.instance,
            head.base,
            head.opened,
            &head.context,
            head.grant,
        );
        assert_eq!(Head::decode(&bytes), Some(head));
        for cut in 0..bytes.len() {
            assert_eq!(Head::decode(&bytes[..cut]), None, "{cut}");
        }
    }
}
