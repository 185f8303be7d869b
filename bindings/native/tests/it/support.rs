//! What most tests begin with.

use std::path::Path;
use std::time::Duration;

use eyeline::{Builder, Client, Consent, Convert, Flushed, Goal, OrderId, SteppedClock};
use eyeline_core::{Id, MonoMillis, Now, UnixMillis};

use crate::collector::Collector;

/// Longer than anything here takes: a test that needs it has failed.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Where the clocks of these tests begin: 2026-01-01 00:00 UTC.
pub(crate) const START: Now = Now {
    wall: UnixMillis::from_i64(1_767_225_600_000),
    mono: MonoMillis::from_u64(1_000),
};

/// A client on a stepped clock that may store and send.
pub(crate) struct Bench {
    pub(crate) client: Client,
    pub(crate) clock: SteppedClock,
}

impl Bench {
    /// In memory, to this collector.
    pub(crate) fn new(collector: &Collector) -> Self {
        Self::with(collector, Builder::in_memory)
    }

    /// On files, to this collector.
    pub(crate) fn in_directory(collector: &Collector, directory: &Path) -> Self {
        Self::with(collector, |builder| builder.directory(directory))
    }

    pub(crate) fn with(collector: &Collector, adapt: impl FnOnce(Builder) -> Builder) -> Self {
        Self::at(SteppedClock::new(START), &collector.url(), adapt)
    }

    pub(crate) fn at(
        clock: SteppedClock,
        url: &str,
        adapt: impl FnOnce(Builder) -> Builder,
    ) -> Self {
        let builder = Client::builder(url, "key-1", "zozo-men")
            .consent(Consent::Full)
            .clock(&clock);
        let client = adapt(builder).build().unwrap();
        Bench { client, clock }
    }

    /// Records conversions with these order numbers.
    pub(crate) fn track(&self, orders: impl IntoIterator<Item = u32>) {
        for number in orders {
            self.client.track(order(&number.to_string())).unwrap();
        }
    }

    /// Sets the clock forward by this much.
    pub(crate) fn step(&self, time: Duration) {
        let Now { wall, mono } = self.clock.now();
        self.clock.set(Now {
            wall: wall.plus(time),
            mono: mono.plus(time),
        });
    }

    /// Lets this much time pass, and what falls due in it happen.
    pub(crate) async fn pass(&self, time: Duration) {
        self.step(time);
        assert_ne!(self.client.settle(LONG).await, Flushed::TimedOut);
    }

    pub(crate) async fn flush(&self) -> Flushed {
        self.client.flush(LONG).await
    }

    /// Lets as much time pass as the next attempt has to wait; full jitter may draw none at all.
    pub(crate) async fn pass_back_off(&self) {
        let wait = self.client.stats().blocked_for.unwrap_or_default();
        self.pass(wait).await;
    }
}

/// A conversion that can be told from others.
pub(crate) fn order(number: &str) -> Convert {
    let mut convert = Convert::new(Goal::new("purchase").unwrap());
    convert.order = Some(OrderId::new(number).unwrap());
    convert
}

/// These numbers as orders.
pub(crate) fn orders(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers
        .into_iter()
        .map(|number| number.to_string())
        .collect()
}

/// An instance id has the length the wire says.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() == Id::CHARS
}
