//! A collector and a warehouse in one: what arrived, once a key, and what clients said they lost.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read;

use eyeline_core::wire::{Answer, Batch, Forget, Why};
use eyeline_core::{HostAnswer, Id, Upload};

/// An event's key.
pub(crate) type EventKey = (Id, u64);

#[derive(Debug, Default)]
pub(crate) struct Server {
    /// Each event as it first arrived.
    pub(crate) events: HashMap<EventKey, String>,
    /// Arrivals of a key that was there already.
    pub(crate) repeats: u64,
    /// Captured, and lost by reason, as last told, an instance.
    pub(crate) told: HashMap<Id, BTreeMap<String, u64>>,
    /// The count that a later instance told of this one.
    pub(crate) previous: HashMap<Id, u64>,
    /// Events that an `sdk` event of another instance told as lost.
    pub(crate) reported: HashSet<EventKey>,
    /// Events it refused one by one, and keeps a line about.
    pub(crate) refused: HashSet<EventKey>,
    pub(crate) forgotten: Vec<Id>,
    pub(crate) visitors: Vec<Option<Id>>,
}

/// The raw bytes of an upload.
pub(crate) fn raw(upload: &Upload) -> Vec<u8> {
    let mut raw = Vec::new();
    flate2::read::GzDecoder::new(upload.body.as_slice())
        .read_to_end(&mut raw)
        .unwrap();
    raw
}

/// The answer to a batch of which `ok` events were taken.
pub(crate) fn taken(ok: usize) -> HostAnswer {
    ours(&Answer::new(ok as u64, []))
}

fn ours(answer: &Answer<'_>) -> HostAnswer {
    HostAnswer::Http {
        code: 200,
        retry_after: None,
        body: answer.encode(),
    }
}

/// An answer with this status and no body.
pub(crate) fn status(code: u16) -> HostAnswer {
    HostAnswer::Http {
        code,
        retry_after: None,
        body: Vec::new(),
    }
}

impl Server {
    /// Takes a batch but for the events that `refuses` names, and answers as a collector does.
    pub(crate) fn take(&mut self, raw: &[u8], refuses: impl Fn(u64) -> bool) -> HostAnswer {
        let batch = Batch::decode(raw).unwrap();
        batch.check().unwrap();
        let mut rejected = Vec::new();
        for event in &batch.events {
            event.check().unwrap();
            if refuses(event.n) {
                self.refused.insert((batch.inst, event.n));
                rejected.push((Some(event.n), Why::TooLarge));
                continue;
            }
            for lost in &event.lost {
                self.reported
                    .extend((lost.from..=lost.to).map(|n| (lost.inst, n)));
            }
            let mut bytes = Vec::new();
            event.encode(&mut bytes);
            let text = String::from_utf8(bytes).unwrap();
            match self.events.get(&(batch.inst, event.n)) {
                Some(first) => {
                    assert_eq!(*first, text, "one key, two events");
                    self.repeats += 1;
                }
                None => {
                    self.events.insert((batch.inst, event.n), text);
                }
            }
        }
        let told = self.told.entry(batch.inst).or_default();
        for (reason, count) in batch.loss.iter() {
            let so_far = told.entry(reason.to_owned()).or_default();
            *so_far = (*so_far).max(*count);
        }
        if let Some(previous) = &batch.previous {
            let so_far = self.previous.entry(previous.inst).or_default();
            *so_far = (*so_far).max(previous.captured);
        }
        self.visitors.push(batch.user.anon);
        let ok = batch.events.len() - rejected.len();
        ours(&Answer::new(ok as u64, rejected))
    }

    pub(crate) fn forget(&mut self, upload: &Upload) -> HostAnswer {
        self.forgotten
            .push(Forget::decode(&upload.body).unwrap().anon);
        taken(1)
    }
}
