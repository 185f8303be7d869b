//! The path over AWS's services: a collector before Firehose, the lake in an encrypted bucket, loaders that race for its commits.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_firehose::config::{Credentials, SharedCredentialsProvider};
use eyeline_collector::{EventSink, FirehoseOptions, FirehoseSink};
use eyeline_firehose_sim::{Faults, FirehoseSim, Settings, StreamSettings, system_clock};
use eyeline_loader::{Lake, Loader, Options, StoreAt};
use eyeline_tests::{Bucket, encryption, salts};
use futures::TryStreamExt;
use object_store::ObjectStore;
use object_store::path::Path;

use crate::loaders::{assert_whole, send};
use crate::stage::{Stage, system_time};

/// A Firehose that delivers to a bucket, in objects of so many bytes before compression.
pub(crate) async fn firehose(bucket: Arc<dyn ObjectStore>, bytes: usize) -> Result<FirehoseSim> {
    let settings = Settings {
        streams: vec![StreamSettings {
            prefix: "raw/".to_owned(),
            buffer_bytes: bytes,
            ..StreamSettings::new("eyeline")
        }],
        bucket,
        root: Path::default(),
        clock: system_clock(),
    };
    FirehoseSim::start("127.0.0.1:0", settings).await
}

/// A sink into it that gives up after this long.
pub(crate) fn sink(firehose: &FirehoseSim, give_up_after: Duration) -> Result<Arc<dyn EventSink>> {
    let config = account(&firehose.url());
    let streams = "eyeline".parse().map_err(anyhow::Error::msg)?;
    let mut options = FirehoseOptions::new(vec![streams]);
    options.give_up_after = give_up_after;
    Ok(Arc::new(FirehoseSink::with(&config, options)?))
}

/// An account of AWS at this address.
pub(crate) fn account(url: &str) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "tests");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url)
        .build()
}

/// A loader of small bites, so that there are commits to race for.
pub(crate) fn loader(bucket: Arc<dyn ObjectStore>) -> Result<Loader> {
    let at = |folder: &str| StoreAt::new(Arc::clone(&bucket), Path::from(folder));
    let mut options = Options::new(salts()?);
    options.micro_batch_bytes = 16 << 10;
    let loader = Loader::between(at("raw"), Lake::at(at("lake")), options);
    Ok(loader.with_errors(at("errors")))
}

/// Longer than any fault of the tests lasts.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn what_firehose_delivers_to_s3_is_loaded_once_by_two_loaders_that_race() -> Result<()> {
    let storage = Bucket::start("eyeline")?;
    let s3 = storage.open()?;
    let bucket: Arc<dyn ObjectStore> = Arc::new(s3.clone());
    let firehose = firehose(Arc::clone(&bucket), 8 << 10).await?;
    firehose.set_faults(Faults {
        fail_entries: 0.3,
        throttle_calls: 0.1,
        lose_answers: 0.1,
        ..Faults::default()
    });
    let stage = Stage::new()?;
    let collector = stage
        .collector_before(sink(&firehose, PATIENCE)?, Arc::new(system_time))
        .await?;
    let events = send(&collector.url, 40).await?;
    collector.stop().await?;
    firehose.flush().await;
    assert_eq!(firehose.counts().waiting, 0);

    let (first, second) = (loader(Arc::clone(&bucket))?, loader(Arc::clone(&bucket))?);
    let (one, other) = tokio::try_join!(
        tokio::spawn(async move { first.run_once().await }),
        tokio::spawn(async move { second.run_once().await }),
    )?;
    let (one, other) = (one?, other?);
    assert!(one.commits + other.commits > 1, "{one:?} {other:?}");
    assert_whole(&loader(Arc::clone(&bucket))?, events).await?;

    let objects: Vec<_> = bucket.list(None).try_collect().await?;
    for object in &objects {
        let encryption = encryption(&s3, &object.location).await?;
        assert_eq!(
            encryption.as_deref(),
            Some("aws:kms"),
            "{}",
            object.location
        );
    }
    Ok(())
}
