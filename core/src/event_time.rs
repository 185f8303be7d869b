//! When an event happened, from the client's two clocks and the server's one.

use crate::time::millis;
use crate::{UnixMillis, limits};

/// The clock readings that came with one attempt to deliver a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockReading {
    /// The server's wall time when the request's head arrived.
    pub rcv: UnixMillis,
    /// The client's wall time at the attempt.
    pub w: Option<UnixMillis>,
    /// Milliseconds since `t0` at the attempt, on the clock that runs through sleep. Only a batch's own instance can know it.
    pub s: Option<i64>,
    /// The client's wall time when its instance started.
    pub t0: UnixMillis,
}

/// Which clock an event's time rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeBasis {
    /// The client's steady clock: exact to the network's delay.
    Mono,
    /// The client's wall clock, corrected by its difference to the server's.
    Wall,
}

impl TimeBasis {
    /// `mono` or `wall`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mono => "mono",
            Self::Wall => "wall",
        }
    }
}

/// When an event happened, and how far that can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventTime {
    /// The moment in the server's time; never after `rcv`.
    pub event_ms: UnixMillis,
    /// The clock it rests on.
    pub basis: TimeBasis,
    /// How far the client's wall clock was ahead of the server's at the attempt, network delay included, in ms.
    pub skew_ms: i64,
    /// The client's wall clock was off by more than [`limits::SKEW_FLAG`].
    pub skew_flag: bool,
}

/// Places an event that happened `dt` ms after `t0` in the server's time.
///
/// With `s`: `rcv - (s - dt)`. Without it, or where the client's two clocks disagree by more than
/// [`limits::CLOCKS_DISAGREE`] (its wall clock was stepped, or its steady clock slept): `t0 + dt + (rcv - w)`.
#[must_use]
pub fn event_time(line: ClockReading, dt: i64) -> EventTime {
    let (rcv, t0) = (line.rcv.as_i64(), line.t0.as_i64());
    let steady_now = line.s.map(|s| t0.saturating_add(s));
    let client_now = line.w.map(UnixMillis::as_i64).or(steady_now).unwrap_or(rcv);
    let skew_ms = client_now.saturating_sub(rcv);
    let agrees = |steady: i64| client_now.abs_diff(steady) <= millis(limits::CLOCKS_DISAGREE);
    let (event, basis) = match (line.s, steady_now) {
        (Some(s), Some(steady)) if agrees(steady) => {
            (rcv.saturating_sub(s.saturating_sub(dt)), TimeBasis::Mono)
        }
        _ => (
            t0.saturating_add(dt).saturating_sub(skew_ms),
            TimeBasis::Wall,
        ),
    };
    EventTime {
        event_ms: UnixMillis::from_i64(event.min(rcv)),
        basis,
        skew_ms,
        skew_flag: skew_ms.unsigned_abs() > millis(limits::SKEW_FLAG),
    }
}
