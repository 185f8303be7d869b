//! A clock that stands still until its owner sets it: hours of traffic replayed in seconds, and tests that never wait.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use eyeline_core::{MonoMillis, Now};

use super::Clock;

/// A clock that many clients can share. Setting it wakes those whose time has come, and only those.
#[derive(Debug, Clone)]
pub struct SteppedClock {
    face: Arc<Mutex<Face>>,
}

#[derive(Debug)]
struct Face {
    now: Now,
    next_sleeper: u64,
    sleepers: BTreeMap<(MonoMillis, u64), Waker>,
}

impl SteppedClock {
    /// A clock that shows `start`.
    #[must_use]
    pub fn new(start: Now) -> Self {
        SteppedClock {
            face: Arc::new(Mutex::new(Face {
                now: start,
                next_sleeper: 0,
                sleepers: BTreeMap::new(),
            })),
        }
    }

    /// What the clock shows.
    #[must_use]
    pub fn now(&self) -> Now {
        self.lock().now
    }

    /// Sets both clocks. The wall may step back; `mono` must not.
    pub fn set(&self, now: Now) {
        let mut face = self.lock();
        face.now = now;
        let later = face
            .sleepers
            .split_off(&(MonoMillis::from_u64(now.mono.as_u64().saturating_add(1)), 0));
        let due = std::mem::replace(&mut face.sleepers, later);
        drop(face);
        for waker in due.into_values() {
            waker.wake();
        }
    }

    /// Ends when the clock shows `mono`.
    pub fn sleep_until(&self, mono: MonoMillis) -> SteppedSleep {
        SteppedSleep {
            clock: self.clone(),
            until: mono,
            key: None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Face> {
        self.face.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> Now {
        SteppedClock::now(self)
    }
}

/// A sleep on a [`SteppedClock`]. Given up, it leaves nothing behind.
#[derive(Debug)]
#[must_use = "it sleeps once polled"]
pub struct SteppedSleep {
    clock: SteppedClock,
    until: MonoMillis,
    key: Option<(MonoMillis, u64)>,
}

impl Future for SteppedSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut face = this.clock.lock();
        if face.now.mono >= this.until {
            return Poll::Ready(());
        }
        let key = *this.key.get_or_insert_with(|| {
            face.next_sleeper += 1;
            (this.until, face.next_sleeper)
        });
        face.sleepers.insert(key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for SteppedSleep {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.clock.lock().sleepers.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use eyeline_core::UnixMillis;

    use super::*;

    fn at(millis: u64) -> Now {
        Now {
            wall: UnixMillis::default(),
            mono: MonoMillis::from_u64(millis),
        }
    }

    #[test]
    fn a_sleep_ends_when_the_clock_is_set_to_its_end_and_not_before() {
        let clock = SteppedClock::new(at(0));
        let mut context = Context::from_waker(Waker::noop());
        let mut sleep = pin!(clock.sleep_until(MonoMillis::from_u64(10)));
        assert!(sleep.as_mut().poll(&mut context).is_pending());
        clock.set(at(9));
        assert!(sleep.as_mut().poll(&mut context).is_pending());
        clock.set(at(10));
        assert!(sleep.as_mut().poll(&mut context).is_ready());
    }

    #[test]
    fn a_sleep_given_up_leaves_nothing_behind() {
        let clock = SteppedClock::new(at(0));
        let mut context = Context::from_waker(Waker::noop());
        let mut sleep = Box::pin(clock.sleep_until(MonoMillis::from_u64(10)));
        assert!(sleep.as_mut().poll(&mut context).is_pending());
        drop(sleep);
        assert!(clock.lock().sleepers.is_empty());
    }
}
