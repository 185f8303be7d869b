//! Verification: what the lake says about itself is worked out again from its rows.

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use serde::Serialize;

use crate::error::Result;
use crate::lake::{Counts, Table};
use crate::load::Loader;
use crate::session::{LakeReader, register_view};
use crate::sql;

/// What verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// The commit that was looked at.
    pub version: u64,
    /// All events ever, by what became of them.
    pub totals: Counts,
    /// Event rows in the lake now.
    pub events: u64,
    /// Impressions in the lake now.
    pub impressions: u64,
    /// What is wrong; empty when all is well.
    pub problems: Vec<String>,
}

impl Loader {
    /// Counts everything again: rows against the log, event keys for copies, impressions and marts against the events. Where clean
    /// rows have expired, impressions older than the oldest event are not compared.
    ///
    /// # Errors
    /// When a file can't be read.
    pub async fn verify(&self) -> Result<Verified> {
        let snapshot = self.lake().snapshot().await?;
        let reader = LakeReader::with_limits(self.lake(), snapshot, self.options().query).await?;
        let context = reader.context();
        register_view(context, "impression_parts", sql::IMPRESSION_PARTS).await?;
        register_view(context, "impressions_again", sql::FCT_IMPRESSION).await?;
        let snapshot = reader.snapshot();
        let mut problems = Vec::new();
        let Counts {
            read,
            written,
            duplicate,
            rejected,
            ..
        } = snapshot.totals;
        if read != written + duplicate + rejected {
            problems.push(format!(
                "read {read} is not written {written} + duplicate {duplicate} + rejected {rejected}"
            ));
        }
        for table in Table::ALL {
            let logged: u64 = snapshot.files_of(table).map(|file| file.rows).sum();
            let rows = count(&reader, &format!("SELECT count(*) FROM {}", table.name())).await?;
            if rows != logged {
                problems.push(format!(
                    "{} has {rows} rows, the log says {logged}",
                    table.name()
                ));
            }
        }
        for (what, sql) in CHECKS {
            let wrong = count(&reader, sql).await?;
            if wrong > 0 {
                problems.push(format!("{wrong} {what}"));
            }
        }
        let events = count(&reader, "SELECT count(*) FROM events").await?;
        let impressions = count(&reader, "SELECT count(*) FROM fct_impression").await?;
        Ok(Verified {
            version: snapshot.version,
            totals: snapshot.totals.clone(),
            events,
            impressions,
            problems,
        })
    }
}

async fn count(reader: &LakeReader, sql: &str) -> Result<u64> {
    let rows = reader.query(sql).await?;
    let value = rows.first().map_or(0, |batch| {
        batch.column(0).as_primitive::<Int64Type>().value(0)
    });
    Ok(value.unsigned_abs())
}

/// What must not be found, and the query that counts it.
const CHECKS: [(&str, &str); 5] = [
    (
        "event keys occur twice",
        "SELECT count(*) FROM (SELECT inst, seq FROM events GROUP BY inst, seq HAVING count(*) > 1) d",
    ),
    (
        "impression keys occur twice",
        "SELECT count(*) FROM (SELECT inst, imp FROM fct_impression GROUP BY inst, imp HAVING count(*) > 1) d",
    ),
    (
        "impressions differ from their events",
        "SELECT count(*) FROM (SELECT * FROM fct_impression EXCEPT SELECT * FROM impressions_again) d \
         WHERE first_received_ms >= (SELECT min(received_ms) FROM events)",
    ),
    (
        "impressions are missing",
        "SELECT count(*) FROM (SELECT inst, imp FROM impressions_again EXCEPT SELECT inst, imp FROM fct_impression) d",
    ),
    (
        "hours of the mart differ from their impressions",
        "SELECT count(*) FROM (SELECT event_hour, sum(n) AS n, sum(x) AS x, sum(v) AS v FROM \
         (SELECT event_hour, impressions AS n, clicks AS x, viewables AS v FROM mart_content_hour UNION ALL \
          SELECT event_hour, -1, -clicked, CASE WHEN measurable = 1 THEN -viewable ELSE 0 END FROM fct_impression WHERE rendered_ms IS NOT NULL) b GROUP BY event_hour) d \
         WHERE n <> 0 OR x <> 0 OR v <> 0",
    ),
];
