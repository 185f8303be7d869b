//! Which raw files there are and which of them no commit has consumed.

use futures::TryStreamExt;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use super::options::{Options, ms};
use crate::error::Result;
use crate::lake::{Snapshot, StoreAt};
use crate::time::{DAY_MS, HOUR_MS, hour_of, hour_prefix};

/// A raw file to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawObject {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) modified_ms: i64,
}

/// What a run found.
pub(crate) struct Listing {
    /// The raw files that are not in the log, in the order of their names.
    pub(crate) waiting: Vec<RawObject>,
    /// When the whole store was listed (ms), where it was.
    pub(crate) all_at_ms: Option<i64>,
}

/// Lists the last hours, and once a day everything: a loader that stood still, or a collector that publishes what it kept while it
/// was down, leaves files in hours that nobody lists any more. Files that could not be read are looked for in any case.
pub(crate) async fn discover(
    raw: &StoreAt,
    snapshot: &Snapshot,
    options: &Options,
) -> Result<Listing> {
    let mut found = Vec::new();
    let now = options.now_ms();
    let all = options.list_all || listing_due(snapshot, now);
    if all {
        list(raw, "", &mut found).await?;
    } else {
        let mut hour = hour_of(now - ms(options.relist));
        // One hour ahead: the host that names the objects may have a faster clock.
        while hour <= now + HOUR_MS {
            list(raw, &hour_prefix(hour), &mut found).await?;
            hour += HOUR_MS;
        }
        for path in &snapshot.unreadable {
            match raw.store().head(&raw.key(path)).await {
                Ok(meta) => found.push(object(path.clone(), &meta)),
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    found.retain(|object| !snapshot.raw.contains_key(&object.path));
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
    Ok(Listing {
        waiting: found,
        all_at_ms: all.then_some(now),
    })
}

/// Whether the last listing of the whole store is a day old; a clock that was set back counts as one.
pub(crate) fn listing_due(snapshot: &Snapshot, now_ms: i64) -> bool {
    now_ms.abs_diff(snapshot.listed_all_ms) >= DAY_MS.unsigned_abs()
}

/// The given raw files, less those that a commit has consumed.
pub(crate) async fn named(
    raw: &StoreAt,
    snapshot: &Snapshot,
    paths: &[String],
) -> Result<Vec<RawObject>> {
    let mut found = Vec::new();
    for path in paths
        .iter()
        .filter(|path| !snapshot.raw.contains_key(*path))
    {
        let meta = raw.store().head(&raw.key(path)).await?;
        found.push(object(path.clone(), &meta));
    }
    Ok(found)
}

/// Cuts the front of a list off: as many files as fit a micro-batch, one at least.
pub(crate) fn micro_batch(files: &[RawObject], bytes: u64) -> usize {
    let mut total = 0u64;
    let fits = files.iter().take_while(|file| {
        total = total.saturating_add(file.bytes);
        total <= bytes
    });
    fits.count().max(1).min(files.len())
}

async fn list(raw: &StoreAt, prefix: &str, found: &mut Vec<RawObject>) -> Result<()> {
    let key = raw.key(prefix);
    let mut listing = raw.store().list(Some(&key));
    while let Some(meta) = listing.try_next().await? {
        if let Some(path) = raw
            .relative(&meta.location)
            .filter(|path| is_delivered(path))
        {
            found.push(object(path, &meta));
        }
    }
    Ok(())
}

fn object(path: String, meta: &ObjectMeta) -> RawObject {
    RawObject {
        path,
        bytes: meta.size,
        modified_ms: meta.last_modified.timestamp_millis(),
    }
}

/// Whether this is a finished delivery: `yyyy/MM/dd/HH/name`. Errors, backups and files still open lie elsewhere.
fn is_delivered(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let digits = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    match parts.as_slice() {
        [year, month, day, hour, name] => {
            digits(year, 4)
                && digits(month, 2)
                && digits(day, 2)
                && digits(hour, 2)
                && !name.starts_with('.')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: u64) -> RawObject {
        RawObject {
            path: String::new(),
            bytes,
            modified_ms: 0,
        }
    }

    #[test]
    fn only_finished_deliveries_count() {
        assert!(is_delivered(
            "2026/11/23/14/eyeline-1-2026-11-23-14-00-00-x.gz"
        ));
        assert!(!is_delivered("errors/2026/11/23/14/x.gz"));
        assert!(!is_delivered("2026/11/23/14/.open/x.gz"));
        assert!(!is_delivered("2026/11/23/14/.x.gz"));
    }

    #[test]
    fn a_micro_batch_takes_what_fits_and_one_file_at_least() {
        assert_eq!(micro_batch(&[file(4), file(4), file(4)], 8), 2);
        assert_eq!(micro_batch(&[file(40), file(4)], 8), 1);
        assert_eq!(micro_batch(&[], 8), 0);
    }
}
