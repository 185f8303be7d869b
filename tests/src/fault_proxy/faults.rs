//! Which request suffers what: drawn from the seed and the request's number alone, so a run can be repeated.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde::Serialize;

use crate::dice::Dice;

/// How often each fault strikes, as a fraction of the requests that suffer. The default is a perfect network.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Faults {
    /// Decides who suffers.
    pub seed: u64,
    /// Every request suffers, as before a store; otherwise `POST` alone.
    pub every_method: bool,
    /// Answered 503 without reaching the collector.
    pub fail: f64,
    /// Passed on, and answered 503 all the same.
    pub fail_after: f64,
    /// The connection is reset: half of them before the collector has the request, half after.
    pub reset: f64,
    /// Answered 200 with a sign-in page, without reaching the collector.
    pub portal: f64,
    /// Passed on twice, at once.
    pub duplicate: f64,
    /// Passed on, and once more some requests later.
    pub repeat_late: f64,
    /// Held up for [`delay_for`](Self::delay_for); drawn beside the others.
    pub delay: f64,
    /// How long a delayed request waits.
    pub delay_for: Duration,
}

/// What the proxy did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Requests that came in, of those that suffer.
    pub requests: u64,
    /// Those whose sender saw a failure: the next four together.
    pub failed: u64,
    /// Answered 503.
    pub unavailable: u64,
    /// Reset before the collector had them.
    pub cut_before: u64,
    /// Reset after the collector had them.
    pub cut_after: u64,
    /// Answered with a sign-in page.
    pub portal: u64,
    /// Passed on twice at once, or chosen to be repeated later.
    pub duplicated: u64,
    /// Late copies that were sent.
    pub repeated_late: u64,
    /// Held up.
    pub delayed: u64,
    /// Times the collector could not be reached: not injected by the proxy.
    pub unreachable: u64,
}

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    Unavailable,
    UnavailableAfter,
    CutBefore,
    CutAfter,
    Portal,
    Duplicate,
    RepeatLate,
}

impl Faults {
    /// That every share is one, and that together they are no more than all.
    pub(super) fn check(&self) -> Result<()> {
        let shares = self.shares().map(|(share, _)| share);
        ensure!(
            shares
                .iter()
                .chain([&self.delay])
                .all(|share| (0.0..=1.0).contains(share)),
            "each fault's share must be from 0 to 1"
        );
        ensure!(
            shares.iter().sum::<f64>() <= 1.0,
            "the faults' shares add up to more than 1"
        );
        Ok(())
    }

    pub(super) fn draw(&self, request: u64) -> Fault {
        let mut left = Dice::at(self.seed, 0, request).share();
        for (share, fault) in self.shares() {
            if left < share {
                return fault;
            }
            left -= share;
        }
        Fault::None
    }

    pub(super) fn delay(&self, request: u64) -> Option<Duration> {
        (Dice::at(self.seed, 1, request).share() < self.delay).then_some(self.delay_for)
    }

    fn shares(&self) -> [(f64, Fault); 7] {
        [
            (self.fail, Fault::Unavailable),
            (self.reset / 2.0, Fault::CutBefore),
            (self.reset / 2.0, Fault::CutAfter),
            (self.portal, Fault::Portal),
            (self.duplicate, Fault::Duplicate),
            (self.repeat_late, Fault::RepeatLate),
            (self.fail_after, Fault::UnavailableAfter),
        ]
    }
}

impl Counts {
    pub(super) fn note(&mut self, fault: Fault, delayed: bool) {
        self.delayed += u64::from(delayed);
        let (count, failed) = match fault {
            Fault::None => return,
            Fault::Unavailable | Fault::UnavailableAfter => (&mut self.unavailable, true),
            Fault::CutBefore => (&mut self.cut_before, true),
            Fault::CutAfter => (&mut self.cut_after, true),
            Fault::Portal => (&mut self.portal, true),
            Fault::Duplicate | Fault::RepeatLate => (&mut self.duplicated, false),
        };
        *count += 1;
        self.failed += u64::from(failed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAD: Faults = Faults {
        seed: 7,
        every_method: false,
        fail: 0.04,
        fail_after: 0.02,
        reset: 0.02,
        portal: 0.01,
        duplicate: 0.03,
        repeat_late: 0.01,
        delay: 0.1,
        delay_for: Duration::from_millis(1),
    };

    #[test]
    fn shares_come_out_as_asked() {
        let mut counts = Counts::default();
        for request in 1..=100_000 {
            counts.note(BAD.draw(request), BAD.delay(request).is_some());
        }
        let near = |count: u64, share: u64| count.abs_diff(share * 1_000) < 250;
        assert!(near(counts.unavailable, 6), "{counts:?}");
        assert!(near(counts.cut_before, 1), "{counts:?}");
        assert!(near(counts.cut_after, 1), "{counts:?}");
        assert!(near(counts.portal, 1), "{counts:?}");
        assert!(near(counts.duplicated, 4), "{counts:?}");
        assert!(near(counts.failed, 9), "{counts:?}");
        assert!(counts.delayed.abs_diff(10_000) < 500, "{counts:?}");
    }

    #[test]
    fn the_same_seed_strikes_the_same_requests() {
        let struck = |seed| {
            let faults = Faults { seed, ..BAD };
            (1..=500).map(|n| faults.draw(n)).collect::<Vec<_>>()
        };
        assert_eq!(struck(7), struck(7));
        assert_ne!(struck(7), struck(8));
    }

    #[test]
    fn shares_beyond_all_are_refused() {
        let too_much = Faults {
            fail: 0.9,
            reset: 0.2,
            ..Faults::default()
        };
        assert!(too_much.check().is_err());
        let negative = Faults {
            delay: -0.1,
            ..Faults::default()
        };
        assert!(negative.check().is_err());
        assert!(BAD.check().is_ok());
    }
}
