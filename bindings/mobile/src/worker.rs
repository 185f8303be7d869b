//! The worker: one thread that drives the engine, has uploads sent, syncs the journal and ends waits on time.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use eyeline::host::{Clock, LONGEST_NAP, Shared, SteppedClock, SystemClock, Turn};
use eyeline_core::MonoMillis;

use crate::bell::{Bell, WorkersBell};
use crate::invalid::Invalids;
use crate::post::Post;
use crate::tell::Tell;

/// What the worker works on, and with.
pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared<WorkersBell>>,
    pub(crate) bell: Arc<Bell>,
    pub(crate) post: Arc<Post>,
    pub(crate) timer: Timer,
    pub(crate) tell: Option<Tell>,
    pub(crate) invalids: Arc<Invalids>,
}

/// The clock, as something to wait for.
#[derive(Debug, Clone)]
pub(crate) enum Timer {
    System,
    Stepped(SteppedClock),
}

impl Timer {
    /// What the engine reads the time from.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        match self {
            Timer::System => Arc::new(SystemClock),
            Timer::Stepped(clock) => Arc::new(clock.clone()),
        }
    }
}

/// Starts the worker.
///
/// # Errors
/// When the system refuses a thread.
pub(crate) fn start(worker: Worker) -> std::io::Result<()> {
    thread::Builder::new()
        .name("eyeline".to_owned())
        .spawn(|| worker.run())
        .map(drop)
}

impl Worker {
    fn run(mut self) {
        // Whatever happens here, nobody waits for a worker that is gone.
        let _end = End(Arc::clone(&self.shared), Arc::clone(&self.post));
        let mut sync_at: Option<Instant> = None;
        loop {
            let turn = if self.post.is_busy() {
                self.shared.turn_while_sending()
            } else {
                self.shared.turn()
            };
            let until = match turn {
                Turn::Send(upload) => {
                    self.post.send(upload);
                    continue;
                }
                Turn::Sleep(until) => until,
                Turn::Stop => break,
            };
            self.tell();
            if self.sleep(until, &mut sync_at) {
                break;
            }
        }
        self.do_chores();
        // Told before the end, so that whoever waits for a shutdown has heard everything.
        self.tell();
        if let Some(tell) = &self.tell {
            tell.stopped();
        }
    }

    /// Sleeps until something is to be done. True where the time of a shutdown is up.
    fn sleep(&self, until: MonoMillis, sync_at: &mut Option<Instant>) -> bool {
        let deadlines = [self.shared.next_deadline(), *sync_at];
        let deadline = deadlines.into_iter().flatten().min();
        let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
        let rung = match &self.timer {
            Timer::System => {
                let nap = until.since(self.shared.clock().now().mono).min(LONGEST_NAP);
                let nap = (until != NEVER).then_some(nap);
                self.bell.wait(left.into_iter().chain(nap).min())
            }
            Timer::Stepped(clock) => {
                let mut sleep = pin!(clock.sleep_until(until));
                let waker = Waker::from(Arc::clone(&self.bell));
                if sleep
                    .as_mut()
                    .poll(&mut Context::from_waker(&waker))
                    .is_ready()
                {
                    self.bell.wait(Some(Duration::ZERO))
                } else {
                    self.bell.wait(left)
                }
            }
        };
        self.shared.awake();
        let now = Instant::now();
        if rung.written {
            sync_at.get_or_insert(now + SYNC_EVERY);
        }
        if sync_at.is_some_and(|at| at <= now) {
            *sync_at = None;
            self.do_chores();
        }
        self.shared.expire(now)
    }

    fn do_chores(&self) {
        while let Some(chore) = self.shared.chore() {
            if !self.shared.chore_done(chore.run()) {
                break;
            }
        }
    }

    fn tell(&mut self) {
        if let Some(tell) = &mut self.tell {
            let stats = self.shared.look(eyeline_core::Engine::stats);
            tell.changed(&stats, &self.invalids.noted());
        }
    }
}

/// Dropped with the worker, however it ends.
struct End(Arc<Shared<WorkersBell>>, Arc<Post>);

impl Drop for End {
    fn drop(&mut self) {
        self.1.close();
        self.0.stop();
    }
}

/// What an engine with nothing to do sleeps until.
const NEVER: MonoMillis = MonoMillis::from_u64(u64::MAX);

/// How long after an event was written the journal is synced to disk. Ours: at most this much goes with the power; syncing more
/// often costs battery.
const SYNC_EVERY: Duration = Duration::from_secs(1);
