//! What a stream is made with, and its destination.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use object_store::ObjectStore;
use object_store::path::Path;
use serde::Deserialize;

/// Tells the time (ms since 1970).
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The machine's clock.
#[must_use]
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

/// A simulated account: its streams and the bucket they deliver to.
#[derive(Clone)]
pub struct Settings {
    /// The streams that exist.
    pub streams: Vec<StreamSettings>,
    /// The bucket.
    pub bucket: Arc<dyn ObjectStore>,
    /// Where in the store the bucket begins.
    pub root: Path,
    /// What time it is: names, buffers and patience go by it.
    pub clock: Clock,
}

/// One delivery stream, in the words of its CloudFormation properties.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamSettings {
    /// `DeliveryStreamName`.
    pub name: String,
    /// `Prefix`: what stands before `yyyy/MM/dd/HH/`.
    #[serde(default)]
    pub prefix: String,
    /// `ErrorOutputPrefix`, in front of the kind of error and `yyyy/MM/dd/HH/`.
    #[serde(default = "errors")]
    pub error_prefix: String,
    /// The prefix of `S3BackupConfiguration`, where `S3BackupMode` is `Enabled`.
    #[serde(default)]
    pub backup_prefix: Option<String>,
    /// `BufferingHints.SizeInMBs`, in bytes.
    #[serde(default = "five_mebibytes")]
    pub buffer_bytes: usize,
    /// `BufferingHints.IntervalInSeconds`, in ms.
    #[serde(default = "five_minutes")]
    pub buffer_ms: i64,
    /// Whether a Lambda function transforms records.
    #[serde(default)]
    pub transform: bool,
}

impl StreamSettings {
    /// A stream with Firehose's defaults.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            prefix: String::new(),
            error_prefix: errors(),
            backup_prefix: None,
            buffer_bytes: five_mebibytes(),
            buffer_ms: five_minutes(),
            transform: false,
        }
    }
}

fn errors() -> String {
    "errors/".to_owned()
}

fn five_mebibytes() -> usize {
    5 << 20
}

fn five_minutes() -> i64 {
    300_000
}

impl fmt::Debug for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Settings")
            .field("streams", &self.streams)
            .field("bucket", &self.bucket)
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}
