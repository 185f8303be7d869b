//! Loads a folder of raw files into a lake and prints what content got how many clicks.
//!
//! `EYELINE_SECRET=… cargo run -p eyeline-loader --example load -- RAW LAKE`

use arrow::util::pretty::print_batches;
use eyeline_loader::decode::Salts;
use eyeline_loader::{LakeReader, Loader, Options};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let raw = arguments
        .next()
        .ok_or("first argument: where the raw files are")?;
    let lake = arguments
        .next()
        .ok_or("second argument: where the lake is")?;
    let secret = std::env::var("EYELINE_SECRET")
        .map_err(|_| "set EYELINE_SECRET: it makes the visitor keys")?;

    let mut options = Options::new(Salts::new(secret.as_bytes())?);
    options.list_all = true;
    let loader = Loader::new(&raw, &lake, options)?;
    let report = loader.run_once().await?;
    println!("{}", serde_json::to_string_pretty(&report)?);

    let reader = LakeReader::open(loader.lake()).await?;
    let top = "SELECT content_id, sum(impressions) AS impressions, sum(viewables) AS viewables, sum(clicks) AS clicks \
               FROM mart_content_hour WHERE ivt = 'ok' GROUP BY content_id ORDER BY clicks DESC, content_id LIMIT 10";
    print_batches(&reader.query(top).await?)?;
    Ok(())
}
