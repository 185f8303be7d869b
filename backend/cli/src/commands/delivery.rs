//! Where `collect` delivers lines: raw files in a folder, or Firehose.

use std::sync::Arc;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use eyeline_collector::{EventSink, FirehoseOptions, FirehoseSink, OnThrottle, Stream};

/// Settings of the way to Firehose. Without a stream there is none, and lines go to raw files.
#[derive(Args)]
pub(crate) struct Firehose {
    /// Deliver to this Kinesis Data Firehose stream instead of raw files. Several share the load: a stream behind `PREFIX=` takes the
    /// write keys that begin so. Region and credentials come from the environment, as AWS's own tools take them
    #[arg(
        long = "firehose",
        value_name = "[PREFIX=]STREAM",
        value_delimiter = ',',
        env = "EYELINE_FIREHOSE"
    )]
    streams: Vec<Stream>,
    /// What becomes of lines that Firehose throttles
    #[arg(long, value_enum, default_value_t, requires = "streams")]
    when_throttled: WhenThrottled,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum WhenThrottled {
    /// They are spooled; clients notice nothing
    #[default]
    Spool,
    /// Clients are asked to come back (429), and the spool is left to outages
    Refuse,
}

impl Firehose {
    /// The sink, where a stream is named.
    pub(super) async fn sink(&self) -> Result<Option<Arc<dyn EventSink>>> {
        if self.streams.is_empty() {
            return Ok(None);
        }
        let options = FirehoseOptions::new(self.streams.clone());
        let sink = FirehoseSink::connect(options).await;
        Ok(Some(Arc::new(sink.context("cannot deliver to Firehose")?)))
    }

    pub(super) fn on_throttle(&self) -> OnThrottle {
        match self.when_throttled {
            WhenThrottled::Spool => OnThrottle::Spool,
            WhenThrottled::Refuse => OnThrottle::Refuse,
        }
    }
}
