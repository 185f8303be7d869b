//! The way into one delivery stream: while calls are on their way lines wait a few milliseconds for company, then go in as few as they fit.
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tokio_util::task::TaskTracker;

use super::deliver::{Patience, Waiting, deliver};
use super::pack::{Call, Piece, cut};
use super::put::Put;
use super::tally::Tally;
use crate::sink::SinkError;

/// How lines wait, and how many.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) linger: Duration,
    pub(super) calls_in_flight: usize,
    pub(super) queue_bytes: u32,
    pub(super) patience: Patience,
}

/// One stream's queue.
#[derive(Debug)]
pub(super) struct Queue {
    /// `None` once closed.
    pieces: Mutex<Option<mpsc::UnboundedSender<Piece<Waiting>>>>,
    /// Bytes that may still join; what is on its way counts as well.
    room: Arc<Semaphore>,
    queue_bytes: u32,
    packer: Mutex<Option<JoinHandle<()>>>,
}

impl Queue {
    /// Starts packing. Needs a Tokio runtime.
    pub(super) fn start(put: Arc<dyn Put>, bounds: Bounds, tally: Arc<Tally>) -> Self {
        // Bounded by the bytes that may wait.
        let (sender, pieces) = mpsc::unbounded_channel();
        Self {
            pieces: Mutex::new(Some(sender)),
            room: Arc::new(Semaphore::new(bounds.queue_bytes as usize)),
            queue_bytes: bounds.queue_bytes,
            packer: Mutex::new(Some(tokio::spawn(pack(pieces, put, bounds, tally)))),
        }
    }

    /// Waits until Firehose has all of the lines.
    pub(super) async fn store(&self, lines: Bytes) -> Result<(), SinkError> {
        let pieces = cut(lines).ok_or_else(|| {
            SinkError::Storage(std::io::Error::other(
                "one line is longer than a record may be",
            ))
        })?;
        let answers = pieces
            .into_iter()
            .map(|lines| self.join(lines))
            .collect::<Result<Vec<_>, _>>()?;
        for answer in answers {
            answer.await.unwrap_or(Err(SinkError::Closed))?;
        }
        Ok(())
    }

    fn join(&self, lines: Bytes) -> Result<oneshot::Receiver<Result<(), SinkError>>, SinkError> {
        let (done, answer) = oneshot::channel();
        // A piece that is larger than the whole queue may still wait alone.
        let bytes =
            u32::try_from(lines.len()).map_or(self.queue_bytes, |it| it.min(self.queue_bytes));
        let room = Arc::clone(&self.room)
            .try_acquire_many_owned(bytes)
            .map_err(|_| SinkError::Busy)?;
        let waiting = Waiting { done, _room: room };
        self.pieces
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .and_then(|pieces| pieces.send(Piece { lines, waiting }).ok())
            .ok_or(SinkError::Closed)?;
        Ok(answer)
    }

    pub(super) fn is_open(&self) -> bool {
        let pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        pieces.as_ref().is_some_and(|pieces| !pieces.is_closed())
    }

    /// Puts what waits and waits for what is on its way. A second call finds nothing to do.
    pub(super) async fn close(&self) {
        drop(
            self.pieces
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let packer = self
            .packer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(packer) = packer {
            drop(packer.await);
        }
    }
}

/// Fills one call after another for as long as there are lines. While all calls that may be on their way are, what comes waits here,
/// so that calls grow with the load. A line that finds none on its way goes at once: waiting for company would only cost it time, as
/// so little traffic costs next to nothing.
async fn pack(
    mut pieces: mpsc::UnboundedReceiver<Piece<Waiting>>,
    put: Arc<dyn Put>,
    bounds: Bounds,
    tally: Arc<Tally>,
) {
    let on_their_way = TaskTracker::new();
    let slots = Arc::new(Semaphore::new(bounds.calls_in_flight));
    let mut left = None;
    loop {
        let first = match left.take() {
            Some(piece) => piece,
            None => match pieces.recv().await {
                Some(piece) => piece,
                None => break,
            },
        };
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            break;
        };
        let mut call = Call::new(first);
        let linger = if on_their_way.is_empty() {
            Duration::ZERO
        } else {
            bounds.linger
        };
        let until = Instant::now() + linger;
        while let Ok(Some(piece)) = timeout_at(until, pieces.recv()).await {
            if let Err(piece) = call.push(piece) {
                left = Some(piece);
                break;
            }
        }
        let (put, tally) = (Arc::clone(&put), Arc::clone(&tally));
        on_their_way.spawn(async move {
            deliver(&*put, call.into_records(), bounds.patience, &tally).await;
            drop(slot);
        });
    }
    on_their_way.close();
    on_their_way.wait().await;
}
