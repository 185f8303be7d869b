//! A stored head: with it, events stored one by one become a batch of the instance that captured them.

use std::sync::Arc;

use crate::UnixMillis;
use crate::app::{AffiliateId, Device, Label, Page, PagePath, Pairs, Referrer, SamplingRate, Site};
use crate::codec::{Decoder, Encoder};
use crate::engine::context::{
    Context, Grant, Instance, put_id, put_previous, take_id, take_previous,
};
use crate::wire::ConsentMode;

/// A stored head: all that turns stored events into a batch of the instance that captured them.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine) struct Head {
    pub(in crate::engine) instance: Instance,
    /// An event's store number less its own number `n`.
    pub(in crate::engine) base: u64,
    /// When the first of the events was captured, in wall time, because it outlives the process.
    pub(in crate::engine) opened: UnixMillis,
    pub(in crate::engine) context: Arc<Context>,
    pub(in crate::engine) grant: Grant,
}

impl Head {
    pub(in crate::engine) fn decode(bytes: &[u8]) -> Option<Self> {
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

    pub(in crate::engine) fn encode(
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

impl Instance {
    fn encode(&self, to: &mut Encoder) {
        put_id(to, self.id);
        to.i64(self.t0.as_i64())
            .bytes(self.sdk.as_str().as_bytes())
            .bytes(self.affiliate.as_str().as_bytes());
        to.u64(self.rate.as_f64().to_bits());
        put_previous(to, self.previous);
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
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
    fn encode(self, to: &mut Encoder) {
        to.u8(u8::from(self.mode == ConsentMode::Full))
            .u8(u8::from(self.gpc))
            .u8(u8::from(self.children));
        to.option(self.anon, put_id);
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
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
    fn encode(&self, to: &mut Encoder) {
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

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
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

const HEAD_VERSION: u8 = 1;

#[cfg(test)]
mod tests {
    use super::Head;
    use crate::app::{AffiliateId, Device, Label, Page, PagePath, Pairs, SamplingRate};
    use crate::engine::context::{Context, Grant, Instance};
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
