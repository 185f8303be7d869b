//! A sink that keeps lines in memory and fails on demand: for tests and for trying a set-up out.
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use super::{EventSink, SinkError};

/// Keeps lines in memory; nothing outlives the process.
#[derive(Debug, Default)]
pub struct MemorySink {
    stored: Mutex<Vec<u8>>,
    failing: AtomicBool,
    closed: AtomicBool,
}

impl MemorySink {
    /// From here on every call fails, or works again.
    pub fn fail(&self, failing: bool) {
        self.failing.store(failing, Ordering::SeqCst);
    }

    /// Every line stored so far, in order, without its `\n`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&stored)
            .lines()
            .map(str::to_owned)
            .collect()
    }
}

#[async_trait]
impl EventSink for MemorySink {
    async fn store(&self, lines: Bytes) -> Result<(), SinkError> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(SinkError::Closed);
        }
        if self.failing.load(Ordering::SeqCst) {
            return Err(SinkError::Storage(io::Error::other("told to fail")));
        }
        self.stored
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(&lines);
        Ok(())
    }

    fn ready(&self) -> bool {
        !self.closed.load(Ordering::SeqCst) && !self.failing.load(Ordering::SeqCst)
    }

    async fn close(&self) -> Result<(), SinkError> {
        self.closed.store(true, Ordering::SeqCst);
        Ok(())
    }
}
