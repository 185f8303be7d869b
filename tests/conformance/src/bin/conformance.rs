//! Every scenario on a binding in another language: `conformance HOST PROGRAM [ARGUMENT]…` (README.md, "An adapter that is driven over a pipe").

use std::env;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use eyeline_conformance::{PipedHost, Program, Report, Suite};

fn main() -> Result<ExitCode> {
    let mut words = env::args_os().skip(1);
    let usage = "name the host and its program: conformance HOST PROGRAM [ARGUMENT]…";
    let host = words.next().context(usage)?;
    let host = host.to_str().context("a host's name is UTF-8")?;
    let mut command = Command::new(words.next().context(usage)?);
    let mut program = Program::start(command.args(words))?;
    let suite = Suite::of_the_project()?;
    let mut report = Report::default();
    for name in suite.names() {
        report.play(&suite, name, (host, PipedHost::new(&mut program)), false);
    }
    program.finish()?;
    Ok(report.close())
}
