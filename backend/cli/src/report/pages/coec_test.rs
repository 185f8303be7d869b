//! Clicks over expected clicks against a truth: generated traffic with a known position effect and known contents.

use std::sync::Arc;

use datafusion::arrow::array::{Int64Array, RecordBatch, StringArray};
use datafusion::prelude::SessionContext;
use eyeline_core::UnixMillis;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Binomial, Distribution};

use super::{Scope, placement};
use crate::report::Options;

/// How often a position is looked at, and how attractive a content is: the truths to be found again.
const LOOKED_AT: [f64; 5] = [1.0, 0.7, 0.5, 0.35, 0.25];
const CONTENTS: usize = 40;
const BASE_RATE: f64 = 0.05;

fn attraction(content: usize) -> f64 {
    0.5 + 1.5 * content as f64 / (CONTENTS - 1) as f64
}

#[derive(Default)]
struct Mart {
    content: Vec<String>,
    position: Vec<i64>,
    exploration: Vec<i64>,
    impressions: Vec<i64>,
    clicks: Vec<i64>,
}

impl Mart {
    fn add(
        &mut self,
        bits: &mut ChaCha8Rng,
        content: usize,
        place: usize,
        exploration: i64,
        impressions: u64,
    ) {
        let rate = BASE_RATE * LOOKED_AT[place] * attraction(content);
        let clicks = Binomial::new(impressions, rate).unwrap().sample(bits);
        self.content.push(format!("c{content}"));
        self.position.push(i64::try_from(place).unwrap() + 1);
        self.exploration.push(exploration);
        self.impressions.push(i64::try_from(impressions).unwrap());
        self.clicks.push(i64::try_from(clicks).unwrap());
    }

    fn context(self) -> SessionContext {
        let rows = self.content.len();
        let batch = RecordBatch::try_from_iter([
            (
                "placement_id",
                Arc::new(StringArray::from(vec!["feed"; rows])) as _,
            ),
            ("ivt", Arc::new(StringArray::from(vec!["ok"; rows])) as _),
            ("content_id", Arc::new(StringArray::from(self.content)) as _),
            ("position", Arc::new(Int64Array::from(self.position)) as _),
            (
                "exploration",
                Arc::new(Int64Array::from(self.exploration)) as _,
            ),
            (
                "impressions",
                Arc::new(Int64Array::from(self.impressions)) as _,
            ),
            ("clicks", Arc::new(Int64Array::from(self.clicks)) as _),
        ]);
        let ctx = SessionContext::new();
        ctx.register_batch("mart_content_hour", batch.unwrap())
            .unwrap();
        ctx
    }
}

#[tokio::test]
async fn contents_are_judged_apart_from_their_positions() {
    let mut bits = ChaCha8Rng::seed_from_u64(7);
    let mut mart = Mart::default();
    for content in 0..CONTENTS {
        for place in 0..LOOKED_AT.len() {
            mart.add(&mut bits, content, place, 1, 50_000);
        }
        // The model gives good contents good places, so that raw click rates exaggerate.
        mart.add(
            &mut bits,
            content,
            LOOKED_AT.len() - 1 - content * LOOKED_AT.len() / CONTENTS,
            0,
            2_000_000,
        );
    }
    let ctx = mart.context();
    let options = Options::new(UnixMillis::from_i64(0));
    let judged = placement::expected(Scope {
        ctx: &ctx,
        options: &options,
    })
    .await
    .unwrap();
    assert_eq!(judged.len(), CONTENTS);
    let mean = (0..CONTENTS).map(attraction).sum::<f64>() / CONTENTS as f64;
    let mut worst_raw: f64 = 0.0;
    let all = judged.iter().fold((0, 0), |sum, one| {
        (sum.0 + one.clicked.hits, sum.1 + one.clicked.n)
    });
    for one in &judged {
        let truth = attraction(one.content[1..].parse().unwrap()) / mean;
        let coec = one.coec().unwrap().value;
        assert!(
            (coec / truth - 1.0).abs() < 0.05,
            "{}: {coec} is not {truth}",
            one.content
        );
        let raw = one.clicked.rate() / (all.0 as f64 / all.1 as f64);
        worst_raw = worst_raw.max((raw / truth - 1.0).abs());
    }
    assert!(
        worst_raw > 0.5,
        "raw click rates were right too, so this shows nothing: {worst_raw}"
    );
}
