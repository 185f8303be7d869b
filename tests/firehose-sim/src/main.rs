//! The simulated Firehose as a process: says where it listens, runs until told to stop, delivers what waits and says what it did.
//! SIGHUP has it deliver and say so without ending, for those whose function must not outlive it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Parser;
use eyeline_firehose_sim::{Clock, Faults, FirehoseSim, Settings, StreamSettings, system_clock};
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

/// Kinesis Data Firehose for tests. Prints one JSON object a line; faults are set and counts read under /sim.
#[derive(Parser)]
struct Arguments {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: String,
    /// The bucket: a folder, or a URL as s3://NAME, opened with what the environment says
    #[arg(long)]
    bucket: String,
    /// A stream as JSON, for example {"name":"eyeline","prefix":"raw/","transform":true}; once for each
    #[arg(long = "stream", value_parser = stream, required = true)]
    streams: Vec<StreamSettings>,
    /// What goes wrong, as JSON, for example {"fail_entries":0.3}
    #[arg(long, value_parser = faults, default_value = "{}")]
    faults: Faults,
    /// A file of 8 bytes that a replay moves: wall milliseconds, little endian
    #[arg(long)]
    stepped_clock: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let (bucket, root) = bucket(&arguments.bucket)?;
    let settings = Settings {
        streams: arguments.streams,
        bucket,
        root,
        clock: arguments.stepped_clock.map_or_else(system_clock, stepped),
    };
    let sim = FirehoseSim::start(&arguments.listen, settings).await?;
    sim.set_faults(arguments.faults);
    println!("{}", json!({"listening": sim.url()}));
    loop {
        let ends = tokio::select! {
            _ = interrupt.recv() => true,
            _ = terminate.recv() => true,
            _ = hangup.recv() => false,
        };
        sim.flush().await;
        println!("{}", json!({"counts": sim.counts()}));
        if ends {
            return Ok(());
        }
    }
}

fn stream(text: &str) -> Result<StreamSettings, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn faults(text: &str) -> Result<Faults, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn bucket(address: &str) -> Result<(Arc<dyn ObjectStore>, object_store::path::Path)> {
    if address.contains("://") {
        let url = Url::parse(address).with_context(|| format!("{address} is no URL"))?;
        let settings = std::env::vars().map(|(key, value)| (key.to_lowercase(), value));
        let (store, root) = object_store::parse_url_opts(&url, settings)
            .with_context(|| format!("cannot open {address}"))?;
        return Ok((Arc::from(store), root));
    }
    std::fs::create_dir_all(address).with_context(|| format!("cannot make {address}"))?;
    let folder = LocalFileSystem::new_with_prefix(address)?;
    Ok((Arc::new(folder), object_store::path::Path::default()))
}

/// A clock that another process moves. Where its file is gone, time stands still at 1970, and nothing becomes due.
fn stepped(path: PathBuf) -> Clock {
    Arc::new(move || read(&path).unwrap_or_default())
}

fn read(path: &Path) -> std::io::Result<i64> {
    let mut bytes = [0; 8];
    File::open(path)?.read_exact(&mut bytes)?;
    Ok(i64::from_le_bytes(bytes))
}
