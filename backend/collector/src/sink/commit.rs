//! Group commit: concurrent calls share one write and one fsync on a thread of its own.
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::SinkError;

/// Writes groups to one place. Runs on the committing thread only.
pub(super) trait GroupWriter: Send + 'static {
    /// Writes all of `group`, in order; returning `Ok` means that it is on the disk. After an error none of it may stay
    /// readable, as far as the storage lets that be undone.
    fn commit(&mut self, group: &[Bytes]) -> Result<(), SinkError>;

    /// When [`GroupWriter::tick`] has to be called although nothing comes in.
    fn due(&self) -> Option<Instant> {
        None
    }

    /// Does what has become due.
    fn tick(&mut self) {}

    /// How often [`GroupWriter::probe`] is called while the storage fails (ours).
    const PROBE_EVERY: Duration = Duration::from_secs(1);

    /// Finds out whether the storage works again after [`GroupWriter::commit`] failed.
    fn probe(&mut self) -> io::Result<()>;

    /// Finishes what is open.
    fn finish(&mut self) -> Result<(), SinkError>;
}

/// Hands lines to a [`GroupWriter`] and waits for its fsync.
#[derive(Debug)]
pub(super) struct GroupCommit {
    /// `None` once closed.
    queue: Mutex<Option<SyncSender<Job>>>,
    /// Bytes that may still join the queue.
    room: Arc<Semaphore>,
    /// The storage failed last, and has not worked since.
    failing: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Waiting {
    lines: Bytes,
    /// Given back once the lines are.
    _room: OwnedSemaphorePermit,
    done: oneshot::Sender<Result<(), SinkError>>,
}

#[derive(Debug)]
enum Job {
    Store(Waiting),
    Close(oneshot::Sender<Result<(), SinkError>>),
}

impl GroupCommit {
    /// Starts the thread. `linger` is how long a group waits for company once calls have been seen to overlap.
    pub(super) fn start(
        name: &str,
        linger: Duration,
        writer: impl GroupWriter,
    ) -> io::Result<Self> {
        let (queue, jobs) = sync_channel(QUEUE_CALLS_MAX);
        let failing = Arc::new(AtomicBool::new(false));
        let tells = Arc::clone(&failing);
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(&jobs, linger, writer, &tells))?;
        Ok(Self {
            queue: Mutex::new(Some(queue)),
            room: Arc::new(Semaphore::new(QUEUE_BYTES_MAX as usize)),
            failing,
            thread: Some(thread),
        })
    }

    pub(super) async fn store(&self, lines: Bytes) -> Result<(), SinkError> {
        let (done, answer) = oneshot::channel();
        let queue = self
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .ok_or(SinkError::Closed)?;
        // A call that is larger than the whole queue may still wait alone.
        let bytes =
            u32::try_from(lines.len()).map_or(QUEUE_BYTES_MAX, |it| it.min(QUEUE_BYTES_MAX));
        let room = Arc::clone(&self.room)
            .try_acquire_many_owned(bytes)
            .map_err(|_| SinkError::Busy)?;
        queue
            .try_send(Job::Store(Waiting {
                lines,
                _room: room,
                done,
            }))
            .map_err(|error| match error {
                TrySendError::Full(_) => SinkError::Busy,
                TrySendError::Disconnected(_) => SinkError::Closed,
            })?;
        answer.await.unwrap_or(Err(SinkError::Closed))
    }

    /// Everything stored before is committed first. A second call finds nothing to do.
    pub(super) async fn close(&self) -> Result<(), SinkError> {
        let Some(queue) = self
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        else {
            return Ok(());
        };
        let (done, answer) = oneshot::channel();
        let sent = tokio::task::spawn_blocking(move || queue.send(Job::Close(done)).is_ok())
            .await
            .unwrap_or(false);
        if !sent {
            return Err(SinkError::Closed);
        }
        answer.await.unwrap_or(Err(SinkError::Closed))
    }

    /// Whether a call is expected to succeed: not closed, the thread alive, and the storage working when last tried.
    pub(super) fn is_ready(&self) -> bool {
        let open = self
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some();
        let alive = self
            .thread
            .as_ref()
            .is_some_and(|thread| !thread.is_finished());
        open && alive && !self.failing.load(Ordering::Relaxed)
    }
}

impl Drop for GroupCommit {
    /// Waits for the thread, at most one group's fsync away: whoever opens the same folder next must find its lock free.
    fn drop(&mut self) {
        drop(
            self.queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn run<W: GroupWriter>(
    jobs: &Receiver<Job>,
    linger: Duration,
    mut writer: W,
    failing: &AtomicBool,
) {
    let mut overlapping = false;
    let mut probe = None;
    loop {
        // Where nobody asks any more because it fails, it has to find out by itself that it works again.
        probe = failing
            .load(Ordering::Relaxed)
            .then(|| probe.unwrap_or_else(|| Instant::now() + W::PROBE_EVERY));
        let job = match next(jobs, writer.due().into_iter().chain(probe).min()) {
            Ok(Job::Store(first)) => first,
            Ok(Job::Close(done)) => return finish(writer, done),
            Err(RecvTimeoutError::Timeout) => {
                writer.tick();
                if probe.is_some_and(|probe| Instant::now() >= probe) {
                    failing.store(writer.probe().is_err(), Ordering::Relaxed);
                    probe = None;
                }
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => {
                if let Err(error) = writer.finish() {
                    tracing::error!(%error, "a sink could not finish its last file");
                }
                return;
            }
        };
        // A lone caller must not pay for company that never comes.
        let until = Instant::now() + if overlapping { linger } else { Duration::ZERO };
        let (group, close) = gather(jobs, job, until);
        overlapping = group.len() > 1;
        answer(&mut writer, group, failing);
        if let Some(done) = close {
            return finish(writer, done);
        }
    }
}

/// Everything the writer holds, its lock above all, is let go before the caller learns that it is closed.
fn finish(mut writer: impl GroupWriter, done: oneshot::Sender<Result<(), SinkError>>) {
    let finished = writer.finish();
    drop(writer);
    // The receiver may have gone; there is nobody else to tell.
    drop(done.send(finished));
}

fn next(jobs: &Receiver<Job>, due: Option<Instant>) -> Result<Job, RecvTimeoutError> {
    match due {
        Some(due) => jobs.recv_timeout(due.saturating_duration_since(Instant::now())),
        None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
    }
}

fn gather(
    jobs: &Receiver<Job>,
    first: Waiting,
    until: Instant,
) -> (Vec<Waiting>, Option<oneshot::Sender<Result<(), SinkError>>>) {
    let mut bytes = first.lines.len();
    let mut group = vec![first];
    while bytes < GROUP_BYTES_MAX {
        match jobs.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(Job::Store(waiting)) => {
                bytes += waiting.lines.len();
                group.push(waiting);
            }
            Ok(Job::Close(done)) => return (group, Some(done)),
            Err(_) => break,
        }
    }
    (group, None)
}

fn answer(writer: &mut impl GroupWriter, group: Vec<Waiting>, failing: &AtomicBool) {
    let lines: Vec<Bytes> = group.iter().map(|waiting| waiting.lines.clone()).collect();
    let result = writer.commit(&lines);
    let failed = matches!(result, Err(SinkError::Storage(_)));
    failing.store(failed, Ordering::Relaxed);
    if let Err(error) = &result {
        tracing::error!(%error, calls = group.len(), "lines could not be stored");
    }
    for waiting in group {
        // A caller that gave up (its client hung up) has no use for the answer.
        drop(waiting.done.send(match &result {
            Ok(()) => Ok(()),
            Err(SinkError::Storage(error)) => Err(SinkError::Storage(io::Error::new(
                error.kind(),
                error.to_string(),
            ))),
            Err(SinkError::Full) => Err(SinkError::Full),
            Err(SinkError::Busy) => Err(SinkError::Busy),
            Err(SinkError::Throttled) => Err(SinkError::Throttled),
            Err(SinkError::Closed) => Err(SinkError::Closed),
        }));
    }
}

/// Most calls waiting for the thread (ours): more would wait for seconds.
const QUEUE_CALLS_MAX: usize = 4096;
/// Most bytes waiting for the thread (ours): at one fsync of 5 ms for 1 MiB well under a second, and what a small machine has.
const QUEUE_BYTES_MAX: u32 = 64 * 1024 * 1024;

/// A group closes at this many bytes (ours): compressing more would delay the first caller's answer for no fewer fsyncs.
pub(super) const GROUP_BYTES_MAX: usize = 1024 * 1024;

#[cfg(test)]
#[path = "commit_test.rs"]
mod tests;
