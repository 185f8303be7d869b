//! What is known of one SDK start: which of its events arrived, how many it captured, and the times of its impressions.

use std::collections::HashMap;

use eyeline_core::wire::{Event, Pairs};

use super::numbers::Numbers;
use super::sums::Grown;

/// One SDK start.
#[derive(Debug)]
pub(super) struct Instance {
    arrived: Numbers,
    captured: u64,
    lost: Vec<(String, u64)>,
    impressions: HashMap<u64, Times>,
    /// Events before the first that arrived were not this process's to count.
    joined_late: bool,
}

#[derive(Debug, Default)]
struct Times {
    visible_ms: u64,
    engaged_ms: u64,
}

impl Instance {
    pub(super) fn new(joined_late: bool) -> Self {
        Self {
            arrived: Numbers::default(),
            captured: 0,
            lost: Vec::new(),
            impressions: HashMap::new(),
            joined_late,
        }
    }

    /// Takes an event's number; `false` where it is a copy.
    pub(super) fn arrive(&mut self, n: u64) -> bool {
        self.arrived.add(n)
    }

    /// Reads the batch's counters. They only ever grow, so the largest is the newest.
    pub(super) fn report(&mut self, loss: &Pairs<'_, u64>) {
        for (name, &count) in loss.iter() {
            if name == "cap" {
                self.captured(count);
                continue;
            }
            match self.lost.iter_mut().find(|(known, _)| known == name) {
                Some((_, most)) => *most = count.max(*most),
                None => self.lost.push((name.to_owned(), count)),
            }
        }
    }

    /// Somebody says that it captured this many events.
    pub(super) fn captured(&mut self, count: u64) {
        self.captured = count.max(self.captured);
    }

    /// Takes what a dwell event says; gives by how much the impression's times grew.
    pub(super) fn dwell(&mut self, event: &Event<'_>) -> Grown {
        let (Some(imp), Some(visible_ms)) = (event.imp, event.visible_ms) else {
            return Grown::default();
        };
        let engaged_ms = event.engaged_ms.unwrap_or(0);
        let times = self.impressions.entry(imp).or_default();
        let grown = Grown {
            begun: times.visible_ms == 0 && visible_ms > 0,
            visible_ms: visible_ms.saturating_sub(times.visible_ms),
            engaged_ms: engaged_ms.saturating_sub(times.engaged_ms),
        };
        times.visible_ms = visible_ms.max(times.visible_ms);
        times.engaged_ms = engaged_ms.max(times.engaged_ms);
        grown
    }

    /// How many impressions it holds times of.
    pub(super) fn impressions(&self) -> usize {
        self.impressions.len()
    }

    /// What is missing, by reason. The start's own reasons explain at most what is really missing; `None` is the rest.
    pub(super) fn missing(&self) -> impl Iterator<Item = (Option<&str>, u64)> {
        let expected = self.captured.max(self.arrived.largest());
        let before = if self.joined_late {
            self.arrived.smallest().saturating_sub(1)
        } else {
            0
        };
        let mut missing = expected.saturating_sub(before + self.arrived.count());
        let mut named: Vec<(Option<&str>, u64)> = Vec::new();
        for (reason, count) in &self.lost {
            let explained = missing.min(*count);
            missing -= explained;
            named.push((Some(reason), explained));
        }
        named.push((None, missing));
        named.into_iter().filter(|(_, count)| *count > 0)
    }
}
