//! Synthetic raw objects: the mix of a content site, deterministic, made with the wire's own types.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use eyeline_core::wire::{
    Batch, Consent, ConsentMode, Device, Event, Extra, Kind, RawLine, Source, User,
};
use eyeline_core::{Entropy, Id, UnixMillis};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Writes gzip objects of about 64 MB of lines that hold `events` events together.
pub(crate) fn make(folder: &Path, events: usize) {
    let mut bits = SplitMix(42);
    let batches = events.div_ceil(BATCH_EVENTS);
    let mut made = 0;
    for object in 0.. {
        let file = File::create(folder.join(format!("{object:04}.gz"))).unwrap();
        let mut to = GzEncoder::new(file, Compression::new(6));
        let mut bytes = 0;
        while bytes < OBJECT_BYTES && made < batches {
            let line = line(&mut bits, made as u64);
            to.write_all(&line).unwrap();
            bytes += line.len();
            made += 1;
        }
        to.finish().unwrap();
        if made == batches {
            return;
        }
    }
}

fn line(bits: &mut SplitMix, number: u64) -> Vec<u8> {
    let t0 = 1_795_000_000_000 + i64::try_from(number).unwrap() * 37;
    let affiliate = format!("affiliate-{}", bits.below(20));
    let page = format!("/news/2026/11/{}/{}", bits.below(30), bits.below(2_000));
    let browser = format!(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.{} Mobile/15E148 Safari/604.1",
        bits.below(6),
        bits.below(40)
    );
    let events: Vec<Event<'_>> = (0..BATCH_EVENTS as u64).map(|at| event(bits, at)).collect();
    let batch = Batch {
        source: Source {
            affiliate: affiliate.as_str().into(),
            site: Some("news.example.jp".into()),
            page: Some(page.into()),
            referrer: Some("www.google.com".into()),
            page_view: Some(3),
            extra: Extra::default(),
        },
        device: Device {
            class: Some("phone".into()),
            os: Some("iOS 18.1".into()),
            language: Some("ja-JP".into()),
            tz: Some(540),
            width: Some(390),
            height: Some(844),
            extra: Extra::default(),
        },
        user: User {
            anon: Some(Id::random(bits)),
            sid: Some(Id::random(bits)),
            session_number: Some(4),
            extra: Extra::default(),
        },
        consent: Consent {
            mode: ConsentMode::Full,
            ..Consent::default()
        },
        experiments: [(
            "recs",
            if bits.below(2) == 0 {
                "bts".into()
            } else {
                "random".into()
            },
        )]
        .into_iter()
        .collect(),
        sampling_rate: Some(1.0),
        dimensions: [("edition", "jp".into())].into_iter().collect(),
        loss: [
            ("cap", BATCH_EVENTS as u64),
            ("queue_full", 0),
            ("expired", 0),
        ]
        .into_iter()
        .collect(),
        events,
        ..Batch::new(
            Id::random(bits),
            1,
            "web/1.0.0",
            UnixMillis::from_i64(t0),
            affiliate.as_str(),
        )
    };
    let line = RawLine {
        received: UnixMillis::from_i64(t0 + 60_150),
        affiliate: affiliate.as_str().into(),
        ip: Some("203.0.113.0/24".into()),
        country: Some("JP".into()),
        user_agent: Some(browser.into()),
        gpc: false,
        key: "web".into(),
        wall: Some(UnixMillis::from_i64(t0 + 60_000)),
        since_start: Some(60_000),
        attempt: 1,
        batch,
        extra: Extra::default(),
    };
    line.encode()
}

fn event(bits: &mut SplitMix, at: u64) -> Event<'static> {
    let kind = match bits.below(100) {
        0..40 => Kind::Render,
        40..65 => Kind::Viewable,
        65..98 => Kind::Dwell,
        _ => Kind::Click,
    };
    let mut event = Event::new(
        kind,
        at + 1,
        i64::try_from(at * 900 + bits.below(900)).unwrap(),
    );
    event.imp = Some(at / 3 + 1);
    event.content = Some(format!("item-{}", bits.below(5_000)).into());
    event.placement = Some("recs-top".into());
    event.position = Some(u32::try_from(bits.below(10)).unwrap() + 1);
    match event.kind {
        Kind::Render => {
            event.measurable = Some(true);
            event.request = Some(format!("r{}", bits.below(1_000_000)).into());
            event.model = Some("bts@47".into());
            event.propensity =
                Some(f64::from(u32::try_from(bits.below(1_000)).unwrap() + 1) / 1_001.0);
            event.exploration = Some(false);
        }
        Kind::Viewable => event.rule = Some("mrc50_1s".into()),
        Kind::Dwell => {
            event.visible_ms = Some(bits.below(60_000));
            event.engaged_ms = Some(bits.below(30_000));
            event.max_visible = Some(100);
            event.times_in_view = Some(1);
        }
        _ => {
            event.latency_ms = Some(bits.below(20_000));
            event.trusted = Some(true);
            event.target = Some("shop.example.jp/item".into());
        }
    }
    event
}

/// Sebastiano Vigna's SplitMix64: enough for made-up data.
struct SplitMix(u64);

impl SplitMix {
    fn below(&mut self, bound: u64) -> u64 {
        self.next_u64() % bound
    }
}

impl Entropy for SplitMix {
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Events of every batch; the engine closes at 100, phones send fewer.
pub(crate) const BATCH_EVENTS: usize = 50;
const OBJECT_BYTES: usize = 64 * 1000 * 1000;
