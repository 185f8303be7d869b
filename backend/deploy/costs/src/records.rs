//! How lines share Firehose's records, and what a record is billed as.

/// A record is billed rounded up to this (<https://aws.amazon.com/firehose/pricing/>: 5 KB, 5,120 bytes).
const STEP_BYTES: f64 = 5_120.0;

/// What a record of so many bytes is on the bill.
#[must_use]
pub fn billed_bytes(record_bytes: f64) -> f64 {
    (record_bytes / STEP_BYTES).ceil() * STEP_BYTES
}

/// What goes into one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Each event by itself with its context, as trackers do that put what they receive.
    Event,
    /// Each batch by itself.
    Batch,
    /// What arrives within the collector's linger shares a record: as built.
    Shared,
}

/// For how long a line waits for company while a call is on its way; without one it goes at once (docs/collector.md).
const LINGER_SECONDS: f64 = 0.005;
/// Assumed: for how long a call is on its way.
const CALL_SECONDS: f64 = 0.02;

/// What of one record comes to an event: bytes as they are, bytes on the bill.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) bytes: f64,
    pub(crate) billed: f64,
}

impl Packing {
    /// With lines of so many bytes and events, of which so many a second reach one collector; a lone event with its context has
    /// `lone_bytes`.
    pub(crate) fn an_event(
        self,
        line_bytes: f64,
        line_events: f64,
        lone_bytes: f64,
        lines_a_second: f64,
    ) -> Load {
        let of_lines = |lines: f64| Load {
            bytes: line_bytes / line_events,
            billed: billed_bytes(lines * line_bytes) / (lines * line_events),
        };
        match self {
            Self::Event => Load {
                bytes: lone_bytes,
                billed: billed_bytes(lone_bytes),
            },
            Self::Batch => of_lines(1.0),
            Self::Shared => {
                let on_its_way = 1.0 - (-lines_a_second * CALL_SECONDS).exp();
                // The first line, and those that come while it waits: a whole number, of which this is the mean.
                let mean = 1.0 + lines_a_second * LINGER_SECONDS * on_its_way;
                let (few, many) = (of_lines(mean.floor()), of_lines(mean.floor() + 1.0));
                let share = mean.fract();
                Load {
                    bytes: few.bytes,
                    billed: few.billed * (1.0 - share) + many.billed * share,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(value: f64, wanted: f64) {
        assert!((value - wanted).abs() < 1e-9, "{value} is not {wanted}");
    }

    #[test]
    fn a_record_is_billed_in_steps_of_five_kilobytes() {
        // Firehose's own examples: 3 KB as 5, 12 KB as 15, 42 KB as 45.
        for (kilobytes, billed) in [(3.0, 5.0), (5.0, 5.0), (12.0, 15.0), (42.0, 45.0)] {
            is(billed_bytes(kilobytes * 1_024.0), billed * 1_024.0);
        }
    }

    #[test]
    fn an_event_by_itself_costs_a_whole_step() {
        is(
            Packing::Event.an_event(5_000.0, 50.0, 700.0, 1e6).billed,
            5_120.0,
        );
    }

    #[test]
    fn a_batch_by_itself_costs_its_steps() {
        is(
            Packing::Batch.an_event(6_000.0, 50.0, 700.0, 1e6).billed,
            204.8,
        );
    }

    #[test]
    fn a_quiet_collector_packs_one_line_and_a_busy_one_many() {
        let billed = |lines_a_second| {
            Packing::Shared
                .an_event(6_000.0, 50.0, 700.0, lines_a_second)
                .billed
        };
        is(billed(0.0), 204.8);
        // Two lines: 12,000 bytes are three steps. Half of those that wait have company.
        let two = 0.5 * (1.0 - f64::exp(-2.0));
        is(billed(100.0), 204.8 * (1.0 - two) + 153.6 * two);
        assert!(billed(1e5) < 121.0);
    }
}
