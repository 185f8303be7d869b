//! What the host has yet to store.

use crate::store::{Key, Write, Writes};
use crate::{MonoMillis, Now};

#[derive(Debug)]
pub(super) struct Outbox {
    ops: Vec<Write>,
    /// Consent is pending: nothing may be stored.
    muted: bool,
    /// The store holds something.
    used: bool,
    /// The host could not store: what it holds is out of date until a whole copy is stored, to be tried then.
    stale_until: Option<MonoMillis>,
    retry_delay_ms: u64,
    /// What the visitor wants forgotten may still be in the store: storing is tried again even while muted.
    forgetting: bool,
    pub(super) failures: u64,
}

impl Outbox {
    pub(super) fn new(muted: bool, used: bool) -> Self {
        Self {
            ops: Vec::new(),
            muted,
            used,
            stale_until: None,
            retry_delay_ms: RETRY_FIRST_MS,
            forgetting: false,
            failures: 0,
        }
    }

    /// Queues one change, unless the store is out of date anyway.
    pub(super) fn push(&mut self, write: Write) {
        if self.is_live() {
            // The host took the record before and did not fail.
            self.forgetting &= !self.ops.is_empty();
            self.ops.push(write);
        }
    }

    /// Queues a new value of an entry.
    pub(super) fn put(&mut self, key: Key, value: Vec<u8>) {
        self.push(Write::Put { key, value });
    }

    /// Queues the removal of an entry.
    pub(super) fn delete(&mut self, key: Key) {
        self.push(Write::Delete { key });
    }

    /// Queues a whole copy after the visitor asked to be forgotten, whatever the choice of consent; a store that never
    /// held anything stays empty.
    pub(super) fn forget_all(&mut self, copy: Vec<Write>) {
        if self.used {
            self.forgetting = true;
            self.renew(copy);
        }
    }

    /// Queues a whole copy in place of all that the store holds, and goes on storing or not as before.
    pub(super) fn renew(&mut self, copy: Vec<Write>) {
        self.stale_until = None;
        self.ops = copy;
    }

    /// Whether the store mirrors the engine.
    pub(super) fn is_live(&self) -> bool {
        !self.muted && self.stale_until.is_none()
    }

    /// Stops storing; what was queued before still goes out.
    pub(super) fn mute(&mut self) {
        self.muted = true;
    }

    /// Queues a whole copy in place of all that the store holds, and mirrors from there on.
    pub(super) fn replace_with(&mut self, copy: Vec<Write>) {
        self.muted = false;
        self.renew(copy);
    }

    pub(super) fn take(&mut self) -> Option<Writes> {
        if self.ops.is_empty() {
            return None;
        }
        self.used = true;
        Some(Writes {
            ops: std::mem::take(&mut self.ops),
        })
    }

    /// The host could not store the last record. Each failure doubles the pause before the next whole copy.
    pub(super) fn fail(&mut self, now: Now) {
        self.failures += 1;
        self.stale_until = Some(now.mono.plus_ms(self.retry_delay_ms));
        self.retry_delay_ms = (self.retry_delay_ms * 2).min(RETRY_MAX_MS);
        self.ops.clear();
    }

    /// When to try to store a whole copy again.
    pub(super) fn retry_at(&self) -> Option<MonoMillis> {
        self.stale_until.filter(|_| !self.muted || self.forgetting)
    }
}

/// Ours: a full disk is rarely emptied within seconds.
const RETRY_FIRST_MS: u64 = 5_000;
/// Ours: a copy of the whole queue may be 10 MiB.
const RETRY_MAX_MS: u64 = 10 * 60 * 1_000;
