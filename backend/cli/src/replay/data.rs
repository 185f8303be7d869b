//! The real data: reads a log of impressions in the form of `examples/data/open-bandit.csv.gz`.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::read::MultiGzDecoder;
use serde::Deserialize;

/// One impression as the log has it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Row {
    /// When it was shown, milliseconds since 1970 UTC.
    pub timestamp_ms: i64,
    /// Which policy chose the item.
    pub policy: String,
    /// Which campaign it belongs to.
    pub campaign: String,
    /// The item, numbered within its campaign.
    pub item_id: u32,
    /// Its position, from 1.
    pub position: u32,
    /// 1 where the visitor clicked.
    pub click: u8,
    /// The probability with which the policy chose it.
    pub propensity_score: f64,
}

/// Reads a whole log, in order of time.
///
/// # Errors
/// Where the file can't be read, a row lacks a column, or time runs backwards.
pub fn read(path: &Path) -> Result<Vec<Row>> {
    let file = File::open(path).with_context(|| {
        format!(
            "cannot open {}: pass --log with the path of examples/data/open-bandit.csv.gz",
            path.display()
        )
    })?;
    read_from(file, &path.display().to_string())
}

/// Reads a whole log from its gzip bytes; `name` is what errors call it.
///
/// # Errors
/// As [`read`].
pub fn read_from(bytes: impl Read, name: &str) -> Result<Vec<Row>> {
    let mut reader = csv::Reader::from_reader(MultiGzDecoder::new(bytes));
    let rows: Vec<Row> = reader
        .deserialize()
        .collect::<Result<_, _>>()
        .with_context(|| format!("{name} is not a log of impressions"))?;
    ensure!(!rows.is_empty(), "{name} holds no impression");
    ensure!(
        rows.is_sorted_by_key(|row| row.timestamp_ms),
        "{name} is not in order of time"
    );
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_real_data_has_the_clicks_its_authors_counted() {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data/open-bandit.csv.gz");
        let rows = read(&path).unwrap();
        let mut logs = BTreeMap::new();
        for row in &rows {
            let (shown, clicked) = logs
                .entry((row.policy.as_str(), row.campaign.as_str()))
                .or_insert((0, 0));
            *shown += 1;
            *clicked += u32::from(row.click);
        }
        let expected = [
            (("bts", "all"), (10_000, 42)),
            (("bts", "men"), (10_000, 69)),
            (("bts", "women"), (10_000, 46)),
            (("random", "all"), (10_000, 38)),
            (("random", "men"), (10_000, 46)),
            (("random", "women"), (10_000, 46)),
        ];
        assert_eq!(logs, BTreeMap::from(expected));
    }
}
