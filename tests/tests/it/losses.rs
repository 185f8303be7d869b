//! Loss by affiliate: what the warehouse says was lost is what was, tails and whole instances included.

use std::collections::BTreeMap;

use anyhow::Result;
use eyeline_tests::{Dice, FaultProxy, Faults, Instance, Sealed, http_client, rows};
use tokio::task::JoinSet;

use crate::stage::{AFFILIATES, Stage, an_hour_ago, deliver_surely};

/// Share of batches that never arrive, by affiliate.
const LOST: [f64; 3] = [0.0, 0.03, 0.12];
const VISITORS: usize = 15;
const BATCHES: usize = 10;

#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Truth {
    captured: u64,
    lost: u64,
}

/// What a visitor's device sends, and what it never gets to send.
struct Visit {
    sent: Vec<Sealed>,
    truth: Truth,
}

impl Visit {
    /// Three starts: the first loses batches anywhere, its last ones too; the second is lost whole where the affiliate loses
    /// anything; the third tells of the one before it.
    fn new(affiliate: &str, lost: f64, dice: &mut Dice) -> Self {
        let t0 = an_hour_ago();
        let mut visit = Self {
            sent: Vec::new(),
            truth: Truth::default(),
        };
        let mut first = Instance::start(affiliate, t0, dice);
        for _ in 0..BATCHES {
            let batch = first.renders(1 + dice.below(12));
            let arrives = dice.share() >= lost;
            visit.take(batch, arrives);
        }
        let mut second = first.restart(t0, dice);
        visit.take(second.renders(3), true);
        if lost > 0.0 {
            let mut whole = second.restart(t0, dice);
            visit.take(whole.renders(2), false);
            second = whole;
        }
        let mut last = second.restart(t0, dice);
        visit.take(last.renders(1), true);
        visit
    }

    fn take(&mut self, batch: Sealed, arrives: bool) {
        self.truth.captured += batch.events();
        if arrives {
            self.sent.push(batch);
        } else {
            self.truth.lost += batch.events();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn loss_by_affiliate_is_what_was_injected() -> Result<()> {
    let stage = Stage::new()?;
    let collector = stage.collector().await?;
    let faults = Faults {
        seed: 3,
        fail: 0.05,
        reset: 0.02,
        portal: 0.02,
        duplicate: 0.04,
        repeat_late: 0.02,
        ..Faults::default()
    };
    let proxy = FaultProxy::start("127.0.0.1:0", &collector.url, faults).await?;
    let client = http_client()?;
    let mut dice = Dice::new(17);
    let mut truth: BTreeMap<&str, Truth> = BTreeMap::new();
    let mut devices = JoinSet::new();
    for (affiliate, lost) in AFFILIATES.into_iter().zip(LOST) {
        let total = truth.entry(affiliate).or_default();
        for _ in 0..VISITORS {
            let visit = Visit::new(affiliate, lost, &mut dice);
            total.captured += visit.truth.captured;
            total.lost += visit.truth.lost;
            let (client, to) = (client.clone(), proxy.url());
            devices.spawn(async move {
                for batch in &visit.sent {
                    deliver_surely(&client, &to, batch).await;
                }
            });
        }
    }
    devices.join_all().await;
    proxy.stop().await;
    collector.stop().await?;

    let loader = stage.loader()?;
    let report = loader.run_once().await?;
    let counts = report.counts;
    assert_eq!(
        counts.read,
        counts.written + counts.duplicate + counts.rejected
    );
    assert_eq!(counts.rejected, 0);
    assert!(counts.duplicate > 0, "{counts:?}");
    let by_affiliate = rows(
        loader.lake(),
        "SELECT affiliate_id, SUM(expected), SUM(lost) FROM instances GROUP BY affiliate_id",
    )
    .await?;
    let mut told = BTreeMap::new();
    for row in &by_affiliate {
        let (captured, lost) = (row[1].parse()?, row[2].parse()?);
        told.insert(row[0].as_str(), Truth { captured, lost });
    }
    assert!(truth["west"].lost > 100, "{truth:?}");
    assert_eq!(told, truth);
    Ok(())
}

#[tokio::test]
async fn where_no_successor_came_the_tail_is_unknown_rather_than_nothing() -> Result<()> {
    let stage = Stage::new()?;
    let collector = stage.collector().await?;
    let client = http_client()?;
    let mut dice = Dice::new(4);
    let mut left = Instance::start("north", an_hour_ago(), &mut dice);
    deliver_surely(&client, &collector.url, &left.renders(5)).await;
    // Captured, never sent, and the visitor does not come back.
    left.renders(5);
    collector.stop().await?;
    let loader = stage.loader()?;
    loader.run_once().await?;
    let told = rows(
        loader.lake(),
        "SELECT received, lost, tail_known FROM instances",
    )
    .await?;
    assert_eq!(told, [["5", "0", "false"]]);
    Ok(())
}
