//! `cargo xtask demo --check`: collector and loader as processes of their own, each killed once on the way; then every number verified.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::stage::{Stage, text};
use super::verify::{Run, number, verify};
use crate::process::Process;
use crate::steps;

/// The way from the collector to the loader.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    /// Raw files in a folder.
    Files,
    /// Firehose with its Lambda function, and S3 with KMS, on this machine.
    Aws,
}

/// Runs the demo to its end and says in one last line what was counted.
///
/// # Errors
/// Where any number differs from the data's.
pub(crate) fn check(way: Way) -> Result<()> {
    let mut stage = match way {
        Way::Files => Stage::build()?,
        Way::Aws => Stage::build_in_the_cloud()?,
    };
    match play(&mut stage) {
        Ok(closing) => {
            stage.clear()?;
            println!("{closing}");
            Ok(())
        }
        Err(error) => Err(error.context(format!(
            "demo failed; what it left is in {}",
            stage.folder().display()
        ))),
    }
}

fn play(stage: &mut Stage) -> Result<String> {
    let begun = Instant::now();
    let mut backend = Backend::start(stage)?;
    let proxy = stage.fault_proxy(&backend.address)?;
    let summary = replay(stage, &proxy.address, &mut backend)?;
    backend.finish()?;
    if let Some(cloud) = stage.cloud() {
        println!("Firehose: {}", cloud.deliver()?);
    }
    // What came since the loader's last look.
    steps::output(&mut stage.load_once())?;
    let injected = proxy.counts()?;
    let run = Run {
        captured: number(&summary, "captured"),
        requests: number(&injected, "requests"),
        duplicated: number(&injected, "duplicated"),
        failed: number(&injected, "failed"),
    };
    let totals = verify(stage, &run)?;
    if let Some(warehouse) = stage.cloud().and_then(|cloud| cloud.warehouse().take()) {
        warehouse.verify(&totals)?;
    }
    println!("took {:.0} s", begun.elapsed().as_secs_f64());
    Ok(format!(
        "demo ok: impressions={} clicks={} lost={} duplicated={}",
        totals.impressions, totals.clicks, totals.lost, totals.duplicated
    ))
}

/// Sends the data, and kills the backend's processes on the way. Gives what the SDK says it did.
fn replay(stage: &Stage, to: &str, backend: &mut Backend<'_>) -> Result<Value> {
    let mut command = stage.eyeline("replay");
    command.args(["--json", "--to", to]);
    let mut replay = Process::start("the replay", &mut command)?;
    while let Some(mut said) = replay.next()? {
        if let (Some(done), Some(of)) = (said["done"].as_u64(), said["of"].as_u64()) {
            backend.suffer(done * 100 / of.max(1))?;
            if done * 10 % of < of / 10 {
                println!("replay: {done} of {of}");
            }
        }
        if let Some(summary) = said.get_mut("replay") {
            let summary = summary.take();
            replay.wait()?;
            return Ok(summary);
        }
    }
    bail!("the replay ended before it was done")
}

/// Collector and loader, each a process of its own.
struct Backend<'a> {
    stage: &'a Stage,
    collector: Option<Process>,
    loader: Option<Process>,
    address: String,
    killed: usize,
}

/// How far the replay is, in percent, when the collector and the loader are killed.
const COLLECTOR_KILLED_AT: u64 = 35;
const LOADER_KILLED_AT: u64 = 65;

impl<'a> Backend<'a> {
    fn start(stage: &'a Stage) -> Result<Self> {
        let (collector, address) = collect(stage, "127.0.0.1:0")?;
        Ok(Self {
            stage,
            collector: Some(collector),
            loader: Some(load(stage)?),
            address,
            killed: 0,
        })
    }

    /// Kills what is due to be killed when the replay is `percent` done, and starts it again.
    fn suffer(&mut self, percent: u64) -> Result<()> {
        if self.killed == 0 && percent >= COLLECTOR_KILLED_AT {
            self.collector
                .take()
                .context("the collector runs until now")?
                .kill()?;
            println!("kill -9 of the collector; starting it again");
            let (collector, _) = collect(self.stage, self.address.trim_start_matches("http://"))?;
            self.collector = Some(collector);
            self.killed = 1;
        }
        if self.killed == 1 && percent >= LOADER_KILLED_AT {
            self.loader
                .take()
                .context("the loader runs until now")?
                .kill()?;
            println!("kill -9 of the loader; starting it again");
            self.loader = Some(load(self.stage)?);
            self.killed = 2;
        }
        Ok(())
    }

    /// Lets the collector write out what it holds, and the loader end what it does.
    fn finish(mut self) -> Result<()> {
        if self.killed < 2 {
            bail!("the replay was over before both processes had been killed");
        }
        self.collector
            .take()
            .context("the collector runs until now")?
            .stop()?;
        self.loader
            .take()
            .context("the loader runs until now")?
            .stop()
    }
}

fn collect(stage: &Stage, listen: &str) -> Result<(Process, String)> {
    let mut collector =
        Process::start("the collector", stage.collect().args(["--listen", listen]))?;
    let address = text(&collector.await_object("listening")?["listening"]);
    Ok((collector, address))
}

fn load(stage: &Stage) -> Result<Process> {
    Process::start("the loader", &mut stage.load_every())
}
