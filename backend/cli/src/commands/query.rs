//! `eyeline query`: one SQL query over the newest commit of the lake, as a table or as JSON lines.

use anyhow::{Context, Result};
use clap::Args;
use datafusion::arrow::json::LineDelimitedWriter;
use datafusion::arrow::util::pretty::pretty_format_batches;
use eyeline_loader::{Lake, LakeReader};

use crate::Setting;

/// Ask the lake in SQL
///
/// Tables: events (one row an event), fct_impression (one row an impression), mart_content_hour, instances (loss by SDK start),
/// rejects, loads.
#[derive(Args)]
pub(crate) struct Query {
    /// The query, in DataFusion's dialect
    sql: String,
}

impl Query {
    #[expect(clippy::print_stdout, reason = "the answer is the command's output")]
    pub(crate) async fn run(self, setting: &Setting) -> Result<()> {
        let lake = Lake::open(&setting.place.lake()).context("cannot open the lake")?;
        let rows = LakeReader::open(&lake).await?.query(&self.sql).await?;
        if setting.console.is_json() {
            let mut lines = LineDelimitedWriter::new(std::io::stdout().lock());
            lines.write_batches(&rows.iter().collect::<Vec<_>>())?;
            lines.finish()?;
        } else {
            println!("{}", pretty_format_batches(&rows)?);
        }
        Ok(())
    }
}
