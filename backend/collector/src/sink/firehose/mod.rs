//! Lines into Kinesis Data Firehose. `Ok` means that `PutRecordBatch` took every one of them.
mod aws;
mod deliver;
#[cfg(test)]
mod deliver_test;
mod pack;
mod put;
mod queue;
mod streams;
mod tally;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use bytes::Bytes;
use futures::future::{join_all, try_join_all};

use super::{EventSink, SinkError, SinkGauge};
use aws::Sdk;
use deliver::Patience;
use queue::{Bounds, Queue};
use tally::Tally;

pub use streams::Stream;

/// How a [`FirehoseSink`] works.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FirehoseOptions {
    /// The delivery streams; one of them takes the keys that no other does.
    pub streams: Vec<Stream>,
    /// How long lines wait for company while another call is on its way; without one they go at once.
    pub linger: Duration,
    /// Calls to one stream at the same moment.
    pub calls_in_flight: usize,
    /// Bytes that may wait for one stream, what is on its way among them. Beyond them clients are asked to come back.
    pub queue_bytes: u32,
    /// How long a failed entry is sent again before the call fails.
    pub give_up_after: Duration,
}

impl FirehoseOptions {
    /// The defaults, for these streams.
    #[must_use]
    pub fn new(streams: Vec<Stream>) -> Self {
        Self {
            streams,
            linger: Duration::from_millis(5),
            // At 50 ms a call and 3 MiB a call that is 480 MiB/s: quotas end first (5 MiB/s by default in large regions).
            calls_in_flight: 8,
            queue_bytes: 64 << 20,
            // Below the 10 s after which a spool takes over, so that the reason is Firehose's and not a timeout's.
            give_up_after: Duration::from_secs(8),
        }
    }
}

/// Why lines can't be sent to Firehose at all. Mend the set-up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FirehoseError {
    /// AWS's region is set nowhere.
    #[error("no AWS region: set AWS_REGION, or `region` in AWS's configuration file")]
    NoRegion,
    /// Some write key would have no stream.
    #[error("no delivery stream takes every write key: name one without a prefix")]
    NoStreamForAll,
}

/// Puts lines into delivery streams: many batches a record, many records a call, and only failed entries again.
#[derive(Debug)]
pub struct FirehoseSink {
    streams: Vec<Stream>,
    queues: Vec<Queue>,
    tally: Arc<Tally>,
}

impl FirehoseSink {
    /// Takes region and credentials from the environment, as every program on AWS does. Needs a Tokio runtime.
    ///
    /// # Errors
    /// [`FirehoseError`]: what to mend.
    pub async fn connect(options: FirehoseOptions) -> Result<Self, FirehoseError> {
        Self::with(&aws::environment().await, options)
    }

    /// As [`FirehoseSink::connect`], with a configuration of the caller's. Its retries and timeouts are not used: only failed entries
    /// are sent again, which the SDK can't do.
    ///
    /// # Errors
    /// [`FirehoseError`]: what to mend.
    pub fn with(config: &SdkConfig, options: FirehoseOptions) -> Result<Self, FirehoseError> {
        if !options
            .streams
            .iter()
            .any(|stream| stream.key_prefix.is_empty())
        {
            return Err(FirehoseError::NoStreamForAll);
        }
        let client = aws::client(config).ok_or(FirehoseError::NoRegion)?;
        let bounds = Bounds {
            linger: options.linger,
            calls_in_flight: options.calls_in_flight.max(1),
            queue_bytes: options.queue_bytes,
            patience: Patience {
                first_pause: FIRST_PAUSE,
                give_up_after: options.give_up_after,
            },
        };
        let tally = Arc::new(Tally::default());
        let queue = |stream: &Stream| {
            let put = Sdk {
                client: client.clone(),
                stream: stream.name.clone(),
            };
            Queue::start(Arc::new(put), bounds, Arc::clone(&tally))
        };
        let queues = options.streams.iter().map(queue).collect();
        Ok(Self {
            streams: options.streams,
            queues,
            tally,
        })
    }
}

#[async_trait]
impl EventSink for FirehoseSink {
    async fn store(&self, lines: Bytes) -> Result<(), SinkError> {
        if let [queue] = self.queues.as_slice() {
            return queue.store(lines).await;
        }
        let runs = streams::runs(&self.streams, &lines);
        let stored = runs
            .into_iter()
            .map(|(stream, run)| self.queues[stream].store(lines.slice(run)));
        try_join_all(stored).await.map(drop)
    }

    fn ready(&self) -> bool {
        self.queues.iter().all(Queue::is_open) && !self.tally.is_failing()
    }

    fn gauges(&self) -> Vec<SinkGauge> {
        self.tally.gauges()
    }

    async fn close(&self) -> Result<(), SinkError> {
        join_all(self.queues.iter().map(Queue::close)).await;
        Ok(())
    }
}

/// Longest first pause before failed entries are sent again (ours): a partial failure is over in tens of ms.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
