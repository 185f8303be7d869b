//! `cargo xtask soak`: the kill tests, the fuzz targets and the browsers at full length. Not part of `test`, which runs them short.

use std::env;
use std::fs;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::{browsers, kotlin, steps, swift, tools, workspace};

/// What can be set, for `--help`.
pub(crate) const SETTINGS: &str = "\
Settings, all environment variables:
  EYELINE_KILLS           kill -9 of a client [10000]
  EYELINE_BACKEND_KILLS   kill -9 of a collector, and of a loader [1000]
  EYELINE_JVM_KILLS       kill -9 of a JVM [1000]
  EYELINE_SWIFT_KILLS     kill -9 of a Swift process [1000]
  EYELINE_SIM_SCHEDULES   schedules of the simulation [1000000]
  PROPTEST_CASES          cases of each property [100000]
  EYELINE_FUZZ_SECONDS    seconds of fuzzing for each target [3600]
  EYELINE_TAB_CLOSINGS    tabs closed in each browser [200]
  EYELINE_BROWSER_KILLS   kill -9 of each browser [50]";

/// What each setting is unless the environment says otherwise.
const DEFAULTS: [(&str, &str); 9] = [
    ("EYELINE_KILLS", "10000"),
    ("EYELINE_BACKEND_KILLS", "1000"),
    ("EYELINE_JVM_KILLS", "1000"),
    ("EYELINE_SWIFT_KILLS", "1000"),
    ("EYELINE_SIM_SCHEDULES", "1000000"),
    ("PROPTEST_CASES", "100000"),
    ("EYELINE_FUZZ_SECONDS", "3600"),
    ("EYELINE_TAB_CLOSINGS", "200"),
    ("EYELINE_BROWSER_KILLS", "50"),
];

/// What runs: the words after `cargo test`, and the setting that says how many processes are killed (each test reads its own
/// number from `EYELINE_KILLS`). What needs the query engine runs in the profile and with the features it is built with anyway.
const RUNS: [(&str, &str, &str); 6] = [
    (
        "kill -9 of a client",
        "--package eyeline --test it kill::",
        "EYELINE_KILLS",
    ),
    (
        "kill -9 of a collector",
        "--package eyeline-collector --test it kill::",
        "EYELINE_BACKEND_KILLS",
    ),
    (
        "kill -9 of a loader",
        "--workspace --test loader kill::",
        "EYELINE_BACKEND_KILLS",
    ),
    (
        "core's laws and its simulation",
        "--package eyeline-core --release",
        "EYELINE_KILLS",
    ),
    (
        "the collector's laws",
        "--package eyeline-collector --test it properties::",
        "EYELINE_KILLS",
    ),
    (
        "every other law",
        "--workspace --exclude eyeline-core --lib",
        "EYELINE_KILLS",
    ),
];

/// A part that can be run by itself.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Part {
    /// Tabs closed and browsers killed at random moments
    Web,
    /// A JVM killed at random moments
    Kotlin,
    /// A Swift process killed at random moments
    Swift,
}

/// Runs the long tests, each fuzz target, then the browsers.
pub(crate) fn run() -> Result<()> {
    for (name, _) in DEFAULTS {
        println!("{name}={}", setting(name));
    }
    for (what, tests, kills) in RUNS {
        println!("\n── {what}");
        let begun = Instant::now();
        let mut cargo = workspace::cargo()?;
        cargo
            .args(["test", "--locked"])
            .args(tests.split(' '))
            .args(["--", "--nocapture"])
            .envs(DEFAULTS.map(|(name, _)| (name, setting(name))))
            .env("EYELINE_KILLS", setting(kills));
        steps::run(&mut cargo).with_context(|| what.to_owned())?;
        println!("── {what}: ok ({:.0} s)", begun.elapsed().as_secs_f64());
    }
    fuzz()?;
    kotlin()?;
    swift()?;
    web()
}

/// Kills a JVM at random moments.
pub(crate) fn kotlin() -> Result<()> {
    println!("\n── Kotlin");
    kotlin::soak(number("EYELINE_JVM_KILLS")?)
}

/// Kills a Swift process at random moments.
pub(crate) fn swift() -> Result<()> {
    println!("\n── Swift");
    swift::soak(number("EYELINE_SWIFT_KILLS")?)
}

/// Closes tabs and kills browsers, and shows what became of what was on screen.
pub(crate) fn web() -> Result<()> {
    println!("\n── web");
    browsers::soak(
        number("EYELINE_TAB_CLOSINGS")?,
        number("EYELINE_BROWSER_KILLS")?,
    )
}

fn number(name: &str) -> Result<u32> {
    setting(name)
        .parse()
        .with_context(|| format!("{name} is not a number"))
}

fn setting(name: &str) -> String {
    let default = DEFAULTS
        .iter()
        .find(|(known, _)| *known == name)
        .map_or("", |(_, value)| value);
    env::var(name).unwrap_or_else(|_| default.to_owned())
}

/// Every target of `fuzz/`, with cargo-fuzz on the nightly toolchain it needs.
fn fuzz() -> Result<()> {
    let seconds = setting("EYELINE_FUZZ_SECONDS");
    let targets = workspace::root().join("fuzz/fuzz_targets");
    let files =
        fs::read_dir(&targets).with_context(|| format!("cannot read {}", targets.display()))?;
    let names = files.filter_map(|file| Some(file.ok()?.path().file_stem()?.to_str()?.to_owned()));
    let mut names: Vec<_> = names.collect();
    names.sort();
    for name in names {
        println!("\n── fuzz {name}: {seconds} s");
        let mut fuzz = tools::cargo_with(&tools::FUZZ)?;
        fuzz.env("CARGO_TARGET_DIR", workspace::target()?.join("fuzz"));
        fuzz.args([
            "+nightly",
            "fuzz",
            "run",
            &name,
            "--",
            &format!("-max_total_time={seconds}"),
        ]);
        steps::run(&mut fuzz)?;
    }
    Ok(())
}
