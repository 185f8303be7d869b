//! Counts accepted lines: each event once, each impression's times by their largest snapshot, as the fact table does.

use std::collections::{BTreeMap, HashMap, VecDeque};

use eyeline_core::wire::{Batch, Event, Kind, Line};
use eyeline_core::{Id, UnixMillis};

use super::instance::Instance;
use super::sums::{Grown, Loss, Part, Recent, Seen, Sums};

/// The counts since a moment.
#[derive(Debug)]
pub struct Tally {
    since: UnixMillis,
    instances: HashMap<Id, Instance>,
    /// In the order in which they were first seen, for forgetting the oldest.
    order: VecDeque<Id>,
    forgotten: u64,
    /// Impressions whose times are held.
    impressions: usize,
    total: Sums,
    paths: BTreeMap<String, Sums>,
    placements: BTreeMap<String, Sums>,
    recent: VecDeque<Recent>,
}

impl Tally {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(since: UnixMillis) -> Self {
        Self {
            since,
            instances: HashMap::new(),
            order: VecDeque::new(),
            forgotten: 0,
            impressions: 0,
            total: Sums::default(),
            paths: BTreeMap::new(),
            placements: BTreeMap::new(),
            recent: VecDeque::new(),
        }
    }

    /// Counts whole lines, as a sink stores them. What is no batch is passed over.
    pub fn add(&mut self, lines: &[u8]) {
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            if let Ok(Line::Batch(line)) = Line::<Batch<'_>>::decode(line) {
                self.batch(&line.batch, line.received);
            }
        }
        self.forget_the_oldest();
    }

    /// What the live page shows.
    #[must_use]
    pub fn seen(&self) -> Seen {
        let mut losses: BTreeMap<&str, u64> = BTreeMap::new();
        for (reason, events) in self.instances.values().flat_map(Instance::missing) {
            *losses.entry(reason.unwrap_or(NOT_ARRIVED)).or_default() += events;
        }
        Seen {
            since_ms: self.since.as_i64(),
            starts: u64::try_from(self.instances.len()).unwrap_or(u64::MAX) + self.forgotten,
            total: self.total,
            losses: losses
                .into_iter()
                .map(|(reason, events)| Loss {
                    reason: reason.to_owned(),
                    events,
                })
                .collect(),
            paths: parts(&self.paths),
            placements: parts(&self.placements),
            recent: self.recent.iter().cloned().collect(),
        }
    }

    fn batch(&mut self, batch: &Batch<'_>, received: UnixMillis) {
        if let Some(previous) = &batch.previous
            && let Some(known) = self.instances.get_mut(&previous.inst)
        {
            known.captured(previous.captured);
        }
        let path = path(&batch.sdk);
        let late = batch.t0 < self.since || self.forgotten > 0;
        let instance = self.instances.entry(batch.inst).or_insert_with(|| {
            self.order.push_back(batch.inst);
            Instance::new(late)
        });
        let held = instance.impressions();
        instance.report(&batch.loss);
        for event in &batch.events {
            if !instance.arrive(event.n) {
                continue;
            }
            let grown = match event.kind {
                Kind::Dwell => instance.dwell(event),
                _ => Grown::default(),
            };
            self.total.count(event, grown);
            of(&mut self.paths, path).count(event, grown);
            if let Some(placement) = &event.placement {
                of(&mut self.placements, placement).count(event, grown);
            }
            self.recent.push_front(recent(event, batch, received, path));
            self.recent.truncate(RECENT_SHOWN);
        }
        self.impressions += instance.impressions() - held;
    }

    fn forget_the_oldest(&mut self) {
        while self.instances.len() > INSTANCES_MAX || self.impressions > IMPRESSIONS_MAX {
            let oldest = self
                .order
                .pop_front()
                .and_then(|inst| self.instances.remove(&inst));
            let Some(oldest) = oldest else { return };
            self.impressions -= oldest.impressions();
            self.forgotten += 1;
        }
    }
}

/// How the SDK measured: its name without its version (`web`, `web-js`, `web-first`, `native`).
fn path(sdk: &str) -> &str {
    sdk.split('/').next().unwrap_or(sdk)
}

/// The sums of this name; past the bound a new name goes with the others.
fn of<'a>(sums: &'a mut BTreeMap<String, Sums>, name: &str) -> &'a mut Sums {
    let known = sums.contains_key(name) || sums.len() < NAMES_MAX;
    sums.entry(if known { name } else { OTHERS }.to_owned())
        .or_default()
}

fn parts(sums: &BTreeMap<String, Sums>) -> Vec<Part> {
    let part = |(name, sums): (&String, &Sums)| Part {
        name: name.clone(),
        sums: *sums,
    };
    sums.iter().map(part).collect()
}

fn recent(event: &Event<'_>, batch: &Batch<'_>, received: UnixMillis, path: &str) -> Recent {
    let page = (event.kind == Kind::Page)
        .then_some(batch.source.page.as_deref())
        .flatten();
    let about = event
        .content
        .as_deref()
        .or(event.goal.as_deref())
        .or(event.why.as_deref());
    Recent {
        received_ms: received.as_i64(),
        kind: event.kind.as_str().to_owned(),
        about: page.or(about).unwrap_or_default().to_owned(),
        placement: event.placement.as_deref().unwrap_or_default().to_owned(),
        path: path.to_owned(),
    }
}

/// Missing without a reason.
const NOT_ARRIVED: &str = "not_arrived";
/// Where names past the bound are counted.
const OTHERS: &str = "others";
/// Placements, or paths, that are told apart (ours: a page that shows more is read by nobody).
const NAMES_MAX: usize = 100;
/// How many of the last events are shown.
const RECENT_SHOWN: usize = 12;
/// SDK starts held at once (ours). The oldest is forgotten first; its sums stay, its losses are left to the lake.
const INSTANCES_MAX: usize = 4096;
/// Impressions whose times are held at once (ours): some 10 MiB.
const IMPRESSIONS_MAX: usize = 200_000;
