//! Waiting for the worker, from sync code and from async code, on any runtime or none.

use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// What a flush or shutdown came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flushed {
    /// Nothing is queued any more.
    Complete,
    /// All that could be sent was; this many events wait for the network, the collector or consent.
    Kept {
        /// Events still queued.
        events: u64,
    },
    /// The time was up first. Sending goes on, unless this was a shutdown.
    TimedOut,
    /// The client has been shut down, or the runtime its worker ran on is gone.
    Stopped,
}

/// A flush or shutdown under way: `.await` it, or [`wait`](Flush::wait) for it in sync code. It goes on even if dropped.
#[derive(Debug)]
#[must_use = "await it, or call `wait`; dropped, it goes on in the background"]
pub struct Flush {
    slot: Arc<Slot>,
    deadline: Instant,
}

/// Where the worker leaves the outcome.
#[derive(Debug)]
pub(super) struct Waiter {
    slot: Arc<Slot>,
    /// When the one who waits gives up.
    pub(super) deadline: Instant,
}

#[derive(Debug, Default)]
struct Slot {
    state: Mutex<SlotState>,
    filled: Condvar,
}

#[derive(Debug, Default)]
struct SlotState {
    outcome: Option<Flushed>,
    waker: Option<Waker>,
}

/// A flush and the other end of it.
pub(super) fn flush(timeout: Duration) -> (Flush, Waiter) {
    let slot = Arc::new(Slot::default());
    let now = Instant::now();
    let deadline = now.checked_add(timeout).unwrap_or(now + A_YEAR);
    (
        Flush {
            slot: Arc::clone(&slot),
            deadline,
        },
        Waiter { slot, deadline },
    )
}

impl Flush {
    /// Blocks this thread until it is done, for at most the timeout it was given. In async code, `.await` it instead.
    pub fn wait(self) -> Flushed {
        let mut state = self.slot.lock();
        loop {
            if let Some(outcome) = state.outcome {
                return outcome;
            }
            let left = self.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Flushed::TimedOut;
            }
            let (woken, _) = self
                .slot
                .filled
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner);
            state = woken;
        }
    }
}

impl Future for Flush {
    type Output = Flushed;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Flushed> {
        let mut state = self.slot.lock();
        if let Some(outcome) = state.outcome {
            return Poll::Ready(outcome);
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Waiter {
    /// Ends the wait.
    pub(super) fn done(self, outcome: Flushed) {
        self.slot.fill(outcome);
    }
}

impl Drop for Waiter {
    /// Nobody waits forever for a worker that is gone.
    fn drop(&mut self) {
        self.slot.fill(Flushed::Stopped);
    }
}

impl Slot {
    /// The first outcome stands.
    fn fill(&self, outcome: Flushed) {
        let mut state = self.lock();
        state.outcome.get_or_insert(outcome);
        let waker = state.waker.take();
        drop(state);
        self.filled.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, SlotState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stands in for a timeout beyond what the clock can hold.
const A_YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_with_what_the_worker_said() {
        let (flush, waiter) = flush(Duration::MAX);
        let worker = std::thread::spawn(move || waiter.done(Flushed::Kept { events: 3 }));
        assert_eq!(flush.wait(), Flushed::Kept { events: 3 });
        worker.join().unwrap();
    }

    #[test]
    fn a_wait_ends_at_its_deadline() {
        let (flush, _waiter) = flush(Duration::ZERO);
        assert_eq!(flush.wait(), Flushed::TimedOut);
    }

    #[test]
    fn a_wait_ends_when_the_worker_is_gone() {
        let (flush, waiter) = flush(Duration::MAX);
        drop(waiter);
        assert_eq!(flush.wait(), Flushed::Stopped);
    }

    #[tokio::test]
    async fn a_flush_can_be_awaited() {
        let (flush, waiter) = flush(Duration::MAX);
        let worker = tokio::spawn(async move { waiter.done(Flushed::Complete) });
        assert_eq!(flush.await, Flushed::Complete);
        worker.await.unwrap();
    }
}
