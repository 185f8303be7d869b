//! The path over AWS's services: a collector before Firehose, the lake in an encrypted bucket, loaders that race for its commits.

use std::sync::Arc;

use anyhow::Result;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_firehose::config::{Credentials, SharedCredentialsProvider};
use eyeline_collector::{EventSink, FirehoseOptions, FirehoseSink};
use eyeline_firehose_sim::{Faults, FirehoseSim, Settings, StreamSettings, system_clock};
use eyeline_loader::{Lake, Loader, Options, StoreAt};
use eyeline_tests::{Bucket, encryption, salts};
use futures::TryStreamExt;
use object_store::ObjectStore;
use object_store::aws::AmazonS3;
use object_store::path::Path;

use crate::loaders::{assert_whole, send};
use crate::stage::{Stage, system_time};

/// A Firehose that delivers to a bucket of moto's.
async fn firehose(bucket: &Arc<AmazonS3>) -> Result<FirehoseSim> {
    let settings = Settings {
        streams: vec![StreamSettings {
            prefix: "raw/".to_owned(),
            buffer_bytes: 8 << 10,
            ..StreamSettings::new("eyeline")
        }],
        bucket: Arc::clone(bucket) as _,
        root: Path::default(),
        clock: system_clock(),
    };
    FirehoseSim::start("127.0.0.1:0", settings).await
}

fn sink(firehose: &FirehoseSim) -> Result<Arc<dyn EventSink>> {
    let credentials = Credentials::new("test", "test", None, None, "tests");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(firehose.url())
        .build();
    let streams = "eyeline".parse().map_err(anyhow::Error::msg)?;
    let options = FirehoseOptions::new(vec![streams]);
    Ok(Arc::new(FirehoseSink::with(&config, options)?))
}

fn loader(bucket: &Arc<AmazonS3>) -> Result<Loader> {
    let at = |folder: &str| StoreAt::new(Arc::clone(bucket) as _, Path::from(folder));
    let mut options = Options::new(salts()?);
    // Small bites, so that there are commits to race for.
    options.micro_batch_bytes = 16 << 10;
    Ok(Loader::between(at("raw"), Lake::at(at("lake")), options))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_firehose_delivers_to_s3_is_loaded_once_by_two_loaders_that_race() -> Result<()> {
    let storage = Bucket::start("eyeline")?;
    let bucket = Arc::new(storage.open()?);
    let firehose = firehose(&bucket).await?;
    firehose.set_faults(Faults {
        fail_entries: 0.3,
        throttle_calls: 0.1,
        lose_answers: 0.1,
        ..Faults::default()
    });
    let stage = Stage::new()?;
    let collector = stage
        .collector_before(sink(&firehose)?, Arc::new(system_time))
        .await?;
    let events = send(&collector.url, 40).await?;
    collector.stop().await?;
    firehose.flush().await;
    assert_eq!(firehose.counts().waiting, 0);

    let (first, second) = (loader(&bucket)?, loader(&bucket)?);
    let (one, other) = tokio::try_join!(
        tokio::spawn(async move { first.run_once().await }),
        tokio::spawn(async move { second.run_once().await }),
    )?;
    let (one, other) = (one?, other?);
    assert!(one.commits + other.commits > 1, "{one:?} {other:?}");
    assert_whole(&loader(&bucket)?, events).await?;

    let objects: Vec<_> = bucket.list(None).try_collect().await?;
    for object in &objects {
        let encryption = encryption(&bucket, &object.location).await?;
        assert_eq!(
            encryption.as_deref(),
            Some("aws:kms"),
            "{}",
            object.location
        );
    }
    Ok(())
}
