//! Names of delivered objects.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};

/// `<prefix>yyyy/MM/dd/HH/<stream>-1-yyyy-MM-dd-HH-mm-ss-<uuid><ending>`, in UTC, by the arrival of the oldest record.
pub(crate) fn key(prefix: &str, stream: &str, oldest_ms: i64, ending: &str) -> Result<String> {
    let oldest: DateTime<Utc> =
        DateTime::from_timestamp_millis(oldest_ms).context("a time that no clock shows")?;
    let (folder, second) = (
        oldest.format("%Y/%m/%d/%H"),
        oldest.format("%Y-%m-%d-%H-%M-%S"),
    );
    Ok(format!(
        "{prefix}{folder}/{stream}-1-{second}-{}{ending}",
        unique()?
    ))
}

/// A random UUID.
pub(crate) fn unique() -> Result<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).context("no random bytes")?;
    Ok(uuid::Builder::from_random_bytes(random)
        .into_uuid()
        .to_string())
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn a_key_is_named_by_its_oldest_record_in_utc() {
        let key = key("raw/", "eyeline", 1_574_553_634_000, ".gz").unwrap();
        let begin = "raw/2019/11/24/00/eyeline-1-2019-11-24-00-00-34-";
        assert!(key.starts_with(begin) && key.ends_with(".gz"), "{key}");
    }
}
