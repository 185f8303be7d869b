//! The real collector and loader as processes that a test can kill. Each says one JSON object a line and stops when its
//! standard input closes.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Parser;
use eyeline_collector::{Collector, FileSink, FileSinkOptions};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

#[derive(Parser)]
enum Part {
    /// A collector with a file sink
    Collect {
        /// Folder that raw files go to
        #[arg(long)]
        raw: PathBuf,
        /// The keys file
        #[arg(long)]
        keys: PathBuf,
        /// A file is finished at this many bytes
        #[arg(long, default_value_t = 64 << 10)]
        rotate_bytes: u64,
    },
}

#[tokio::main]
async fn main() -> Result<()> {
    match Part::parse() {
        Part::Collect {
            raw,
            keys,
            rotate_bytes,
        } => {
            let mut options = FileSinkOptions::default();
            options.rotate_bytes = rotate_bytes;
            let sink = Arc::new(FileSink::open(raw, options)?);
            let collector = Collector::builder().keys(keys).sink(sink).build()?;
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let address = listener.local_addr()?;
            println!("{}", json!({"listening": format!("http://{address}")}));
            collector.serve(listener, stdin_closed()).await?;
        }
    }
    Ok(())
}

/// Reads standard input on a thread of its own, which ends with the process.
async fn stdin_closed() {
    let (closed, wait) = oneshot::channel();
    std::thread::spawn(move || {
        // An error reads like the end: nobody is there any more.
        drop(io::copy(&mut io::stdin(), &mut io::sink()));
        let _ = closed.send(());
    });
    drop(wait.await);
}
