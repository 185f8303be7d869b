//! What a loader may be told. Every number has a reason.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use eyeline_core::UnixMillis;

use crate::decode::Salts;
use crate::session::QueryLimits;

/// Tells the time. A program that replays the past brings its own.
pub type Clock = Arc<dyn Fn() -> UnixMillis + Send + Sync>;

/// How a [`crate::Loader`] works.
#[derive(Clone)]
#[non_exhaustive]
pub struct Options {
    /// Holds the secret that visitor keys are made with.
    pub salts: Salts,
    /// How far back hour prefixes are listed again. Firehose names an object by its oldest record and retries for 24 h, so less than
    /// 26 h would find some only with the next listing of everything, which is made once a day.
    pub relist: Duration,
    /// List the whole raw store in every run, rather than once a day and the last hours in between.
    pub list_all: bool,
    /// Raw bytes (as stored) of one micro-batch; a larger single file is a micro-batch of its own.
    pub micro_batch_bytes: u64,
    /// Events after which a micro-batch takes no further file. Memory grows with it: about 32 bytes an event, and what its
    /// instances need.
    pub micro_batch_events: u32,
    /// How long an event number is remembered after the last word from its instance. Longer than the 30 days a client keeps events.
    pub seen_for: Duration,
    /// When an hour of the mart becomes final, counted from its end.
    pub final_after: Duration,
    /// How long raw files and rejects are kept; at most 30 days, because they hold what erasure can't reach.
    pub raw_for: Duration,
    /// The address under which other engines know the lake, such as `s3://bucket/lake`; with it, every run writes
    /// [manifests](crate::Loader::publish) for them.
    pub publish_as: Option<String>,
    /// What a query may take.
    pub query: QueryLimits,
    /// Where intermediate rows wait; the system's temporary folder when `None`.
    pub scratch: Option<PathBuf>,
    /// The time.
    pub clock: Clock,
}

impl Options {
    /// The defaults, with this secret.
    #[must_use]
    pub fn new(salts: Salts) -> Self {
        Self {
            salts,
            relist: Duration::from_secs(26 * 3_600),
            list_all: false,
            micro_batch_bytes: 32 << 20,
            micro_batch_events: 250_000,
            seen_for: Duration::from_secs(45 * 86_400),
            final_after: Duration::from_secs(72 * 3_600),
            raw_for: Duration::from_secs(30 * 86_400),
            publish_as: None,
            // One thread: operators that run side by side would share the pool, and none of them could count on its part.
            query: QueryLimits {
                threads: 1,
                ..QueryLimits::default()
            },
            scratch: None,
            clock: Arc::new(system_time),
        }
    }

    pub(crate) fn now_ms(&self) -> i64 {
        (self.clock)().as_i64()
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Options")
            .field("relist", &self.relist)
            .field("list_all", &self.list_all)
            .field("micro_batch_bytes", &self.micro_batch_bytes)
            .finish_non_exhaustive()
    }
}

pub(crate) fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

pub(crate) fn system_time() -> UnixMillis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UnixMillis::from_i64(ms(since))
}
