//! Every scenario on the engine in Rust, and on the client for phones. `cargo test -p eyeline-conformance -- --bless` commits to what it says now.

use std::env;
use std::process::ExitCode;

use anyhow::Result;
use eyeline_conformance::{EngineHost, MobileHost, Report, Suite};

fn main() -> ExitCode {
    let bless = env::args().any(|word| word == "--bless");
    let suite = Suite::of_the_project().expect("the scenarios can be read");
    let mut report = Report::default();
    for name in suite.names() {
        report.play(&suite, name, ("rust", EngineHost::new()), bless);
        report.play(&suite, name, ("mobile", MobileHost::new()), false);
    }
    report.tell("no_transcript_is_a_stray", no_strays(&suite));
    report.close()
}

fn no_strays(suite: &Suite) -> Result<()> {
    let strays = suite.strays()?;
    anyhow::ensure!(strays.is_empty(), "{}", strays.join("\n"));
    Ok(())
}
