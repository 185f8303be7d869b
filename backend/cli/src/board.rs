//! The dashboard of `eyeline up`: the report's pages, told of each new commit.

use axum::Router;
use eyeline_core::UnixMillis;
use eyeline_loader::{Lake, LakeReader};
use futures::FutureExt;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::report::{self, Counts, Live, ReportError};

/// Serves the lake's report, and counts while the loader runs.
#[derive(Debug)]
pub struct Board {
    lake: Lake,
    clock: Clock,
    commits: watch::Sender<u64>,
    counts: watch::Sender<Counts>,
}

impl Board {
    /// A board of this lake.
    #[must_use]
    pub fn new(lake: &Lake, clock: &Clock) -> Self {
        Self {
            lake: lake.clone(),
            clock: clock.clone(),
            commits: watch::Sender::new(0),
            counts: watch::Sender::new(Counts::default()),
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
        report::router(Live::new(
            open,
            now,
            self.commits.subscribe(),
            self.counts.subscribe(),
        ))
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

    /// Counts the lake anew for the strip on top of the pages.
    ///
    /// # Errors
    /// Where the lake can't be read.
    pub async fn count(&self) -> eyeline_loader::Result<()> {
        let reader = LakeReader::open(&self.lake).await?;
        let rows = reader.query(COUNTS).await?;
        let number = |column: usize| {
            let batch = rows.first()?;
            let values = batch
                .column(column)
                .as_any()
                .downcast_ref::<datafusion::arrow::array::Int64Array>()?;
            u64::try_from(values.iter().next()??).ok()
        };
        let counts = Counts {
            served: number(0).unwrap_or(0),
            viewable: number(1).unwrap_or(0),
            dwell: number(2).unwrap_or(0),
            lost: number(3).unwrap_or(0),
        };
        self.counts
            .send_if_modified(|shown| std::mem::replace(shown, counts) != counts);
        Ok(())
    }
}

const COUNTS: &str = "SELECT COUNT(*), CAST(SUM(viewable) AS BIGINT), \
    CAST(SUM(CASE WHEN visible_ms > 0 THEN 1 ELSE 0 END) AS BIGINT), \
    (SELECT CAST(SUM(lost) AS BIGINT) FROM instances) FROM fct_impression WHERE rendered_ms IS NOT NULL";
