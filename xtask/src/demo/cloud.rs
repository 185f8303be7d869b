//! AWS on this machine for one run of the demo: S3 and KMS by moto, Firehose by our own peer, and the Lambda function's real process.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use serde_json::Value;

use super::stage::text;
use super::warehouse::Warehouse;
use crate::process::Process;
use crate::{tools, workspace};

/// The services, running.
pub(super) struct Cloud {
    storage: Storage,
    /// Ended in this order: a function that finds no Firehose complains.
    _function: Process,
    firehose: Process,
    firehose_url: String,
    warehouse: Option<Warehouse>,
}

/// S3 with one bucket, and the key that encrypts its objects.
struct Storage {
    _process: Process,
    url: String,
    key: String,
}

const BUCKET: &str = "eyeline";
/// A stream with backup and transform, closing objects by the replay's clock.
const STREAM: &str = r#"{"name":"eyeline","prefix":"raw/","backup_prefix":"backup/","buffer_ms":600000,"transform":true}"#;
/// What goes wrong at Firehose while the data is sent, beside what the network in front of the collector does.
const FAULTS: &str = r#"{"fail_entries":0.1,"throttle_calls":0.02,"lose_answers":0.02}"#;

impl Cloud {
    /// Starts everything; Firehose goes by the clock in this file.
    pub(super) fn start(binaries: &Path, clock: &Path) -> Result<Self> {
        let storage = Storage::start()?;
        let mut firehose = Command::new(binaries.join("eyeline-firehose-sim"));
        firehose.args(["--bucket", &format!("s3://{BUCKET}"), "--stream", STREAM]);
        firehose
            .args(["--faults", FAULTS, "--stepped-clock"])
            .arg(clock);
        storage.seen_by(&mut firehose);
        let mut firehose = Process::start("Firehose", &mut firehose)?;
        let firehose_url = text(&firehose.await_object("listening")?["listening"]);
        let mut function = Command::new(binaries.join("bootstrap"));
        function.envs([
            (
                "AWS_LAMBDA_RUNTIME_API",
                firehose_url.trim_start_matches("http://"),
            ),
            ("AWS_LAMBDA_FUNCTION_NAME", "transform"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ]);
        let warehouse = Warehouse::start(binaries, BUCKET, |command| storage.seen_by(command))?;
        Ok(Self {
            _function: Process::start("the transform", &mut function)?,
            storage,
            firehose,
            firehose_url,
            warehouse: Some(warehouse),
        })
    }

    /// Has a command of `eyeline` use these services.
    pub(super) fn seen_by(&self, command: &mut Command) {
        let at = |folder: &str| format!("s3://{BUCKET}/{folder}");
        command.args(["--raw", &at("raw"), "--lake", &at("lake")]);
        command.env("AWS_ENDPOINT_URL_FIREHOSE", &self.firehose_url);
        self.storage.seen_by(command);
    }

    /// The warehouse, until it was taken.
    pub(super) fn warehouse(&mut self) -> &mut Option<Warehouse> {
        &mut self.warehouse
    }

    /// Has `eyeline load` take the lake over into the warehouse.
    pub(super) fn loaded_by(&self, load: &mut Command) {
        if let Some(warehouse) = &self.warehouse {
            warehouse.loaded_by(load);
        }
    }

    /// Has Firehose deliver what it holds. Gives its counts.
    pub(super) fn deliver(&mut self) -> Result<Value> {
        self.firehose.signal("HUP")?;
        Ok(self.firehose.await_object("counts")?["counts"].take())
    }
}

/// The name of the stream, for the collector.
pub(super) const DELIVERY: [&str; 2] = ["--firehose", "eyeline"];

impl Storage {
    fn start() -> Result<Self> {
        let python = tools::python("aws", "tests/aws/requirements.txt")?.join("python");
        let mut serve = Command::new(python);
        serve.arg(workspace::root().join("tests/aws/storage.py"));
        let mut process = Process::start("S3", serve.arg(BUCKET))?;
        let said = process.await_object("storage")?["storage"].take();
        Ok(Self {
            _process: process,
            url: text(&said["url"]),
            key: text(&said["key"]),
        })
    }

    fn seen_by(&self, command: &mut Command) {
        command.envs([
            ("AWS_ENDPOINT_URL", self.url.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_SERVER_SIDE_ENCRYPTION", "aws:kms"),
            ("AWS_SSE_KMS_KEY_ID", self.key.as_str()),
        ]);
    }
}
