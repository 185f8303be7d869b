//! The path over AWS's services when they fail: Firehose down, every API throttled, processes killed. Nothing is lost, nothing counts twice.

use std::io::Read;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use eyeline_collector::{EventSink, Spool, SpoolOptions, SpooledSink};
use eyeline_firehose_sim::Faults;
use eyeline_tests::{
    Bucket, Child, Dice, FaultProxy, Faults as NetworkFaults, Instance, deliver, http_client,
};
use flate2::read::MultiGzDecoder;
use futures::TryStreamExt;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};
use serde_json::Value;

use crate::collector_kills::live_and_die;
use crate::loaders::{assert_exact, assert_whole, send};
use crate::s3::{PATIENCE, firehose, loader, sink};
use crate::stage::{AFFILIATES, KEY, Stage, an_hour_ago, deliver_surely, kills, system_time};

/// How long an outage is waited out before lines go to the spool.
const SOON: Duration = Duration::from_millis(50);

const DOWN: Faults = Faults {
    down: true,
    fail_entries: 0.0,
    throttle_calls: 0.0,
    lose_answers: 0.0,
    bucket_down: false,
};

/// A sink with a spool of at most this many bytes behind it.
fn spooled(sink: Arc<dyn EventSink>, stage: &Stage, bytes_max: u64) -> Result<Arc<SpooledSink>> {
    let mut options = SpoolOptions::durable(stage.spool());
    options.retry_after = Duration::from_millis(10);
    options.bytes_max = bytes_max;
    let spool = Spool::open(&options)?.context("a spool of a lasting disk")?;
    Ok(Arc::new(SpooledSink::new(sink, spool)))
}

/// The batch number of each delivered line, in the order of delivery into one object.
async fn batch_numbers(bucket: &Arc<dyn ObjectStore>) -> Result<Vec<u64>> {
    let objects: Vec<_> = bucket.list(Some(&"raw".into())).try_collect().await?;
    ensure!(objects.len() == 1, "{} objects", objects.len());
    let packed = bucket.get(&objects[0].location).await?.bytes().await?;
    let mut text = String::new();
    MultiGzDecoder::new(&packed[..]).read_to_string(&mut text)?;
    let number = |line: &str| -> Result<u64> {
        let line: Value = serde_json::from_str(line)?;
        line["b"]["bn"].as_u64().context("a batch has a number")
    };
    text.lines().map(number).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn firehose_down_for_the_whole_replay_costs_nothing_and_the_spool_drains_in_order()
-> Result<()> {
    let bucket: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let firehose = firehose(Arc::clone(&bucket), 64 << 20).await?;
    firehose.set_faults(DOWN);
    let stage = Stage::new()?;
    let sink = spooled(sink(&firehose, SOON)?, &stage, 1 << 30)?;
    let mut waiting = sink.watch_waiting();
    let collector = stage.collector_before(sink, Arc::new(system_time)).await?;
    let events = send(&collector.url, 40).await?;
    assert_eq!(firehose.counts().taken, 0);
    assert!(*waiting.borrow() > 0);

    firehose.set_faults(Faults::default());
    waiting.wait_for(|bytes| *bytes == 0).await?;
    collector.stop().await?;
    firehose.flush().await;
    // Three instances in turn.
    let sent: Vec<u64> = (0..40).map(|batch| batch / 3 + 1).collect();
    assert_eq!(batch_numbers(&bucket).await?, sent);
    let loader = loader(bucket)?;
    loader.run_once().await?;
    assert_eq!(assert_exact(&loader, events).await?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_longer_than_the_spool_is_large_takes_no_more_disk_and_loses_nothing()
-> Result<()> {
    const SPOOL_BYTES: u64 = 64 << 10;
    let bucket: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let firehose = firehose(Arc::clone(&bucket), 64 << 20).await?;
    firehose.set_faults(DOWN);
    let stage = Stage::new()?;
    let sink = spooled(sink(&firehose, SOON)?, &stage, SPOOL_BYTES)?;
    let mut waiting = sink.watch_waiting();
    let collector = stage.collector_before(sink, Arc::new(system_time)).await?;
    let client = http_client()?;
    let mut instance = Instance::start(AFFILIATES[0], an_hour_ago(), &mut Dice::new(3));
    let refused = loop {
        let batch = instance.renders(60);
        if !deliver(&client, &collector.url, KEY, &batch, system_time()).await {
            break batch;
        }
    };
    let spooled = stage.bytes_of_spool()?;
    ensure!(
        (SPOOL_BYTES / 2..SPOOL_BYTES * 2).contains(&spooled),
        "{spooled} bytes on the disk"
    );
    firehose.set_faults(Faults::default());
    deliver_surely(&client, &collector.url, &refused).await;
    waiting.wait_for(|bytes| *bytes == 0).await?;
    collector.stop().await?;
    firehose.flush().await;
    let loader = loader(bucket)?;
    loader.run_once().await?;
    assert_exact(&loader, instance.captured()).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn with_every_api_throttled_each_event_is_loaded_once() -> Result<()> {
    let storage = Bucket::start("eyeline")?;
    let throttled = NetworkFaults {
        seed: 11,
        every_method: true,
        fail: 0.15,
        fail_after: 0.15,
        reset: 0.1,
        ..NetworkFaults::default()
    };
    let proxy = FaultProxy::start("127.0.0.1:0", storage.url()?, throttled).await?;
    let bucket: Arc<dyn ObjectStore> = Arc::new(storage.open_through(&proxy.url())?);
    let firehose = firehose(Arc::clone(&bucket), 16 << 10).await?;
    firehose.set_faults(Faults {
        fail_entries: 0.3,
        throttle_calls: 0.3,
        lose_answers: 0.1,
        ..Faults::default()
    });
    let stage = Stage::new()?;
    let collector = stage
        .collector_before(sink(&firehose, PATIENCE)?, Arc::new(system_time))
        .await?;
    let events = send(&collector.url, 30).await?;
    collector.stop().await?;
    firehose.flush().await;

    let loading = loader(bucket)?;
    let report = loading.run_once().await?;
    assert!(report.commits > 1, "{report:?}");
    assert_eq!(
        report.conflicts, 0,
        "a commit whose answer was lost is our own"
    );
    let counts = proxy.counts();
    assert!(
        counts.unavailable > 10 && counts.cut_after > 0,
        "{counts:?}"
    );
    assert_whole(&loader(Arc::new(storage.open()?))?, events).await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_collectors_and_killed_loaders_leave_each_event_once() -> Result<()> {
    let storage = Bucket::start("eyeline")?;
    let bucket: Arc<dyn ObjectStore> = Arc::new(storage.open()?);
    let firehose = firehose(Arc::clone(&bucket), 16 << 10).await?;
    firehose.set_faults(Faults {
        fail_entries: 0.3,
        throttle_calls: 0.1,
        lose_answers: 0.1,
        ..Faults::default()
    });
    let stage = Stage::new()?;
    let events = live_and_die(|| stage.delivering_process(&firehose.url())).await?;
    // What the dead left in the spool.
    let drained = spooled(sink(&firehose, PATIENCE)?, &stage, 1 << 30)?;
    let mut waiting = drained.watch_waiting();
    waiting.wait_for(|bytes| *bytes == 0).await?;
    drained.close().await?;
    firehose.flush().await;

    let all = raw_objects(&bucket).await?;
    let watching = loader(Arc::clone(&bucket))?;
    for kill in 0..kills() {
        let before = watching.lake().snapshot().await?;
        ensure!(before.raw.len() < all, "all was loaded before kill {kill}");
        let child = loader_process(&storage)?;
        // Once it has committed, it is at work on the next micro-batch.
        while watching.lake().snapshot().await?.version == before.version {
            tokio::task::yield_now().await;
        }
        child.kill()?;
    }
    let mut last = loader_process(&storage)?;
    last.await_field("loaded")?;
    ensure!(last.stop()?.success(), "the last loader did not end well");
    assert_whole(&watching, events).await
}

async fn raw_objects(bucket: &Arc<dyn ObjectStore>) -> Result<usize> {
    let objects: Vec<_> = bucket.list(Some(&"raw".into())).try_collect().await?;
    Ok(objects.len())
}

/// A loader in a process of its own, from S3 to S3, a file at a time; it ends when everything is loaded.
fn loader_process(storage: &Bucket) -> Result<Child> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rig"));
    command.envs(storage.environment()?).args([
        "load",
        "--raw",
        "s3://eyeline/raw",
        "--lake",
        "s3://eyeline/lake",
        "--micro-batch-bytes",
        "1",
    ]);
    Child::start(&mut command)
}
