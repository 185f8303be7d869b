//! The dashboard of `eyeline up`: the report's pages, told of each new commit.

use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use datafusion::arrow::array::{Int64Array, RecordBatch};
use eyeline_core::UnixMillis;
use eyeline_loader::{Lake, LakeReader};
use futures::FutureExt;
use tokio::sync::{mpsc, watch};

use crate::clock::Clock;
use crate::report::{self, Counts, Feeds, Live, Loaded, ReportError};
use crate::seen::{Seen, Tally};

/// Serves the lake's report, and counts while the loader runs.
#[derive(Debug)]
pub struct Board {
    lake: Lake,
    clock: Clock,
    commits: watch::Sender<u64>,
    counts: watch::Sender<Counts>,
    seen: watch::Sender<Seen>,
    loaded: watch::Sender<Loaded>,
    since: UnixMillis,
}

impl Board {
    /// A board of this lake.
    #[must_use]
    pub fn new(lake: &Lake, clock: &Clock) -> Self {
        Self {
            lake: lake.clone(),
            clock: clock.clone(),
            commits: watch::Sender::new(0),
            counts: watch::Sender::default(),
            seen: watch::Sender::default(),
            loaded: watch::Sender::default(),
            since: clock.now(),
        }
    }

    /// The pages, to be served.
    pub fn pages(&self) -> Router {
        let lake = self.lake.clone();
        let open = move || {
            let lake = lake.clone();
            async move {
                let reader = LakeReader::open(&lake)
                    .await
                    .map_err(|error| ReportError::Open(error.to_string()))?;
                Ok(report::Snapshot {
                    context: reader.context().clone(),
                    commit: reader.snapshot().version,
                })
            }
            .boxed()
        };
        let clock = self.clock.clone();
        let now = move || -> UnixMillis { clock.now() };
        let feeds = Feeds {
            commits: self.commits.subscribe(),
            counts: self.counts.subscribe(),
            seen: self.seen.subscribe(),
            loaded: self.loaded.subscribe(),
        };
        report::router(Live::new(open, now, feeds))
    }

    /// The lake stands at this commit now. Open pages are told, once for each commit.
    pub fn committed(&self, version: u64) {
        self.commits
            .send_if_modified(|shown| std::mem::replace(shown, version) != version);
    }

    /// Follows the commits the board was told of.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// Counts what the collector stores, until it stores no more.
    pub async fn follow(&self, mut lines: mpsc::Receiver<Bytes>) {
        let mut tally = Tally::new(self.since);
        let mut stored = Vec::new();
        self.seen.send_replace(tally.seen());
        while lines.recv_many(&mut stored, CALLS_AT_ONCE).await > 0 {
            for lines in stored.drain(..) {
                tally.add(&lines);
            }
            self.seen.send_replace(tally.seen());
            tokio::time::sleep(BETWEEN_SHOWS).await;
        }
    }

    /// Counts the lake anew: whole for the strip on top of the pages, and what came since the start for the live page.
    ///
    /// # Errors
    /// Where the lake can't be read.
    pub async fn count(&self) -> eyeline_loader::Result<()> {
        let reader = LakeReader::open(&self.lake).await?;
        let rows = reader.query(COUNTS).await?;
        let row = row(&rows);
        let counts = Counts {
            served: row[0],
            viewable: row[1],
            dwell: row[2],
            lost: row[3],
        };
        let since = LOADED.replace("$since", &self.since.as_i64().to_string());
        let row = self::row(&reader.query(&since).await?);
        let loaded = Loaded {
            events: row[0],
            rendered: row[1],
            viewable: row[2],
            visible_ms: row[3],
            engaged_ms: row[4],
            clicks: row[5],
            lost: row[6],
        };
        self.counts
            .send_if_modified(|shown| std::mem::replace(shown, counts) != counts);
        self.loaded
            .send_if_modified(|shown| std::mem::replace(shown, loaded) != loaded);
        Ok(())
    }
}

/// The numbers of a query's one row; 0 for NULL, and where the row is shorter.
fn row(rows: &[RecordBatch]) -> [u64; 7] {
    let mut numbers = [0; 7];
    let columns = rows.first().map(RecordBatch::columns).unwrap_or_default();
    for (number, column) in numbers.iter_mut().zip(columns) {
        let values = column.as_any().downcast_ref::<Int64Array>();
        let first = values.and_then(|values| values.iter().next().flatten());
        *number = first.map_or(0, |value| u64::try_from(value).unwrap_or(0));
    }
    numbers
}

const COUNTS: &str = "SELECT COUNT(*), CAST(SUM(viewable) AS BIGINT), \
    CAST(SUM(CASE WHEN visible_ms > 0 THEN 1 ELSE 0 END) AS BIGINT), \
    (SELECT CAST(SUM(lost) AS BIGINT) FROM instances) FROM fct_impression WHERE rendered_ms IS NOT NULL";

const LOADED: &str = "SELECT (SELECT COUNT(*) FROM events WHERE received_ms >= $since), \
    COUNT(rendered_ms), CAST(SUM(viewable) AS BIGINT), CAST(SUM(visible_ms) AS BIGINT), CAST(SUM(engaged_ms) AS BIGINT), \
    CAST(SUM(clicks) AS BIGINT), (SELECT CAST(SUM(lost) AS BIGINT) FROM instances WHERE first_received_ms >= $since) \
    FROM fct_impression WHERE first_received_ms >= $since";

/// How many stored calls are counted before the page is told again.
const CALLS_AT_ONCE: usize = 256;
/// How long the page's numbers stand at least (ours): faster than that nobody reads.
const BETWEEN_SHOWS: Duration = Duration::from_millis(150);
