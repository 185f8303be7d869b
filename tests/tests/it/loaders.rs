//! Loaders that race and loaders that die: the lake comes out as if one had worked in peace.

use anyhow::{Result, ensure};
use eyeline_loader::Loader;
use eyeline_tests::{Dice, FaultProxy, Faults, Instance, http_client, rows};

use crate::stage::{AFFILIATES, Stage, an_hour_ago, deliver_surely, kills};

/// Sends batches through a network that repeats some of them; gives how many events there are.
async fn fill(stage: &Stage, batches: usize) -> Result<u64> {
    let collector = stage.collector().await?;
    let faults = Faults {
        seed: 9,
        duplicate: 0.05,
        repeat_late: 0.15,
        ..Faults::default()
    };
    let proxy = FaultProxy::start("127.0.0.1:0", &collector.url, faults).await?;
    let events = send(&proxy.url(), batches).await?;
    proxy.stop().await;
    collector.stop().await?;
    Ok(events)
}

/// Sends batches of three instances to a collector until it has all of them; gives how many events there are.
pub(crate) async fn send(to: &str, batches: usize) -> Result<u64> {
    let client = http_client()?;
    let mut dice = Dice::new(5);
    let mut instances: Vec<_> = AFFILIATES
        .iter()
        .map(|affiliate| Instance::start(affiliate, an_hour_ago(), &mut dice))
        .collect();
    let mut events = 0;
    for number in 0..batches {
        let instance = number % instances.len();
        let batch = instances[instance].renders(60);
        events += batch.events();
        deliver_surely(&client, to, &batch).await;
    }
    Ok(events)
}

/// Every event once, every impression once, nothing wrong by the lake's own books, though copies came.
pub(crate) async fn assert_whole(loader: &Loader, events: u64) -> Result<()> {
    let copies = assert_exact(loader, events).await?;
    assert!(copies > 0, "no copy came");
    Ok(())
}

/// The same, whether copies came or not; gives how many did.
pub(crate) async fn assert_exact(loader: &Loader, events: u64) -> Result<u64> {
    let counted = rows(
        loader.lake(),
        "SELECT (SELECT COUNT(*) FROM events) AS events, \
                (SELECT COUNT(*) FROM (SELECT DISTINCT inst, seq FROM events)) AS distinct_events, \
                (SELECT COUNT(*) FROM fct_impression) AS impressions, \
                (SELECT SUM(lost) FROM instances) AS lost",
    )
    .await?;
    let events = events.to_string();
    assert_eq!(counted, [[&events, &events, &events, "0"]]);
    let verified = loader.verify().await?;
    assert_eq!(verified.problems, Vec::<String>::new());
    Ok(verified.totals.duplicate)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_loaders_at_once_load_each_event_once() -> Result<()> {
    let stage = Stage::new()?;
    let events = fill(&stage, 40).await?;
    let (first, second) = (
        stage.loader_of_small_bites()?,
        stage.loader_of_small_bites()?,
    );
    let (one, other) = tokio::try_join!(
        tokio::spawn(async move { first.run_once().await }),
        tokio::spawn(async move { second.run_once().await }),
    )?;
    let (one, other) = (one?, other?);
    assert!(one.commits + other.commits > 3, "{one:?} {other:?}");
    let loader = stage.loader()?;
    assert_whole(&loader, events).await?;
    let rerun = loader.run_once().await?;
    assert_eq!(rerun.counts.read, 0, "a rerun finds nothing to do");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loader_killed_in_the_middle_leaves_nothing_half_seen() -> Result<()> {
    let stage = Stage::new()?;
    let kills = kills();
    let events = fill(&stage, kills * 20).await?;
    let watching = stage.loader()?;
    for kill in 0..kills {
        let before = watching.lake().snapshot().await?;
        let child = stage.loader_process()?;
        // Once it has committed, it is at work on the next micro-batch.
        while watching.lake().snapshot().await?.version == before.version {
            tokio::task::yield_now().await;
        }
        child.kill()?;
        let seen = rows(watching.lake(), "SELECT COUNT(*), SUM(lost) FROM instances").await?;
        ensure!(!seen.is_empty(), "the lake can't be read after kill {kill}");
        let consumed = watching.lake().snapshot().await?.raw.len();
        let all = stage.raw_files()?;
        ensure!(
            consumed < all,
            "kill {kill}: all {all} files were loaded before"
        );
    }
    let mut last = stage.loader_process()?;
    last.await_field("loaded")?;
    ensure!(last.stop()?.success(), "the last loader did not end well");
    assert_whole(&watching, events).await
}
