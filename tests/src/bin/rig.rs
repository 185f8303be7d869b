//! The real client, collector and loader as processes that a test can kill. Each says one JSON object a line and stops when its
//! standard input closes.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use eyeline::{Client, Consent, ContentId, Impression, PlacementId};
use eyeline_collector::{
    Collector, EventSink, FileSink, FileSinkOptions, FirehoseOptions, FirehoseSink, Spool,
    SpoolOptions, SpooledSink, Stream,
};
use eyeline_loader::{Loader, Options};
use eyeline_tests::salts;
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
    /// A collector before Firehose, as the environment names it, with a spool
    Deliver {
        /// The delivery stream
        #[arg(long)]
        stream: Stream,
        /// The spool's folder
        #[arg(long)]
        spool: PathBuf,
        /// The keys file
        #[arg(long)]
        keys: PathBuf,
    },
    /// A client that captures impressions and then stays
    Client {
        /// The client's own folder
        #[arg(long)]
        directory: PathBuf,
        /// The collector
        #[arg(long)]
        to: String,
        /// The write key
        #[arg(long)]
        key: String,
        /// The affiliate
        #[arg(long)]
        affiliate: String,
        /// How many impressions
        #[arg(long)]
        impressions: usize,
    },
    /// One run of a loader, over all raw files
    Load {
        /// Address of the raw files
        #[arg(long)]
        raw: String,
        /// Address of the lake
        #[arg(long)]
        lake: String,
        /// Raw bytes of one micro-batch
        #[arg(long)]
        micro_batch_bytes: u64,
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
            collect(keys, sink).await?;
        }
        Part::Deliver {
            stream,
            spool,
            keys,
        } => {
            let mut options = FirehoseOptions::new(vec![stream]);
            options.give_up_after = Duration::from_millis(200);
            let sink = Arc::new(FirehoseSink::connect(options).await?);
            let mut options = SpoolOptions::durable(spool);
            options.retry_after = Duration::from_millis(10);
            let spool = Spool::open(&options)?.context("a spool of a lasting disk")?;
            collect(keys, Arc::new(SpooledSink::new(sink, spool))).await?;
        }
        Part::Client {
            directory,
            to,
            key,
            affiliate,
            impressions,
        } => {
            let client = Client::builder(&to, &key, &affiliate)
                .directory(directory)
                .consent(Consent::Full)
                .build()?;
            let mut views = Vec::new();
            for _ in 0..impressions {
                let (content, placement) = (ContentId::new("item")?, PlacementId::new("list")?);
                views.push(client.impression(Impression::new(content, placement)));
            }
            println!("{}", json!({"captured": client.stats().captured}));
            stdin_closed().await;
        }
        Part::Load {
            raw,
            lake,
            micro_batch_bytes,
        } => {
            let mut options = Options::new(salts()?);
            options.list_all = true;
            options.micro_batch_bytes = micro_batch_bytes;
            let loader = Loader::new(&raw, &lake, options)?;
            println!("{}", json!({"loaded": loader.run_once().await?}));
        }
    }
    Ok(())
}

async fn collect(keys: PathBuf, sink: Arc<dyn EventSink>) -> Result<()> {
    let collector = Collector::builder().keys(keys).sink(sink).build()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("{}", json!({"listening": format!("http://{address}")}));
    Ok(collector.serve(listener, stdin_closed()).await?)
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
