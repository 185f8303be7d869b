//! Nothing is stored before it is sealed: after a crash the events of the open batch show as a lost tail.

use crate::Now;
use crate::engine::Engine;
use crate::engine::group::Group;
use crate::engine::ledger::Ledger;
use crate::engine::outbox::Outbox;
use crate::store::{Key, Write};

pub(in crate::engine) fn keep(_: &mut Outbox, _: Key, _: &[u8]) {}

pub(in crate::engine) fn drop_through(_: &mut Outbox, _: Key) {}

/// Entries of a build that kept them can't be read by this one.
#[derive(Default)]
pub(in crate::engine) struct Unsealed;

impl Unsealed {
    pub(in crate::engine) fn take(&mut self, _: Key, _: Vec<u8>) -> Option<()> {
        None
    }

    pub(in crate::engine) fn left_by(self, ledger: Option<Ledger>) -> LeftOver {
        LeftOver { ledger }
    }
}

/// What the instance before left: its counts.
pub(in crate::engine) struct LeftOver {
    pub(in crate::engine) ledger: Option<Ledger>,
}

impl Engine {
    pub(in crate::engine) fn journal_open(&mut self, _: &Group, _: Now) {}

    pub(in crate::engine) fn copy_open(&self, _: Now, _: &mut Vec<Write>) {}

    pub(in crate::engine) fn take_over(&mut self, left_over: LeftOver, _: Now) {
        if let Some(before) = left_over.ledger {
            self.report(&before, &[]);
        }
    }
}
