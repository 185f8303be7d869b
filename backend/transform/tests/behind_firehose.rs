//! The function's real process behind Firehose: lines pass, bad ones are typed, a process that is killed costs nothing.
#![allow(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is the point"
)]

use std::env;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use eyeline_firehose_sim::{FirehoseSim, Settings, StreamSettings, system_clock};
use flate2::read::MultiGzDecoder;
use futures::TryStreamExt;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

/// The function's process; it ends with the test.
struct Function(Child);

impl Function {
    fn start(sim: &FirehoseSim) -> Self {
        // `cargo xtask lambda --test` names the program for arm64, behind what emulates it.
        let words = env::var("EYELINE_BOOTSTRAP").unwrap_or(env!("CARGO_BIN_EXE_bootstrap").into());
        let mut words = words.split(' ');
        let process = Command::new(words.next().unwrap())
            .args(words)
            .env(
                "AWS_LAMBDA_RUNTIME_API",
                sim.url().trim_start_matches("http://"),
            )
            .env("AWS_LAMBDA_FUNCTION_NAME", "transform")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .stdout(Stdio::null())
            .spawn();
        Self(process.unwrap())
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

async fn firehose() -> (FirehoseSim, Arc<InMemory>) {
    let bucket = Arc::new(InMemory::new());
    let stream = StreamSettings {
        transform: true,
        ..StreamSettings::new("eyeline")
    };
    let settings = Settings {
        streams: vec![stream],
        bucket: Arc::clone(&bucket) as _,
        root: Path::default(),
        clock: system_clock(),
    };
    (
        FirehoseSim::start("127.0.0.1:0", settings).await.unwrap(),
        bucket,
    )
}

async fn delivered(bucket: &InMemory) -> String {
    let listed: Vec<_> = bucket.list(None).try_collect().await.unwrap();
    let mut text = String::new();
    for meta in listed {
        assert!(
            !meta.location.as_ref().starts_with("errors/"),
            "{}",
            meta.location
        );
        let packed = bucket
            .get(&meta.location)
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        MultiGzDecoder::new(&packed[..])
            .read_to_string(&mut text)
            .unwrap();
    }
    text
}

fn line(n: usize) -> String {
    format!(
        "{{\"rcv\":1574553634000,\"aff\":\"a\",\"key\":\"k\",\"att\":1,\"b\":{{\"bn\":{n}}}}}\n"
    )
}

#[tokio::test]
async fn lines_pass_as_they_are_and_bad_ones_are_typed() {
    let (sim, bucket) = firehose().await;
    let _function = Function::start(&sim);
    let packed = [line(1), "not a line\n".to_owned(), line(2)].concat();
    sim.put("eyeline", vec![packed.into(), line(3).into()])
        .unwrap();
    sim.flush().await;
    let delivered = delivered(&bucket).await;
    let good: String = [1, 2, 3].map(line).concat();
    let kept: String = delivered
        .lines()
        .filter(|line| line.contains("\"b\":"))
        .flat_map(|line| [line, "\n"])
        .collect();
    assert_eq!(kept, good);
    assert!(
        delivered.contains(r#""why":"bad_json","raw":"not a line""#),
        "{delivered}"
    );
}

#[tokio::test]
async fn a_process_killed_at_work_is_asked_again_in_its_successor() {
    let (sim, bucket) = firehose().await;
    let records = (0..2_000).map(|n| line(n).repeat(20).into());
    let mut function = Function::start(&sim);
    for records in records.collect::<Vec<_>>().chunks(500) {
        sim.put("eyeline", records.to_vec()).unwrap();
    }
    let flushed = sim.flush();
    futures::pin_mut!(flushed);
    // Two kills while lines are on their way; a third attempt is left.
    for _ in 0..2 {
        assert!(futures::poll!(&mut flushed).is_pending());
        drop(function);
        function = Function::start(&sim);
    }
    flushed.await;
    assert_eq!(sim.counts().processing_failed, 0);
    assert_eq!(delivered(&bucket).await.lines().count(), 40_000);
}
