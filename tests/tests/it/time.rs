//! One stepped clock for clients, collector and loader.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use eyeline::{Client, Flushed, SteppedClock};
use eyeline_core::{MonoMillis, Now, UnixMillis};

use crate::stage::Clock;

/// The time of everything on stage; only the test moves it.
pub(crate) struct Time(SteppedClock);

impl Time {
    pub(crate) fn starting(wall: UnixMillis) -> Self {
        Self(SteppedClock::new(Now {
            wall,
            mono: MonoMillis::from_u64(1_000),
        }))
    }

    /// For clients.
    pub(crate) fn clock(&self) -> &SteppedClock {
        &self.0
    }

    /// For collectors and loaders.
    pub(crate) fn wall(&self) -> Clock {
        let clock = self.0.clone();
        Arc::new(move || clock.now().wall)
    }

    pub(crate) fn pass(&self, time: Duration) {
        let now = self.0.now();
        self.0.set(Now {
            wall: now.wall.plus(time),
            mono: now.mono.plus(time),
        });
    }
}

/// Waits, while time passes as retries need it, until the collector has everything.
pub(crate) async fn deliver_all(clients: &[Client], time: &Time) -> Result<()> {
    for _ in 0..200 {
        for client in clients {
            let outcome = client.flush(Duration::from_secs(60)).await;
            ensure!(outcome != Flushed::TimedOut, "an upload is stuck");
        }
        if clients.iter().all(|client| client.stats().queued == 0) {
            return Ok(());
        }
        // As long as the longest pause between two attempts.
        time.pass(Duration::from_secs(300));
    }
    bail!("events are still queued after hours of trying")
}
