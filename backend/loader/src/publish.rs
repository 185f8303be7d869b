//! The lake for engines that know tables by folders (Athena, Redshift Spectrum, Spark SQL, Trino): text files that name the Parquet files.
//!
//! Such an engine would list `data/`, and read what later commits took away. So each table and day has one file
//! `manifests/<table>/<day>/manifest` with the addresses of its live files, a line each: what Hive's `SymlinkTextInputFormat` reads. A day is
//! replaced at once, by one `PUT`; days follow one another, so a query that runs meanwhile may see one day of this commit and one of the last.
//!
//! `manifests/published.json` says which commit they stand at. Two loaders may publish at once: each leaves a note under `manifests/under-way/`
//! first, and takes it away only when no newer commit has come. A note that is found therefore says from where to write again.

use std::collections::BTreeSet;

use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use serde::{Deserialize, Serialize};

use crate::error::{LoadError, Result};
use crate::lake::{Commit, Lake, Snapshot, Table};
use crate::load::{Loader, run_id};
use crate::time::HOUR_MS;

/// A table and the day its rows are filed under, as in paths: `received_date=2026-11-23`. Empty for a table without days.
type Day = (String, String);

/// The commit that manifests stand at, and the address they were written for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Standing {
    version: u64,
    address: String,
}

impl Loader {
    /// Writes the manifests of all that changed since they were last written: where [`crate::Options::publish_as`] asks for them, or they
    /// were asked for once. Everything that commits does so at its end.
    ///
    /// # Errors
    /// When a store fails. The next call goes on from what was done.
    pub async fn publish(&self) -> Result<()> {
        let lake = self.lake();
        let published = standing(lake, PUBLISHED).await?;
        let wanted = self.options().publish_as.as_deref();
        let at = match (wanted.map(|wanted| wanted.trim_end_matches('/')), published) {
            (None, None) => return Ok(()),
            (None, Some(published)) => published,
            (Some(wanted), Some(published)) if published.address == wanted => published,
            (Some(wanted), _) => Standing {
                version: 0,
                address: wanted.to_owned(),
            },
        };
        publish(lake, at).await
    }
}

/// Brings manifests that stand at `at` to the newest commit.
async fn publish(lake: &Lake, mut at: Standing) -> Result<()> {
    let found = notes(lake).await?;
    for (path, _) in &found {
        let note = standing(lake, path).await?;
        at.version = at.version.min(note.map_or(at.version, |note| note.version));
    }
    let mut snapshot = lake.snapshot().await?;
    if at.version >= snapshot.version {
        return Ok(());
    }
    let note = format!("{UNDER_WAY}/{}.json", run_id()?);
    stand(lake, &note, &at).await?;
    loop {
        for day in changed(lake, &snapshot, at.version).await? {
            write(lake, &at.address, &snapshot, &day).await?;
        }
        at.version = snapshot.version;
        stand(lake, PUBLISHED, &at).await?;
        // Whoever committed meanwhile may have published before the line above: what was written here may be the older of the two.
        snapshot = lake.catch_up(snapshot).await?;
        if snapshot.version == at.version {
            return forget(lake, &note, found).await;
        }
    }
}

/// The days that commits after `base` touched.
async fn changed(lake: &Lake, snapshot: &Snapshot, base: u64) -> Result<BTreeSet<Day>> {
    let mut days = BTreeSet::new();
    for version in base + 1..=snapshot.version {
        let commit = lake.read_commit(version).await?;
        days.extend(commit.iter().flat_map(touched));
    }
    Ok(days)
}

fn touched(commit: &Commit) -> impl Iterator<Item = Day> {
    let added = commit.add.iter().map(|file| file.path.as_str());
    added
        .chain(commit.remove.iter().map(String::as_str))
        .filter_map(day_of)
}

/// The table and day of `data/<table>/[<day>/…]<file>`.
fn day_of(path: &str) -> Option<Day> {
    let (table, rest) = path.strip_prefix("data/")?.split_once('/')?;
    let day = rest.split_once('/').map_or("", |(day, _)| day);
    Some((table.to_owned(), day.to_owned()))
}

async fn write(lake: &Lake, address: &str, snapshot: &Snapshot, day: &Day) -> Result<()> {
    let (table, date) = day;
    let Some(table) = Table::ALL.into_iter().find(|known| known.name() == table) else {
        return Ok(());
    };
    let text: String = snapshot
        .files_of(table)
        .filter(|file| day_of(&file.path).as_ref() == Some(day))
        .map(|file| format!("{address}/{}\n", file.path))
        .collect();
    let slash = if date.is_empty() { "" } else { "/" };
    let path = format!("{MANIFESTS}/{}/{date}{slash}manifest", table.name());
    if text.is_empty() {
        // A folder without a manifest has no rows; an empty file is not understood by all.
        return delete(lake, &lake.store().key(&path)).await;
    }
    lake.store().write(&path, text).await
}

/// Takes our note away, and those of publishers that must have died: what they left half done is done now.
async fn forget(lake: &Lake, note: &str, found: Vec<(String, i64)>) -> Result<()> {
    let meta = lake.store().store().head(&lake.store().key(note)).await?;
    let dead = meta.last_modified.timestamp_millis() - HOUR_MS;
    for (path, modified_ms) in found {
        if modified_ms < dead {
            delete(lake, &lake.store().key(&path)).await?;
        }
    }
    delete(lake, &meta.location).await
}

/// The notes of publishers at work or dead, with the time of each.
async fn notes(lake: &Lake) -> Result<Vec<(String, i64)>> {
    let at = lake.store();
    let listing = at.store().list(Some(&at.key(UNDER_WAY)));
    let found: Vec<_> = listing.try_collect().await?;
    let note = |meta: object_store::ObjectMeta| {
        Some((
            at.relative(&meta.location)?,
            meta.last_modified.timestamp_millis(),
        ))
    };
    Ok(found.into_iter().filter_map(note).collect())
}

async fn standing(lake: &Lake, path: &str) -> Result<Option<Standing>> {
    let Some(body) = lake.store().read(path).await? else {
        return Ok(None);
    };
    let standing = serde_json::from_slice(&body).map_err(|error| LoadError::Log {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(Some(standing))
}

async fn stand(lake: &Lake, path: &str, at: &Standing) -> Result<()> {
    let text = serde_json::to_vec(at).map_err(|error| LoadError::Log {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    lake.store().write(path, text).await
}

async fn delete(lake: &Lake, key: &Path) -> Result<()> {
    match lake.store().store().delete(key).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

const MANIFESTS: &str = "manifests";
const PUBLISHED: &str = "manifests/published.json";
const UNDER_WAY: &str = "manifests/under-way";
