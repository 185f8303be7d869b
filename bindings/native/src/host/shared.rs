//! What a client and its worker share: the engine and its journal behind one short lock.
//!
//! The lock is held while the engine thinks and one record is appended; never while anything waits for the network, a
//! timer or a disk sync.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use eyeline_core::{Engine, HostAnswer, MonoMillis, Now, Step, Ticket, Upload};

use super::bells::Bells;
use super::clock::Clock;
use super::flush::{Flush, Flushed, Waiter, flush};
use super::phase::Worker;
use super::report;
use crate::journal::{Chore, Done, Journal};

/// See the module.
#[derive(Debug)]
pub struct Shared<B> {
    state: Mutex<State>,
    clock: Arc<dyn Clock>,
    bells: B,
}

#[derive(Debug)]
struct State {
    engine: Engine,
    journal: Option<Journal>,
    /// Written to since the last chores.
    is_dirty: bool,
    /// When a caller last did the disk work of a worker that is gone.
    orphan_synced: Option<MonoMillis>,
    worker: Worker,
    waiters: Vec<(Waiter, Until)>,
    life: Life,
}

/// What ends a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Nothing is due now.
    Settled,
    /// Nothing is due now, and then the worker stops; at the deadline it stops all the same.
    Stopped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Running,
    /// A shutdown was asked for: no event is taken any more.
    Stopping,
    /// Shut down, or stopped by a defect.
    Stopped,
    /// The runtime the worker ran on is gone. Events are kept for the next start for as long as they can be stored.
    Orphaned,
}

/// The client has been shut down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the client has been shut down")]
pub struct Stopped;

/// What the worker does next.
#[derive(Debug)]
pub enum Turn {
    /// Send this, and report its answer.
    Send(Upload),
    /// Nothing is due before.
    Sleep(MonoMillis),
    /// The client was shut down: end.
    Stop,
}

impl<B: Bells> Shared<B> {
    /// A client's state, its start stored.
    pub fn new(engine: Engine, journal: Option<Journal>, clock: Arc<dyn Clock>, bells: B) -> Self {
        let state = State {
            engine,
            journal,
            is_dirty: false,
            orphan_synced: None,
            worker: Worker::Up,
            waiters: Vec::new(),
            life: Life::Running,
        };
        let shared = Shared {
            state: Mutex::new(state),
            clock,
            bells,
        };
        // What the engine wants kept of its start.
        let _ = shared.act(|_, _| ());
        shared
    }

    /// Lets the engine do something and stores what it wants stored, before the caller goes on.
    pub fn act<R>(&self, act: impl FnOnce(&mut Engine, Now) -> R) -> Result<R, Stopped> {
        let mut state = self.lock();
        if !matches!(state.life, Life::Running | Life::Orphaned) {
            return Err(Stopped);
        }
        let now = self.clock.now();
        let result = state.guarded(now, |state| act(&mut state.engine, now))?;
        match state.life {
            Life::Stopped => return Err(Stopped),
            Life::Orphaned => state.sync_without_worker(now),
            Life::Running | Life::Stopping => {}
        }
        let wake = state
            .worker
            .wakes_at()
            .is_some_and(|until| state.engine.next_due(now).is_some_and(|due| due < until));
        if wake {
            state.worker = Worker::Up;
        }
        let dirty = state.newly_dirty();
        drop(state);
        if wake {
            self.bells.due();
        }
        if dirty {
            self.bells.written();
        }
        Ok(result)
    }

    /// What wakes the worker.
    pub fn bells(&self) -> &B {
        &self.bells
    }

    /// The clocks.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Reads something off the engine, shut down or not.
    pub fn look<R>(&self, look: impl FnOnce(&Engine, Now) -> R) -> R {
        look(&self.lock().engine, self.clock.now())
    }

    /// Asks the engine what to do, and ends the waits for which that is the answer.
    pub fn turn(&self) -> Turn {
        let mut state = self.lock();
        let now = self.clock.now();
        let until = match self.step(&mut state, now) {
            Turn::Sleep(until) => until,
            turn => return turn,
        };
        if state
            .waiters
            .iter()
            .any(|(_, until)| *until == Until::Stopped)
        {
            return Turn::Stop;
        }
        state.worker = Worker::Asleep(until);
        let outcome = state.outcome(now);
        for (waiter, _) in state.waiters.drain(..) {
            waiter.done(outcome);
        }
        Turn::Sleep(until)
    }

    /// The same while an upload is on its way, which keeps every wait going: views go on counting, batches grow old.
    /// Another upload means that the engine has given up the first.
    pub fn turn_while_sending(&self) -> Turn {
        let mut state = self.lock();
        let turn = self.step(&mut state, self.clock.now());
        if let Turn::Sleep(until) = turn {
            state.worker = Worker::Sending(until);
        }
        turn
    }

    fn step(&self, state: &mut State, now: Now) -> Turn {
        state.worker = Worker::Up;
        if state.life == Life::Stopped {
            return Turn::Stop;
        }
        let step = state.guarded(now, |state| state.engine.next_step(now));
        if state.newly_dirty() {
            self.bells.written();
        }
        match step {
            Err(Stopped) => Turn::Stop,
            Ok(Step::Send(upload)) => Turn::Send(upload),
            Ok(Step::Wait(wait)) => Turn::Sleep(now.mono.plus(wait.max(SHORTEST_WAIT))),
            Ok(_) => Turn::Sleep(MonoMillis::from_u64(u64::MAX)),
        }
    }

    /// The worker slept its time and will ask again.
    pub fn awake(&self) {
        self.lock().worker = Worker::Up;
    }

    /// Reports what came of an upload.
    pub fn answer(&self, ticket: Ticket, answer: HostAnswer) {
        let mut state = self.lock();
        let now = self.clock.now();
        let _ = state.guarded(now, |state| state.engine.answer(now, ticket, &answer));
        if state.newly_dirty() {
            self.bells.written();
        }
    }

    /// Starts a wait for the worker. Fast where nothing is due: then the worker isn't even woken.
    pub fn wait_until(&self, until: Until, timeout: Duration) -> Flush {
        let (flush, waiter) = flush(timeout);
        let mut state = self.lock();
        if !matches!(state.life, Life::Running) {
            return flush;
        }
        let now = self.clock.now();
        if until == Until::Stopped {
            state.life = Life::Stopping;
        } else if matches!(state.worker, Worker::Asleep(until) if until > now.mono) {
            waiter.done(state.outcome(now));
            return flush;
        }
        state.waiters.push((waiter, until));
        state.worker = Worker::Up;
        drop(state);
        self.bells.due();
        self.bells.deadline_set();
        flush
    }

    /// Ends the waits whose time is up. True where one of them was a shutdown.
    pub fn expire(&self, now: Instant) -> bool {
        let mut state = self.lock();
        let (over, waiting) = std::mem::take(&mut state.waiters)
            .into_iter()
            .partition(|(waiter, _)| waiter.deadline <= now);
        state.waiters = waiting;
        let mut stops = false;
        for (waiter, until) in over {
            if until == Until::Stopped {
                stops = true;
                state.waiters.push((waiter, until));
            } else {
                waiter.done(Flushed::TimedOut);
            }
        }
        stops
    }

    /// When the first wait has to end.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.lock()
            .waiters
            .iter()
            .map(|(waiter, _)| waiter.deadline)
            .min()
    }

    /// Disk work that is due.
    pub fn chore(&self) -> Option<Chore> {
        let mut state = self.lock();
        state.is_dirty = false;
        state.journal.as_mut()?.chore()
    }

    /// Takes back disk work. False where the next can wait: all it would do is sync what was written meanwhile, or try
    /// again what the disk refused. What is left wakes the part that syncs, at its own pace.
    pub fn chore_done(&self, done: Done) -> bool {
        let mut state = self.lock();
        let frees_space = done.frees_space();
        let finished = state
            .journal
            .as_mut()
            .map_or(Ok(()), |journal| journal.finish(done));
        if let Err(error) = &finished {
            report::not_synced(error);
            state.is_dirty = true;
            self.bells.written();
        }
        finished.is_ok() && frees_space
    }

    /// The worker's last act: the journal is closed and its directory free again.
    pub fn stop(&self) {
        let mut state = self.lock();
        state.journal = None;
        state.life = Life::Stopped;
        let outcome = state.outcome(self.clock.now());
        for (waiter, _) in state.waiters.drain(..) {
            waiter.done(outcome);
        }
    }

    /// The worker was dropped with its runtime. The journal, if any, goes on taking events for the next start.
    pub fn orphan(&self) {
        let mut state = self.lock();
        if state.life != Life::Stopped {
            state.life = match state.journal {
                Some(_) => Life::Orphaned,
                None => Life::Stopped,
            };
            state.waiters.clear();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Runs the engine so that a defect in it stops the measuring and not the app.
    fn guarded<R>(&mut self, now: Now, act: impl FnOnce(&mut Self) -> R) -> Result<R, Stopped> {
        let result = catch_unwind(AssertUnwindSafe(|| {
            let result = act(self);
            self.save(now);
            result
        }));
        result.map_err(|_| {
            report::defect();
            self.life = Life::Stopped;
            self.journal = None;
            self.waiters.clear();
            Stopped
        })
    }

    fn save(&mut self, now: Now) {
        let Some(writes) = self.engine.take_writes() else {
            return;
        };
        let Some(journal) = &mut self.journal else {
            return;
        };
        if let Err(error) = journal.write(&writes) {
            report::not_stored(&error);
            self.engine.storage_failed(now);
            if self.life == Life::Orphaned {
                // Nobody is left to try again later, or to send what is in memory.
                self.life = Life::Stopped;
                self.journal = None;
            }
        }
    }

    /// What the worker would do for the journal, now and then, on the thread of a caller.
    fn sync_without_worker(&mut self, now: Now) {
        let is_recent = |last: MonoMillis| now.mono.since(last) < ORPHAN_SYNC_EVERY;
        if self.orphan_synced.is_some_and(is_recent) {
            return;
        }
        self.orphan_synced = Some(now.mono);
        let Some(journal) = &mut self.journal else {
            return;
        };
        while let Some(chore) = journal.chore() {
            let done = chore.run();
            let frees_space = done.frees_space();
            if let Err(error) = journal.finish(done) {
                report::not_synced(&error);
                return;
            }
            if !frees_space {
                return;
            }
        }
    }

    fn newly_dirty(&mut self) -> bool {
        let dirty = self
            .journal
            .as_mut()
            .is_some_and(|journal| journal.has_chore());
        dirty && !std::mem::replace(&mut self.is_dirty, true)
    }

    fn outcome(&self, now: Now) -> Flushed {
        match self.engine.stats(now).queued {
            0 => Flushed::Complete,
            events => Flushed::Kept { events },
        }
    }
}

/// Ours: as often as a worker would, unless told otherwise.
const ORPHAN_SYNC_EVERY: Duration = Duration::from_secs(1);

/// Bounds how often a worker asks an engine that waits for less than its clock can show.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);

#[cfg(test)]
#[path = "shared_test.rs"]
mod shared_test;
