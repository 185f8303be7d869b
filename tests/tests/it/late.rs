//! Late data: what arrives after its impression was loaded completes the impression, and adds no second one.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use eyeline_core::wire::{Event, Kind};
use eyeline_tests::{Dice, Instance, http_client, rows};

use crate::stage::{Stage, an_hour_ago, deliver_surely_at};

const MINUTE: Duration = Duration::from_secs(60);

const FACT: &str =
    "SELECT imp, rendered_ms, clicks, viewable, visible_ms FROM fct_impression ORDER BY imp";

#[tokio::test]
async fn a_click_two_days_late_completes_its_impression() -> Result<()> {
    let stage = Stage::new()?;
    let client = http_client()?;
    let t0 = an_hour_ago();
    let mut instance = Instance::start("south", t0, &mut Dice::new(1));
    let renders = instance.renders(2);
    let collector = stage
        .collector_at(Arc::new(move || t0.plus(MINUTE)))
        .await?;
    deliver_surely_at(&client, &collector.url, &renders, t0.plus(MINUTE)).await;
    collector.stop().await?;
    stage
        .loader_at(Arc::new(move || t0.plus(MINUTE)))?
        .run_once()
        .await?;

    let later = t0.plus(Duration::from_secs(2 * 86_400));
    let of_the_second = |kind, n| {
        let mut event = Event::new(kind, n, 90_000);
        event.imp = Some(2);
        event.content = Some("item-2".into());
        event.placement = Some("list".into());
        event
    };
    let mut dwell = of_the_second(Kind::Dwell, 4);
    dwell.visible_ms = Some(5_000);
    let late = instance.seal(vec![
        of_the_second(Kind::Viewable, 3),
        dwell,
        of_the_second(Kind::Click, 5),
    ]);
    let collector = stage.collector_at(Arc::new(move || later)).await?;
    deliver_surely_at(&client, &collector.url, &late, later).await;
    // The first batch comes again as well, two days old: its answer had been lost.
    deliver_surely_at(&client, &collector.url, &renders, later).await;
    collector.stop().await?;
    let loader = stage.loader_at(Arc::new(move || later))?;
    let report = loader.run_once().await?;

    assert_eq!((report.counts.written, report.counts.duplicate), (3, 2));
    let facts = rows(loader.lake(), FACT).await?;
    let seen: Vec<_> = facts
        .iter()
        .map(|row| {
            (
                row[0].as_str(),
                !row[1].is_empty(),
                row[2].as_str(),
                row[3].as_str(),
            )
        })
        .collect();
    assert_eq!(seen, [("1", true, "0", "0"), ("2", true, "1", "1")]);
    assert_eq!(facts[1][4], "5000");
    assert_eq!(loader.verify().await?.problems, Vec::<String>::new());
    Ok(())
}
