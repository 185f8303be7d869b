//! An open batch: events encoded once, under one context, not yet sealed.

use std::sync::Arc;

use super::context::{Context, Grant};
use super::table::{Slot, Table};
use crate::limits::EVENT_BYTES_MAX;
use crate::wire::Event;
use crate::{MonoMillis, Now};

#[derive(Debug)]
pub(super) struct Group {
    pub(super) context: Arc<Context>,
    /// `None` while consent is pending: the choice, once made, holds for what was kept in memory.
    pub(super) grant: Option<Grant>,
    pub(super) opened: MonoMillis,
    /// Encoded events with commas between.
    pub(super) events: Vec<u8>,
    pub(super) table: Table,
}

impl Group {
    pub(super) fn open(context: Arc<Context>, grant: Option<Grant>, opened: MonoMillis) -> Self {
        Self {
            context,
            grant,
            opened,
            events: Vec::new(),
            table: Table::default(),
        }
    }

    /// Encodes an event at the end; its bytes, or `None` when it is larger than an event may be.
    pub(super) fn push(&mut self, event: &Event<'_>) -> Option<&[u8]> {
        let before = self.events.len();
        if before > 0 {
            self.events.push(b',');
        }
        let start = self.events.len();
        event.encode(&mut self.events);
        let len = self.events.len() - start;
        if len > EVENT_BYTES_MAX {
            self.events.truncate(before);
            return None;
        }
        self.table.push(Slot { n: event.n, len });
        Some(&self.events[start..])
    }

    /// How many ms ago its first event was captured.
    pub(super) fn age_ms(&self, now: Now) -> u64 {
        now.mono.ms_since(self.opened)
    }

    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.events.len()
    }
}
