//! One attempt at one micro-batch: everything is written, nothing counts until the commit that this returns is in the log.

use std::collections::BTreeMap;
use std::io;

use futures::StreamExt;
use object_store::ObjectStoreExt;

use super::attempt::Attempt;
use super::clean::{reason, write_events, write_plain};
use super::copies::Verdict;
use super::discover::RawObject;
use super::facts::{News, refresh};
use super::index::look_up;
use super::ingest::{Arriving, Ingest};
use super::options::{Options, ms};
use super::source::Source;
use crate::decode::Forgotten;
use crate::error::{LoadError, Result};
use crate::lake::{Commit, CommitKind, Counts, Lake, RawFile, Snapshot, Table, Tombstone};
use crate::maintain::{Request, tombstone};

/// Loads `objects` on top of `snapshot`.
pub(crate) async fn load(
    raw: &Source,
    lake: &Lake,
    snapshot: &Snapshot,
    objects: &[RawObject],
    options: &Options,
) -> Result<Commit> {
    let scratch = match &options.scratch {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let mut ingest = Ingest::new(
        options.salts.clone(),
        snapshot,
        ms(options.seen_for),
        scratch.path(),
    )?;
    let mut taken = 0;
    // What a file holds is known once it is read; the rest of the list waits for the next micro-batch.
    while taken < objects.len() && (taken == 0 || ingest.copies.len() < options.micro_batch_events)
    {
        ingest = read(raw, &objects[taken], ingest).await?;
        taken += 1;
    }
    let objects = &objects[..taken];

    let attempt = Attempt::after(snapshot, lake, options).await?;
    let target = attempt.target();
    let known = look_up(
        &attempt.context,
        target.at,
        target.schemas,
        snapshot,
        &ingest.copies,
    )
    .await?;
    let (verdicts, fresh) = ingest.copies.settle(&known.seen);
    let mut commit = attempt.commit(CommitKind::Load);
    commit.tombstones = tombstones(&ingest, snapshot, options);
    let (_, last_received_ms) = ingest.received_ms;
    if last_received_ms > i64::MIN {
        commit.floor_ms = Some(
            (last_received_ms.min(attempt.now_ms) - ms(options.seen_for)).max(snapshot.floor_ms),
        );
    }
    let (events, refused) = write_events(target, ingest.events, &verdicts).await?;
    commit.raw = account(objects, &ingest.files, &verdicts)?;
    commit.counts = sum(&commit.raw, &verdicts, ingest.reasons);
    check_written(&commit, events.iter().map(|file| file.rows).sum())?;
    let rejects = write_plain(target, Table::Rejects, ingest.rejects, refused).await?;
    let losses = write_plain(target, Table::Losses, ingest.losses, Vec::new()).await?;
    let news = News {
        events: &events,
        reports: ingest.reports,
        known,
        fresh: &fresh,
        touched: &ingest.copies,
    };
    let change = refresh(target, &attempt.context, snapshot, news, scratch.path()).await?;
    commit.remove = change.remove;
    for files in [events, rejects, losses, change.add] {
        commit.add.extend(files);
    }
    Ok(commit)
}

/// Streams one object into the decoder, which works on a thread of its own.
async fn read(raw: &Source, object: &RawObject, mut ingest: Ingest) -> Result<Ingest> {
    let (store, key) = raw.locate(&object.path);
    let mut stream = store.get(&key).await?.into_stream();
    let (send, receive) = tokio::sync::mpsc::channel(4);
    let path = object.path.clone();
    let reading = tokio::task::spawn_blocking(move || {
        ingest.file(&path, Arriving::new(receive)).map(|()| ingest)
    });
    while let Some(chunk) = stream.next().await {
        // The store's own failure is reported as such, not as a fault of the file.
        let chunk = chunk?;
        if send.send(Ok(chunk)).await.is_err() {
            break;
        }
    }
    drop(send);
    reading
        .await
        .map_err(|error| LoadError::Scratch(io::Error::other(error)))?
}

/// What became of each file's events; fails where the sum is not what was read.
fn account(
    objects: &[RawObject],
    files: &[super::ingest::FileCounts],
    verdicts: &[Verdict],
) -> Result<Vec<RawFile>> {
    let ends = files
        .iter()
        .skip(1)
        .map(|file| file.first_row as usize)
        .chain([verdicts.len()]);
    objects
        .iter()
        .zip(files)
        .zip(ends)
        .map(|((object, file), end)| {
            let rows = &verdicts[file.first_row as usize..end];
            let count =
                |wanted: Verdict| rows.iter().filter(|verdict| **verdict == wanted).count() as u64;
            let raw = RawFile {
                path: object.path.clone(),
                bytes: object.bytes,
                modified_ms: object.modified_ms,
                lines: file.lines,
                read: file.read,
                written: count(Verdict::Keep),
                duplicate: count(Verdict::Duplicate),
                rejected: file.rejected + Verdict::REFUSED.map(count).iter().sum::<u64>(),
            };
            if raw.read != raw.written + raw.duplicate + raw.rejected {
                let RawFile {
                    path,
                    read,
                    written,
                    duplicate,
                    rejected,
                    ..
                } = raw;
                return Err(LoadError::Count {
                    path,
                    read,
                    written,
                    duplicate,
                    rejected,
                });
            }
            Ok(raw)
        })
        .collect()
}

fn sum(raw: &[RawFile], verdicts: &[Verdict], mut rejected_by: BTreeMap<String, u64>) -> Counts {
    let mut counts = Counts::default();
    for file in raw {
        counts.lines += file.lines;
        counts.read += file.read;
        counts.written += file.written;
        counts.duplicate += file.duplicate;
        counts.rejected += file.rejected;
    }
    for why in Verdict::REFUSED {
        let count = verdicts.iter().filter(|verdict| **verdict == why).count() as u64;
        if count > 0 {
            rejected_by.insert(reason(why).to_owned(), count);
        }
    }
    counts.rejected_by = rejected_by;
    counts
}

/// The rows of the files must be the rows that were kept.
fn check_written(commit: &Commit, rows: u64) -> Result<()> {
    let Counts {
        read,
        written,
        duplicate,
        rejected,
        ..
    } = commit.counts;
    if rows == written {
        return Ok(());
    }
    let path = commit
        .raw
        .iter()
        .map(|file| file.path.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    Err(LoadError::Count {
        path,
        read,
        written: rows,
        duplicate,
        rejected,
    })
}

/// Requests to forget become erasures that are still to be carried out.
fn tombstones(ingest: &Ingest, snapshot: &Snapshot, options: &Options) -> Vec<Tombstone> {
    let erase = |request: &Forgotten| {
        let request = Request {
            affiliate: &request.affiliate,
            anon: request.anon,
            at_ms: request.received.as_i64(),
            whole: true,
            earliest_ms: ingest.received_ms.0,
        };
        tombstone(snapshot, options, &request)
    };
    let mut erasures: Vec<Tombstone> = ingest.forgotten.iter().map(erase).collect();
    erasures.sort_by(|a, b| a.id.cmp(&b.id));
    erasures.dedup_by(|a, b| a.id == b.id);
    // A request that came twice is one erasure.
    erasures.retain(|erasure| {
        !snapshot
            .tombstones
            .iter()
            .any(|known| known.id == erasure.id)
    });
    erasures
}
