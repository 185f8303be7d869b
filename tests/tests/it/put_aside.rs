//! A transform that fails: Firehose puts every record aside, and the loader reads them back.

use std::sync::Arc;

use anyhow::Result;
use eyeline_firehose_sim::{FirehoseSim, Settings, StreamSettings, system_clock};
use eyeline_tests::http_client;
use object_store::ObjectStore;
use object_store::memory::InMemory;
use object_store::path::Path;

use crate::loaders::{assert_exact, send};
use crate::s3::{PATIENCE, loader, sink};
use crate::stage::{Stage, system_time};

/// A function that fails whatever it is asked, as one without memory does.
async fn fail_always(client: reqwest::Client, firehose: String) {
    let base = format!("{firehose}/2018-06-01/runtime/invocation");
    while let Ok(next) = client.get(format!("{base}/next")).send().await {
        let id = next.headers()["lambda-runtime-aws-request-id"]
            .to_str()
            .unwrap();
        let error = client.post(format!("{base}/{id}/error"));
        drop(
            error
                .body(r#"{"errorType":"Runtime.ExitError"}"#)
                .send()
                .await,
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_failing_transform_left_in_the_error_output_is_loaded_once() -> Result<()> {
    let bucket: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let settings = Settings {
        streams: vec![StreamSettings {
            prefix: "raw/".to_owned(),
            transform: true,
            ..StreamSettings::new("eyeline")
        }],
        bucket: Arc::clone(&bucket),
        root: Path::default(),
        clock: system_clock(),
    };
    let firehose = FirehoseSim::start("127.0.0.1:0", settings).await?;
    let function = tokio::spawn(fail_always(http_client()?, firehose.url()));
    let stage = Stage::new()?;
    let collector = stage
        .collector_before(sink(&firehose, PATIENCE)?, Arc::new(system_time))
        .await?;
    let events = send(&collector.url, 20).await?;
    collector.stop().await?;
    firehose.flush().await;
    function.abort();
    let counts = firehose.counts();
    assert_eq!(
        (counts.objects, counts.processing_failed),
        (1, counts.taken)
    );

    let loader = loader(bucket)?;
    assert_eq!(loader.run_once().await?.counts.lines, 20);
    assert_exact(&loader, events).await?;
    assert_eq!(loader.run_once().await?.raw_files, 0);
    Ok(())
}
