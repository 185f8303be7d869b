//! What must hold of a device, at any moment and once its queue is empty.

use std::collections::{BTreeMap, HashSet};

use eyeline_core::wire::Batch;
use eyeline_core::{Class, Consent, Id, LossReason, Upload, UploadKind};

use crate::server::{EventKey, raw};
use crate::world::World;

impl World {
    /// The choice outlives the process wherever it could be stored, and the stricter of two copies wins.
    pub(crate) fn check_consent(&mut self) {
        let stands = self.engine.as_ref().unwrap().consent();
        let expected = match self.chosen {
            Some(chosen) if self.config.consent == Consent::Pending => chosen,
            Some(chosen) => chosen.max(self.config.consent),
            None => self.config.consent,
        };
        assert!(
            stands == expected || self.store_failed,
            "{stands:?} instead of {expected:?}"
        );
        self.consent = stands;
    }

    /// The laws that hold at any moment.
    pub(crate) fn check(&self) {
        let stats = self.engine.as_ref().unwrap().stats(self.now);
        let lost: u64 = stats.lost.values().sum();
        assert_eq!(
            stats.captured,
            stats.delivered + stats.queued + lost,
            "{stats:?}"
        );
        // A shortfall found at a start is booked as this: a store that never failed must never fall short.
        let fell_short = stats.lost.contains_key(&LossReason::StorageFailed);
        assert!(!fell_short || self.store_failed, "{stats:?}");
    }

    pub(crate) fn check_upload(&mut self, upload: &Upload) {
        if upload.kind == UploadKind::Forget {
            return;
        }
        assert!(
            !matches!(self.consent, Consent::Pending | Consent::Denied),
            "sent under {:?}",
            self.consent
        );
        let raw = raw(upload);
        let batch = Batch::decode(&raw).unwrap();
        let may_name = self.consent == Consent::Full && !self.gpc;
        assert!(
            may_name || batch.user.anon.is_none(),
            "named the visitor under {:?}",
            self.consent
        );
        let first = self
            .sent
            .entry((batch.inst, batch.batch_number))
            .or_insert_with(|| upload.body.clone());
        assert_eq!(
            *first, upload.body,
            "a sealed batch changed between attempts"
        );
        let own = batch.inst == self.engine.as_ref().unwrap().instance();
        assert_eq!(
            upload.path_and_query.contains("&s="),
            own,
            "{}",
            upload.path_and_query
        );
        let (last, all) = self.attempted.entry(batch.inst).or_default();
        for event in &batch.events {
            // A store that failed before a crash brings back what had been sent and ended since.
            let in_order = event.n > *last || all.contains(&event.n) || self.store_failed;
            assert!(in_order, "first attempts out of order");
            *last = (*last).max(event.n);
            all.insert(event.n);
        }
        drop(batch);
        self.unpacked = Some((upload.ticket, raw));
    }

    pub(crate) fn check_drained(&self) {
        let stats = self.engine.as_ref().unwrap().stats(self.now);
        assert_eq!(
            (stats.queued, stats.queued_bytes, stats.erasures),
            (0, 0, 0),
            "{stats:?}"
        );
        assert_eq!(
            self.store.count(Class::Batch) + self.store.count(Class::Event),
            0
        );
        assert!(
            stats.delivered <= self.server.events.len() as u64,
            "delivered more than arrived"
        );
        if !self.may_lose {
            let gone = self
                .durable
                .iter()
                .filter(|key| !self.server.events.contains_key(key))
                .count();
            assert_eq!(
                (gone, stats.lost.values().sum::<u64>()),
                (0, 0),
                "stored events vanished: {stats:?}"
            );
        }
    }

    /// What a server needs to read the gaps: every number it can know of arrived, was refused by it, or is told as lost by its instance's
    /// counts or by a later instance's report, or lies in a tail that the later instance's `prev` counts; but for events that
    /// were never stored, and for visitors who withdrew, of whom nothing more is told. A report may be lost like any event.
    pub(crate) fn check_gaps_are_explained(&self) {
        if self.withdrew {
            return;
        }
        let server = &self.server;
        let none = BTreeMap::new();
        let known: HashSet<Id> = server
            .told
            .keys()
            .chain(server.previous.keys())
            .chain(server.reported.iter().map(|(inst, _)| inst))
            .copied()
            .collect();
        for inst in known {
            let told = server.told.get(&inst).unwrap_or(&none);
            let captured = told.get("cap").copied().unwrap_or(0);
            let explained: u64 = told
                .iter()
                .filter(|(reason, _)| *reason != "cap")
                .map(|(_, events)| events)
                .sum();
            let missing = (1..=captured)
                .map(|n| (inst, n))
                .filter(|key| !server.events.contains_key(key) && !server.refused.contains(key))
                .filter(|key| !self.is_reported(key))
                .filter(|key| !self.store_failed || self.durable.contains(key))
                .count() as u64;
            // Counts that only batches of an ended instance told are lost with those batches.
            let cut_short = self.reports.keys().any(|(of, _)| *of == inst);
            assert!(
                missing <= explained || cut_short,
                "{inst}: {missing} missing, {told:?}"
            );
        }
        for (inst, n) in &self.durable {
            let previous = server.previous.get(inst);
            assert!(
                previous.is_none_or(|captured| n <= captured),
                "{inst} had stored {n}, the next instance says {previous:?}"
            );
        }
    }

    /// Whether a report told this event as lost, and arrived or was lost in its turn.
    fn is_reported(&self, key: &EventKey) -> bool {
        let lost_report = |report: &EventKey| !self.server.events.contains_key(report);
        self.server.reported.contains(key)
            || self
                .reports
                .get(key)
                .is_some_and(|reports| reports.iter().any(lost_report))
    }
}
