//! Which raw files there are and which of them no commit has consumed.

use futures::TryStreamExt;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use super::options::{Options, ms};
use super::source::{Source, delivered, put_aside};
use crate::error::Result;
use crate::lake::{Snapshot, StoreAt};
use crate::time::{DAY_MS, HOUR_MS, day_prefix, hour_of, hour_prefix};

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
    raw: &Source,
    snapshot: &Snapshot,
    options: &Options,
) -> Result<Listing> {
    let mut found = Vec::new();
    let now = options.now_ms();
    let all = options.list_all || listing_due(snapshot, now);
    if all {
        list(&raw.delivered, "", delivered, &mut found).await?;
        if let Some(errors) = &raw.errors {
            list(errors, "", put_aside, &mut found).await?;
        }
    } else {
        let mut hour = hour_of(now - ms(options.relist));
        // One hour ahead: the host that names the objects may have a faster clock.
        while hour <= now + HOUR_MS {
            list(&raw.delivered, &hour_prefix(hour), delivered, &mut found).await?;
            hour += HOUR_MS;
        }
        if let Some(errors) = &raw.errors {
            // There are few, so whole days cost nothing; what failed in another way than these waits for the day's listing of everything.
            let mut day = now - ms(options.relist);
            while day < now + HOUR_MS + DAY_MS {
                let prefix = format!("processing-failed/{}", day_prefix(day));
                list(errors, &prefix, put_aside, &mut found).await?;
                day += DAY_MS;
            }
        }
        for path in &snapshot.unreadable {
            found.extend(look(raw, path).await?);
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
    raw: &Source,
    snapshot: &Snapshot,
    paths: &[String],
) -> Result<Vec<RawObject>> {
    let mut found = Vec::new();
    for path in paths
        .iter()
        .filter(|path| !snapshot.raw.contains_key(*path))
    {
        let (store, key) = raw.locate(path);
        found.push(object(path.clone(), &store.head(&key).await?));
    }
    Ok(found)
}

/// One raw file, where it is there.
pub(crate) async fn look(raw: &Source, path: &str) -> Result<Option<RawObject>> {
    let (store, key) = raw.locate(path);
    match store.head(&key).await {
        Ok(meta) => Ok(Some(object(path.to_owned(), &meta))),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
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

async fn list(
    at: &StoreAt,
    prefix: &str,
    name: fn(&str) -> Option<String>,
    found: &mut Vec<RawObject>,
) -> Result<()> {
    let key = at.key(prefix);
    let mut listing = at.store().list(Some(&key));
    while let Some(meta) = listing.try_next().await? {
        let path = at.relative(&meta.location);
        if let Some(name) = path.and_then(|path| name(&path)) {
            found.push(object(name, &meta));
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
    fn a_micro_batch_takes_what_fits_and_one_file_at_least() {
        assert_eq!(micro_batch(&[file(4), file(4), file(4)], 8), 2);
        assert_eq!(micro_batch(&[file(40), file(4)], 8), 1);
        assert_eq!(micro_batch(&[], 8), 0);
    }
}
