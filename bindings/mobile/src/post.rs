//! The thread that asks the platform to send. A request may take half a minute, and meanwhile the worker has views to watch: so
//! sending has a thread of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::{io, thread};

use eyeline_core::{HostAnswer, Ticket, Upload};

use crate::endpoint::Endpoint;
use crate::ffi::{Transport, answer};

/// Where the worker leaves uploads.
#[derive(Debug, Default)]
pub(crate) struct Post {
    slot: Mutex<Slot>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Slot {
    /// The next upload. One that is replaced here was given up by the engine.
    next: Option<Upload>,
    is_sending: bool,
    is_closed: bool,
}

impl Post {
    /// Hands over an upload.
    pub(crate) fn send(&self, upload: Upload) {
        self.lock().next = Some(upload);
        self.changed.notify_one();
    }

    /// Whether an answer is still to come.
    pub(crate) fn is_busy(&self) -> bool {
        let slot = self.lock();
        slot.is_sending || slot.next.is_some()
    }

    /// Ends the thread, once the request it is at has ended.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_one();
    }

    fn take(&self) -> Option<Upload> {
        let mut slot = self.lock();
        loop {
            if slot.is_closed {
                return None;
            }
            if let Some(upload) = slot.next.take() {
                slot.is_sending = true;
                return Some(upload);
            }
            slot = self
                .changed
                .wait(slot)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the thread. `answered` hears of every answer; afterwards `rested` is called, when the post is no longer busy with it.
///
/// # Errors
/// When the system refuses a thread.
pub(crate) fn start(
    post: Arc<Post>,
    endpoint: Endpoint,
    transport: Arc<dyn Transport>,
    answered: impl Fn(Ticket, HostAnswer) + Send + 'static,
    rested: impl Fn() + Send + 'static,
) -> io::Result<()> {
    let work = move || {
        while let Some(upload) = post.take() {
            let ticket = upload.ticket;
            let request = endpoint.request(upload);
            // Rust's own transports may panic, as those of tests do; a foreign one's exceptions arrive as errors.
            let outcome = catch_unwind(AssertUnwindSafe(|| transport.send(request)));
            let outcome = outcome.map_or(HostAnswer::Unreachable, answer);
            answered(ticket, outcome);
            post.lock().is_sending = false;
            rested();
        }
    };
    thread::Builder::new()
        .name("eyeline-send".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(work)
        .map(drop)
}

/// Ours: the platform's HTTP runs on this thread, in frames of its own.
const STACK_BYTES: usize = 1024 * 1024;
