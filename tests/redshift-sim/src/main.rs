//! The simulated Redshift as a process with a PostgreSQL of its own: says where both are, and runs until it is told to stop.

use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Parser;
use eyeline_redshift_sim::{Bucket, Faults, LocalPostgres, RedshiftSim, connect};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

/// Redshift for tests, over a PostgreSQL of its own. Prints one JSON object a line.
#[derive(Parser)]
struct Arguments {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: String,
    /// The bucket that COPY reads, as s3://NAME, opened with what the environment says
    #[arg(long)]
    bucket: Url,
    /// What goes wrong, as JSON, for example {"throttle_every":5}
    #[arg(long, value_parser = faults, default_value = "{}")]
    faults: Faults,
    /// A question to PostgreSQL when it is told to stop; one row is said
    #[arg(long)]
    at_end: Option<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let settings = std::env::vars().map(|(key, value)| (key.to_lowercase(), value));
    let (store, root) = object_store::parse_url_opts(&arguments.bucket, settings)?;
    let bucket = Bucket {
        name: arguments
            .bucket
            .host_str()
            .context("the bucket has no name")?
            .to_owned(),
        store: Arc::from(store),
        root,
    };
    let postgres = LocalPostgres::start()?;
    let database = postgres.database("warehouse").await?;
    let sim = RedshiftSim::start(&arguments.listen, &database, bucket).await?;
    sim.set_faults(arguments.faults);
    println!("{}", json!({"listening": sim.url(), "database": database}));
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    if let Some(sql) = arguments.at_end {
        let client = connect(&database).await?;
        let row = client
            .query_one(&format!("SELECT row_to_json(q)::text FROM ({sql}) q"), &[])
            .await?;
        let said: serde_json::Value = serde_json::from_str(row.try_get(0)?)?;
        println!("{}", json!({ "at_end": said }));
    }
    Ok(())
}

fn faults(text: &str) -> Result<Faults, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}
