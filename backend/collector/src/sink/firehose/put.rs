//! One call of `PutRecordBatch` and what may come of it.
use async_trait::async_trait;
use bytes::Bytes;

/// Puts records into one delivery stream.
#[async_trait]
pub(super) trait Put: Send + Sync + 'static {
    /// One call, no retry: an answer for each record, in their order.
    async fn put(&self, records: &[Bytes]) -> Result<Vec<Result<(), Failure>>, Failure>;
}

/// Why a call, or one of its entries, failed. Each variant calls for another action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    /// More came than the stream's quota allows: send again, later and less.
    #[error("Firehose throttles: {0}")]
    Throttled(String),
    /// No answer, or Firehose's own failure: send again.
    #[error("Firehose failed: {0}")]
    Failed(String),
    /// Firehose will refuse the same call again: the stream, the key or a permission has to be mended first.
    #[error("Firehose refuses: {0}")]
    Refused(String),
}
