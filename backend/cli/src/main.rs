//! The command `eyeline`: the whole backend on one machine, or any part of it.

mod commands;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use eyeline_cli::{Clock, ClockOption, Console, Place};

/// Eyeline measures what people really see.
#[derive(Parser)]
#[command(name = "eyeline", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    clock: ClockOption,
    /// Speak JSON, one object a line
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: commands::Command,
}

/// What every command goes by.
struct Setting {
    place: Place,
    clock: Clock,
    clock_option: ClockOption,
    console: Console,
}

fn main() -> ExitCode {
    let Arguments {
        place,
        clock,
        json,
        command,
    } = Arguments::parse();
    let console = Console::new(json);
    match run(place, clock, console, command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console.fail(&error);
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(
    place: Place,
    clock_option: ClockOption,
    console: Console,
    command: commands::Command,
) -> Result<()> {
    log();
    let clock = clock_option.clock()?;
    command
        .run(&Setting {
            place,
            clock,
            clock_option,
            console,
        })
        .await
}

/// Logs go to standard error, as much of them as `EYELINE_LOG` asks for.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("EYELINE_LOG")
        .unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
