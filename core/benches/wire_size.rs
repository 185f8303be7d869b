//! Bytes an event takes on the wire, by batch size: `cargo bench -p eyeline-core --bench wire_size`.
//!
//! The batches are a list page being read: renders, then viewables, dwell snapshots and a click, with real context.

use std::io::Write;

use eyeline_core::wire::{Batch, Device, Event, Kind, Source, User};
use eyeline_core::{Entropy, Id, UnixMillis, limits};
use flate2::{Compression, write::GzEncoder};

fn main() {
    println!("| events a batch | raw bytes an event | gzip bytes an event |\n|---|---|---|");
    for events in [1, 10, 50, 100] {
        let raw = batch(events).encode();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::new(limits::GZIP_LEVEL));
        gzip.write_all(&raw).expect("a vector takes every byte");
        let gzip = gzip.finish().expect("a vector takes every byte");
        let an_event = |bytes: &[u8]| {
            bytes.len() as f64 / f64::from(u32::try_from(events).expect("a few events"))
        };
        println!(
            "| {events} | {:.0} | {:.1} |",
            an_event(&raw),
            an_event(&gzip)
        );
    }
}

fn batch(events: usize) -> Batch<'static> {
    let mut bits = SplitMix(7);
    let inst = Id::random(&mut bits);
    let mut batch = Batch::new(
        inst,
        12,
        "web/1.0.0",
        UnixMillis::from_i64(1_795_000_000_000),
        "zozo-men",
    );
    batch.source = Source {
        site: Some("news.example.jp".into()),
        page: Some("/news/2026/11/23/article".into()),
        referrer: Some("www.google.com".into()),
        page_view: Some(3),
        ..batch.source
    };
    batch.device = Device {
        class: Some("phone".into()),
        os: Some("iOS 18.1".into()),
        language: Some("ja-JP".into()),
        tz: Some(540),
        width: Some(390),
        height: Some(844),
        ..Device::default()
    };
    batch.user = User {
        anon: Some(Id::random(&mut bits)),
        sid: Some(Id::random(&mut bits)),
        session_number: Some(4),
        ..User::default()
    };
    batch.loss = [("cap", 118), ("queue_full", 0)].into_iter().collect();
    batch.events = (0..events as u64).map(|at| event(&mut bits, at)).collect();
    batch
}

/// Of ten events four are renders, three viewables, three dwell snapshots; every fiftieth is a click.
fn event(bits: &mut SplitMix, at: u64) -> Event<'static> {
    let impression =
        at / 10 * 4 + [0, 1, 2, 3, 0, 1, 2, 0, 1, 2][usize::try_from(at % 10).expect("below ten")];
    let kind = match at % 10 {
        _ if at % 50 == 49 => Kind::Click,
        0..4 => Kind::Render,
        4..7 => Kind::Viewable,
        _ => Kind::Dwell,
    };
    let mut event = Event::new(
        kind,
        at + 101,
        i64::try_from(at * 700 + bits.next_u64() % 700).expect("a few seconds"),
    );
    event.imp = Some(impression + 17);
    // The item belongs to the impression, not to the event.
    event.content = Some(format!("item-men-{}", SplitMix(impression).next_u64() % 80).into());
    event.placement = Some("recs-top".into());
    event.position = Some(u32::try_from(impression % 8).expect("below eight") + 1);
    match event.kind {
        Kind::Render => {
            event.measurable = Some(true);
            event.request = Some(format!("r{}", impression / 4).into());
            event.model = Some("bts@47".into());
            event.propensity = Some(
                [0.087, 0.112, 0.034, 0.25][usize::try_from(impression % 4).expect("below four")],
            );
            event.exploration = Some(false);
        }
        Kind::Viewable => event.rule = Some("mrc50_1s".into()),
        Kind::Click => {
            event.latency_ms = Some(bits.next_u64() % 9_000);
            event.trusted = Some(true);
        }
        _ => {
            let visible = 1_000 + bits.next_u64() % 9_000;
            event.visible_ms = Some(visible);
            event.engaged_ms = Some(visible - visible / 3);
            event.max_visible = Some(100);
            event.times_in_view = Some(1);
        }
    }
    event
}

/// Sebastiano Vigna's SplitMix64: enough for made-up data.
struct SplitMix(u64);

impl Entropy for SplitMix {
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
