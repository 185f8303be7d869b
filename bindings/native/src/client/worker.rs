//! The worker: sends what is due, ends waits on time, keeps the journal's disk work off the caller's thread.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eyeline_core::{MonoMillis, Upload};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::bells::Shared;
use super::timer::Timer;
use super::transport::Transport;
use crate::host::Turn;

/// Where a worker runs.
#[derive(Debug, Clone, Default)]
pub(super) enum Place {
    /// On a thread and a runtime of its own: no app code can stall it, and blocking for it is always safe.
    #[default]
    OwnThread,
    /// On a runtime the app handed over.
    On(Handle),
}

/// What a worker works on, and with.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) shared: Arc<Shared>,
    pub(super) transport: Transport,
    pub(super) timer: Arc<dyn Timer>,
    /// How long after a write the journal is synced.
    pub(super) sync_every: Duration,
}

/// Starts a worker.
///
/// # Errors
/// When the system refuses a thread.
pub(super) fn start(work: Work, place: &Place) -> std::io::Result<()> {
    // Made here, not in the work: a runtime that is gone before it ran the work drops it all the same.
    let orphan = Orphan(Arc::clone(&work.shared));
    match place {
        Place::On(runtime) => {
            runtime.spawn(run(work, orphan));
        }
        Place::OwnThread => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            std::thread::Builder::new()
                .name("eyeline".to_owned())
                .spawn(move || {
                    runtime.block_on(run(work, orphan));
                    // A name look-up may hang on; the thread needn't.
                    runtime.shutdown_background();
                })?;
        }
    }
    Ok(())
}

async fn run(work: Work, _orphan: Orphan) {
    let shared = &*work.shared;
    let stopping = Notify::new();
    let sending = async {
        tokio::select! {
            () = send_what_is_due(&work) => {}
            () = end_waits_on_time(shared) => {}
        }
        stopping.notify_one();
    };
    tokio::join!(sending, keep_on_disk(shared, work.sync_every, &stopping));
    shared.stop();
}

/// Ends when a shutdown has nothing left to send.
async fn send_what_is_due(work: &Work) {
    let shared = &work.shared;
    let mut turn = shared.turn();
    loop {
        turn = match turn {
            Turn::Send(upload) => send(work, upload).await,
            Turn::Sleep(until) => {
                sleep(work, until).await;
                shared.awake();
                shared.turn()
            }
            Turn::Stop => return,
        }
    }
}

/// Sends one upload, and meanwhile does what falls due: an answer may take half a minute. Returns what to do next.
async fn send(work: &Work, upload: Upload) -> Turn {
    let shared = &work.shared;
    let mut answer = pin!(work.transport.send(&upload));
    loop {
        let until = match shared.turn_while_sending() {
            Turn::Sleep(until) => until,
            turn => return turn,
        };
        tokio::select! {
            answer = &mut answer => {
                shared.answer(upload.ticket, answer);
                return shared.turn();
            }
            () = sleep(work, until) => {}
        }
    }
}

/// Ends at `until`, or when something falls due earlier than was known.
async fn sleep(work: &Work, until: MonoMillis) {
    tokio::select! {
        () = work.shared.bells().due.notified() => {}
        () = work.timer.sleep_until(until) => {}
    }
}

/// Ends when a shutdown's time is up.
async fn end_waits_on_time(shared: &Shared) {
    loop {
        match shared.next_deadline() {
            None => shared.bells().deadline_set.notified().await,
            Some(deadline) => {
                tokio::select! {
                    () = shared.bells().deadline_set.notified() => {}
                    () = tokio::time::sleep_until(deadline.into()) => {}
                }
                if shared.expire(Instant::now()) {
                    return;
                }
            }
        }
    }
}

/// Syncs the journal a while after it was written to. Ends, with everything synced, when the worker stops.
async fn keep_on_disk(shared: &Shared, sync_every: Duration, stopping: &Notify) {
    let mut stops = false;
    while !stops {
        let pause = async {
            shared.bells().written.notified().await;
            tokio::time::sleep(sync_every).await;
        };
        tokio::select! {
            () = stopping.notified() => stops = true,
            () = pause => {}
        }
        // Not part of the select: disk work once begun is awaited, so none outlives the lock on the directory.
        while let Some(chore) = shared.chore() {
            let Ok(done) = tokio::task::spawn_blocking(move || chore.run()).await else {
                break;
            };
            if !shared.chore_done(done) {
                break;
            }
        }
    }
}

/// Tells the clients when their worker is gone.
struct Orphan(Arc<Shared>);

impl Drop for Orphan {
    /// After a stop this changes nothing; when the runtime drops the task, it tells the clients.
    fn drop(&mut self) {
        self.0.orphan();
    }
}
