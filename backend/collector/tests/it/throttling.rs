//! What becomes of lines that the service behind the sink is too busy for.
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use eyeline_collector::{
    EventSink, MemorySink, OnThrottle, SinkError, Spool, SpoolOptions, SpooledSink,
};

use crate::support::{Door, keys, renders};

/// A service that is always too busy.
struct Busy;

#[async_trait]
impl EventSink for Busy {
    async fn store(&self, _: Bytes) -> Result<(), SinkError> {
        Err(SinkError::Throttled)
    }

    fn ready(&self) -> bool {
        true
    }

    async fn close(&self) -> Result<(), SinkError> {
        Ok(())
    }
}

async fn door(sink: Arc<dyn EventSink>) -> Door {
    Door::before(sink, Arc::new(MemorySink::default()), keys(), |builder| {
        builder
    })
    .await
}

#[tokio::test]
async fn without_a_spool_the_client_is_told_to_slow_down() {
    let door = door(Arc::new(Busy)).await;
    let reply = door.send_batch(&renders([1])).await;
    reply.assert_fault(429, "storage_throttled");
    assert_eq!(reply.headers["retry-after"], "5");
}

#[tokio::test]
async fn a_spool_takes_them_unless_it_is_told_to_leave_them_with_the_client() {
    for (on_throttle, taken) in [(OnThrottle::Spool, true), (OnThrottle::Refuse, false)] {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(&SpoolOptions::durable(folder.path())).unwrap();
        let sink = SpooledSink::with(Arc::new(Busy), spool.unwrap(), on_throttle);
        let door = door(Arc::new(sink)).await;
        let reply = door.send_batch(&renders([1])).await;
        if taken {
            reply.assert_taken(1);
        } else {
            reply.assert_fault(429, "storage_throttled");
        }
        assert!(door.get("/ready").await.status == 200);
    }
}
