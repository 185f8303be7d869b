//! The command `eyeline`: the whole backend on one machine, or any part of it.

mod commands;

use std::process::ExitCode;

use anyhow::{Context, Result};
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
    log(console.is_json())?;
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

/// Logs go to standard error, as much of them as `EYELINE_LOG` asks for; as JSON where the command speaks JSON.
fn log(as_json: bool) -> Result<()> {
    let asked = std::env::var("EYELINE_LOG").unwrap_or_else(|_| "warn".to_owned());
    if as_json {
        let logs = eyeline_collector::json_logs(&asked, std::io::stderr)
            .with_context(|| format!("EYELINE_LOG is {asked:?}, not a filter such as info"))?;
        return Ok(tracing::subscriber::set_global_default(logs)?);
    }
    let filter = tracing_subscriber::EnvFilter::builder()
        .parse(&asked)
        .with_context(|| format!("EYELINE_LOG is {asked:?}, not a filter such as info"))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    Ok(())
}

/// The system's allocator keeps an arena a thread, which doubles what a load takes and lets it grow with the input.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
