//! `eyeline load`: raw files to clean rows, facts and marts, once or every so often.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use eyeline_cli::when_told;
use eyeline_loader::decode::Salts;
use eyeline_loader::{Heard, Loader, Notice, Options, Queue, QueueError, RunReport, StoreAt};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::warehouse::{Target, take_over, take_over_every};
use crate::Setting;

/// Turn raw files into clean rows, facts and marts
///
/// Two loaders at once are safe: one of them commits, the other plans again.
#[derive(Args)]
pub(crate) struct Load {
    /// Load what is there and end
    #[arg(long, required_unless_present = "every", conflicts_with = "every")]
    once: bool,
    /// Load every so often, such as 30s or 5m
    #[arg(long, value_parser = humantime::parse_duration)]
    every: Option<Duration>,
    /// With --once: also delete what has expired and merge small files. With --every that is done once an hour
    #[arg(long)]
    tidy: bool,
    /// With --every: the URL of an SQS queue that S3 tells of new raw files, which are then loaded at once; listing stays the safety net
    #[arg(long, value_name = "URL", env = "EYELINE_QUEUE", requires = "every")]
    queue: Option<String>,
    #[command(flatten)]
    reach: Reach,
    #[command(flatten)]
    target: Target,
}

/// How far a loader looks, the same by itself and within `up`.
#[derive(Args, Clone, Copy, Default)]
pub(super) struct Reach {
    /// List every raw file in each run, rather than once a day and those of the last 26 hours in between
    #[arg(long)]
    pub(super) list_all: bool,
    /// Write manifests of the lake's files, for engines that know tables by folders: Athena, Redshift Spectrum, Spark SQL. Once asked for, they
    /// are kept up to date by all that changes the lake
    #[arg(long)]
    pub(super) publish: bool,
}

impl Load {
    pub(crate) async fn run(self, setting: &Setting) -> Result<()> {
        let loader = loader(setting, self.reach)?;
        let warehouse = self.target.loader(setting).await?;
        match self.every {
            None => {
                let report = loader
                    .run_once()
                    .await
                    .context("not all was loaded; what was committed stays")?;
                tell(setting, &report);
                if self.tidy {
                    tidy(setting, &loader).await?;
                }
                match warehouse {
                    Some(warehouse) => take_over(setting, &warehouse).await,
                    None => Ok(()),
                }
            }
            Some(every) => {
                let stop = when_told()?;
                let (tell, notices) = mpsc::channel(1);
                let loading = load_every(setting, &loader, every, notices, &stop, |_| {});
                let listening = async {
                    match &self.queue {
                        Some(url) => listen(setting, url, tell).await,
                        None => std::future::pending().await,
                    }
                };
                let taking_over = async {
                    match &warehouse {
                        Some(warehouse) => take_over_every(setting, warehouse, every).await,
                        None => std::future::pending().await,
                    }
                };
                // What is half taken over when it is told to stop is rolled back, and taken over by the next run.
                tokio::select! {
                    () = loading => {}
                    result = listening => return result,
                    () = taking_over => {}
                }
                Ok(())
            }
        }
    }
}

/// A loader of the setting's raw files and lake.
pub(super) fn loader(setting: &Setting, reach: Reach) -> Result<Loader> {
    let place = &setting.place;
    let salts = Salts::new(place.secret()?.as_bytes()).context("the secret is too short")?;
    let mut options = Options::new(salts);
    options.list_all = reach.list_all;
    options.publish_as = reach.publish.then(|| place.lake_address()).transpose()?;
    let clock = setting.clock.clone();
    options.clock = Arc::new(move || clock.now());
    let loader = Loader::new(&place.raw(), &place.lake(), options)
        .context("cannot open the raw files or the lake")?;
    Ok(match place.errors() {
        Some(errors) => {
            loader.with_errors(StoreAt::open(&errors).context("cannot open the error output")?)
        }
        None => loader,
    })
}

/// Hears from the queue of raw files and passes it on, for as long as anybody loads.
async fn listen(setting: &Setting, url: &str, tell: mpsc::Sender<Notice>) -> Result<()> {
    let place = &setting.place;
    let queue = Queue::connect(url, &place.raw(), place.errors().as_deref())
        .await
        .context("cannot listen to the queue")?;
    queue.listen(tell, |heard| hear(setting, heard)).await;
    Ok(())
}

fn hear(setting: &Setting, heard: Result<Heard, QueueError>) {
    match heard {
        Ok(heard) if heard.bad > 0 => setting.console.say(
            format_args!(
                "{} of {} messages can't be read; they stay in the queue",
                heard.bad, heard.messages
            ),
            &json!({"queue": {"messages": heard.messages, "bad": heard.bad}}),
        ),
        Ok(_) => {}
        Err(error) => setting.console.say(
            format_args!("the queue failed, trying again: {error}"),
            &json!({"retry": error.to_string()}),
        ),
    }
}

/// Loads until told to stop, and tidies up once an hour. An error is said, and the next run tries again.
pub(super) async fn load_every(
    setting: &Setting,
    loader: &Loader,
    every: Duration,
    notices: mpsc::Receiver<Notice>,
    stop: &CancellationToken,
    mut loaded: impl FnMut(&RunReport),
) {
    let each = |outcome: eyeline_loader::Result<RunReport>| match outcome {
        Ok(report) => {
            if report.commits > 0 {
                tell(setting, &report);
            }
            loaded(&report);
        }
        Err(error) => {
            let words = format_args!("not all was loaded, trying again: {error}");
            setting
                .console
                .say(words, &json!({"retry": error.to_string()}));
        }
    };
    let running = loader.run_every_and_when_told(every, notices, stop.cancelled(), each);
    let tidying = async {
        loop {
            tokio::time::sleep(TIDY_EVERY).await;
            if let Err(error) = tidy(setting, loader).await {
                setting.console.say(
                    format_args!("not tidied, trying again: {error}"),
                    &json!({"retry": error.to_string()}),
                );
            }
        }
    };
    tokio::select! {
        () = running => {}
        () = tidying => {}
    }
}

/// Deletes what has expired and merges small files.
async fn tidy(setting: &Setting, loader: &Loader) -> Result<()> {
    let retained = loader.retain().await?;
    let merged = loader.compact().await?;
    let words = format_args!(
        "tidied: {} expired raw files deleted, {merged} small files merged",
        retained.raw_files
    );
    setting.console.say(
        words,
        &json!({"tidy": {"raw_files": retained.raw_files, "merged": merged}}),
    );
    Ok(())
}

/// Rows expire by the day and small files gather by the hour.
const TIDY_EVERY: Duration = Duration::from_secs(3_600);

fn tell(setting: &Setting, report: &RunReport) {
    let counts = &report.counts;
    setting.console.say(
        format_args!(
            "loaded {} files: {} events read = {} written + {} duplicate + {} rejected",
            report.raw_files, counts.read, counts.written, counts.duplicate, counts.rejected
        ),
        &json!({ "load": report }),
    );
}
