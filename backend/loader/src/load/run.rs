//! The loader: one run, runs at an interval, and the commits both make.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::attempt::{Attempt, run_id};
use super::batch;
use super::discover::{RawObject, discover, listing_due, look, micro_batch, named};
use super::mart::{due, finalise};
use super::notices::Notice;
use super::options::{Options, ms};
use super::report::RunReport;
use super::source::Source;
use tokio::sync::mpsc;

use crate::error::{LoadError, Result};
use crate::lake::{Commit, CommitKind, Committed, Lake, Snapshot, StoreAt};
use crate::maintain;
use crate::time::DAY_MS;

/// Brings raw files into a lake. Any number of loaders may work on one lake: the log lets one of them win each commit,
/// and the others plan again.
#[derive(Debug, Clone)]
pub struct Loader {
    raw: Source,
    lake: Lake,
    options: Options,
}

impl Loader {
    /// A loader from the raw store to the lake, both given by address or local path.
    ///
    /// # Errors
    /// When an address can't be opened.
    pub fn new(raw_url: &str, lake_url: &str, options: Options) -> Result<Self> {
        Ok(Self::between(
            StoreAt::open(raw_url)?,
            Lake::open(lake_url)?,
            options,
        ))
    }

    /// A loader between stores that are open already.
    #[must_use]
    pub fn between(raw: StoreAt, lake: Lake, options: Options) -> Self {
        let raw = Source {
            delivered: raw,
            errors: None,
        };
        Self { raw, lake, options }
    }

    /// Also reads what Firehose could not transform: its error output below this folder, the kind of error first
    /// (`processing-failed/yyyy/MM/dd/HH/…`). The records in it are loaded as if they had come as raw lines; it expires as raw files do.
    #[must_use]
    pub fn with_errors(mut self, errors: StoreAt) -> Self {
        self.raw.errors = Some(errors);
        self
    }

    /// The lake it writes.
    #[must_use]
    pub fn lake(&self) -> &Lake {
        &self.lake
    }

    /// How it works.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) fn source(&self) -> &Source {
        &self.raw
    }

    /// Loads everything that waits, carries out erasures and makes marts final.
    ///
    /// # Errors
    /// [`LoadError::BadFiles`] where some raw files can't be read (all others are loaded then); every other error leaves the lake
    /// at the last commit made, and a rerun goes on from there.
    pub async fn run_once(&self) -> Result<RunReport> {
        self.run(None, &AtomicBool::new(false)).await
    }

    /// Loads exactly these raw files (keys below the raw root), less those that were loaded before.
    ///
    /// # Errors
    /// As [`Loader::run_once`]; also where a file does not exist.
    pub async fn load_files(&self, paths: &[String]) -> Result<RunReport> {
        self.run(Some(paths), &AtomicBool::new(false)).await
    }

    /// Runs at once and then at every interval until `stop` is ready; a micro-batch under way is finished first. Small files are
    /// joined and expired ones deleted on the way. Each run's result goes to `each`; after an error the next run tries again.
    pub async fn run_every(
        &self,
        interval: Duration,
        stop: impl Future<Output = ()>,
        each: impl FnMut(Result<RunReport>),
    ) {
        let (_, nobody_tells) = mpsc::channel(1);
        self.run_every_and_when_told(interval, nobody_tells, stop, each)
            .await;
    }

    /// As [`Loader::run_every`], and at once for the files of each notice. The interval's runs find what no notice told of.
    pub async fn run_every_and_when_told(
        &self,
        interval: Duration,
        mut notices: mpsc::Receiver<Notice>,
        stop: impl Future<Output = ()>,
        mut each: impl FnMut(Result<RunReport>),
    ) {
        let stopping = AtomicBool::new(false);
        let mut stop = pin!(stop);
        let mut ticks = tokio::time::interval(interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut upkeep = Upkeep::default();
        loop {
            let notice = tokio::select! {
                () = &mut stop => return,
                _ = ticks.tick() => None,
                Some(notice) = notices.recv() => Some(notice),
            };
            let mut run = pin!(self.run_and_keep(notice, &stopping, &mut upkeep));
            let result = tokio::select! {
                result = &mut run => result,
                () = &mut stop => {
                    stopping.store(true, Ordering::Relaxed);
                    each(run.await);
                    return;
                }
            };
            each(result);
        }
    }

    async fn run_and_keep(
        &self,
        notice: Option<Notice>,
        stopping: &AtomicBool,
        upkeep: &mut Upkeep,
    ) -> Result<RunReport> {
        let result = match notice {
            None => self.run(None, stopping).await,
            Some(notice) => self.run_for(notice, stopping).await,
        };
        if stopping.load(Ordering::Relaxed) {
            return result;
        }
        // A raw file that stays bad for weeks must not keep what has expired from being deleted for as long.
        match (result, self.upkeep(upkeep, stopping).await) {
            (Err(error), Err(also)) => {
                tracing::error!(error = %also, "upkeep failed");
                Err(error)
            }
            (Ok(_), Err(error)) => Err(error),
            (result, Ok(())) => result,
        }
    }

    async fn run_for(&self, notice: Notice, stopping: &AtomicBool) -> Result<RunReport> {
        let mut settled: BTreeSet<String> = notice.paths.into_iter().collect();
        let mut there = Vec::new();
        let before = self.lake.snapshot().await?;
        for path in settled
            .iter()
            .filter(|path| !before.raw.contains_key(*path))
        {
            // What is gone has expired, and so was loaded before.
            there.extend(look(&self.raw, path).await?.map(|object| object.path));
        }
        let result = self.run(Some(&there), stopping).await;
        let after = self.lake.snapshot().await?;
        settled.retain(|path| after.raw.contains_key(path) || !there.contains(path));
        // Whoever told may have gone.
        drop(notice.settled.send(settled));
        result
    }

    async fn upkeep(&self, upkeep: &mut Upkeep, stopping: &AtomicBool) -> Result<()> {
        let version = self.lake.snapshot().await?.version;
        if version >= upkeep.compacted_at + COMPACT_EVERY {
            self.compact().await?;
            upkeep.compacted_at = version;
        }
        let now = self.options.now_ms();
        if !stopping.load(Ordering::Relaxed) && now >= upkeep.retained_ms + DAY_MS {
            self.retain().await?;
            upkeep.retained_ms = now;
        }
        Ok(())
    }

    async fn run(&self, paths: Option<&[String]>, stopping: &AtomicBool) -> Result<RunReport> {
        let mut report = RunReport::default();
        let mut snapshot = self.lake.snapshot().await?;
        let (mut waiting, all_at_ms) = match paths {
            Some(paths) => (named(&self.raw, &snapshot, paths).await?, None),
            None => {
                let listing = discover(&self.raw, &snapshot, &self.options).await?;
                (listing.waiting, listing.all_at_ms)
            }
        };
        let mut lost = 0;
        while !waiting.is_empty() && !stopping.load(Ordering::Relaxed) {
            let next = micro_batch(&waiting, self.options.micro_batch_bytes);
            // The micro-batch that works the listing off says so in its own commit.
            let rest = next < waiting.len() || !report.bad_files.is_empty();
            let listed = all_at_ms.filter(|at| !rest && listing_due(&snapshot, *at));
            let attempt = self.attempt(&snapshot, &waiting[..next], listed, &mut report);
            match attempt.await {
                Ok((now, won)) => {
                    snapshot = now;
                    lost = if won { 0 } else { lost + 1 };
                    if lost > ATTEMPTS {
                        return Err(LoadError::Contended(lost));
                    }
                    waiting.retain(|object| !snapshot.raw.contains_key(&object.path));
                }
                Err(LoadError::BadFile { path, reason }) => {
                    tracing::error!(path, reason, "raw file can't be read; it is left out");
                    waiting.retain(|object| object.path != path);
                    report.bad_files.push((path, reason));
                }
                Err(error) => return Err(error),
            }
        }
        if !stopping.load(Ordering::Relaxed) {
            if paths.is_none() {
                snapshot = self.note(snapshot, all_at_ms, &mut report).await?;
            }
            snapshot = maintain::erase_pending(self, snapshot, &mut report).await?;
            snapshot = self.sweep_erased(snapshot, &mut report).await?;
            snapshot = self.finalise(snapshot, &mut report).await?;
        }
        self.publish().await?;
        report.version = snapshot.version;
        if report.bad_files.is_empty() {
            Ok(report)
        } else {
            Err(LoadError::BadFiles {
                report: Box::new(report),
            })
        }
    }

    /// One micro-batch; says where the lake stands then and whether the commit was ours.
    async fn attempt(
        &self,
        snapshot: &Snapshot,
        objects: &[RawObject],
        listed_ms: Option<i64>,
        report: &mut RunReport,
    ) -> Result<(Snapshot, bool)> {
        let mut commit =
            batch::load(&self.raw, &self.lake, snapshot, objects, &self.options).await?;
        commit.listed_all_ms = listed_ms.filter(|_| commit.raw.len() == objects.len());
        self.try_commit(snapshot, commit, report).await
    }

    /// Puts into the log what no micro-batch said: that all there is was listed, and which files can't be read.
    async fn note(
        &self,
        mut snapshot: Snapshot,
        all_at_ms: Option<i64>,
        report: &mut RunReport,
    ) -> Result<Snapshot> {
        let bad: BTreeSet<String> = report
            .bad_files
            .iter()
            .map(|(path, _)| path.clone())
            .collect();
        loop {
            let mut commit = Commit::new(CommitKind::Survey, run_id()?, self.options.now_ms());
            // A lake that holds nothing needs no commit to say so: it is listed whole each time.
            commit.listed_all_ms =
                all_at_ms.filter(|at| snapshot.version > 0 && listing_due(&snapshot, *at));
            commit.unreadable = (bad != snapshot.unreadable).then(|| bad.clone());
            if commit.listed_all_ms.is_none() && commit.unreadable.is_none() {
                return Ok(snapshot);
            }
            let (now, won) = self.try_commit(&snapshot, commit, report).await?;
            snapshot = now;
            if won {
                return Ok(snapshot);
            }
        }
    }

    /// Tries to make `commit` the next; on a lost race its data files are taken away again.
    pub(crate) async fn try_commit(
        &self,
        base: &Snapshot,
        commit: Commit,
        report: &mut RunReport,
    ) -> Result<(Snapshot, bool)> {
        match self.lake.commit(base, commit.clone()).await? {
            Committed::Ours(snapshot) => {
                report.add(&commit);
                Ok((*snapshot, true))
            }
            Committed::Theirs(snapshot) => {
                report.conflicts += 1;
                for file in &commit.add {
                    // Nobody knows these files; one that stays is swept up by retention.
                    let _ = object_store::ObjectStoreExt::delete(
                        self.lake.store().store().as_ref(),
                        &self.lake.store().key(&file.path),
                    )
                    .await;
                }
                Ok((*snapshot, false))
            }
        }
    }

    async fn finalise(&self, mut snapshot: Snapshot, report: &mut RunReport) -> Result<Snapshot> {
        let until = self
            .options
            .now_ms()
            .saturating_sub(ms(self.options.final_after));
        while due(&snapshot, until).next().is_some() {
            let attempt = Attempt::after(&snapshot, &self.lake, &self.options).await?;
            let change = finalise(attempt.target(), &attempt.context, &snapshot, until).await?;
            let hours: BTreeSet<i64> = change.add.iter().map(|file| file.min_ms).collect();
            let mut commit = attempt.commit(CommitKind::Finalise);
            commit.add = change.add;
            commit.remove = change.remove;
            let (now, won) = self.try_commit(&snapshot, commit, report).await?;
            snapshot = now;
            report.hours_final += if won { hours.len() as u64 } else { 0 };
        }
        Ok(snapshot)
    }
}

/// When a loader last looked after its lake.
#[derive(Debug, Default)]
struct Upkeep {
    compacted_at: u64,
    retained_ms: i64,
}

/// Commits after which small files are worth joining.
const COMPACT_EVERY: u64 = 16;

/// Lost races in a row after which a run gives up.
const ATTEMPTS: u32 = 20;
