//! The visitor's choice, the signals that narrow it, and the wish to be forgotten.

use super::Engine;
use super::consent::Consent;
use super::session::Session;
use crate::Now;
use crate::wire::value::fill;
use crate::wire::{Event, Forget, Kind};

impl Engine {
    /// The visitor's choice. It is stored, but for pending on a store that holds nothing.
    ///
    /// - From pending to full or measure-only, what was kept in memory is stored and sent under that choice.
    /// - From full to measure-only, what is queued stays and leaves without the visitor's id. An upload on its way can't be
    ///   called back.
    /// - Denied wipes the queue and the store, and cancels what waits; the count stays here, nothing is sent.
    /// - Back to pending, what is queued is kept and neither sent nor added to in the store.
    pub fn set_consent(&mut self, now: Now, choice: Consent) {
        let before = self.visitor.choice;
        if choice == before {
            if self.visitor.chosen.replace(choice) != Some(choice) {
                self.put_identity();
            }
            return;
        }
        self.close_granted(now);
        self.visitor.choice = choice;
        self.visitor.chosen = Some(choice);
        self.ledger.pending = None;
        match choice {
            Consent::Denied => self.deny(now),
            Consent::Pending => {
                self.ledger.begin_pending();
                self.put_identity();
                self.outbox.mute();
            }
            Consent::Full | Consent::MeasureOnly => {
                self.visitor.settle(&mut *self.bits);
                self.is_known = true;
                if matches!(before, Consent::Pending | Consent::Denied) {
                    self.release_held(now);
                    let copy = self.whole_copy(now);
                    self.outbox.replace_with(copy);
                } else {
                    self.put_identity();
                }
                self.note_consent(now);
            }
        }
    }

    /// Whether the browser asks not to be tracked (`navigator.globalPrivacyControl`): measure only, whatever the choice.
    /// What is queued leaves without the visitor's id.
    pub fn set_gpc(&mut self, now: Now, gpc: bool) {
        if gpc == self.visitor.gpc {
            return;
        }
        self.close_granted(now);
        self.visitor.gpc = gpc;
        if self.visitor.mode().is_some() {
            self.visitor.settle(&mut *self.bits);
            self.put_identity();
            self.note_consent(now);
        }
    }

    /// The visitor wants to be forgotten: what is queued goes, the collector is asked to erase what it has, and later
    /// events carry a new id and a new session. The request is kept until the collector took it, whatever the choice of
    /// consent: it holds no event, and it carries out the visitor's own wish.
    pub fn forget(&mut self, now: Now) {
        self.withdraw_all();
        self.ledger.reports.clear();
        self.views.clear();
        for anon in self.visitor.forget(&mut *self.bits) {
            self.erasures
                .push(Forget::new(self.config.affiliate.as_str(), anon).encode());
        }
        self.is_known &= self.visitor.choice != Consent::Pending;
        self.session = Session::first(now, &mut *self.bits);
        self.enter_session(now);
        let copy = self.whole_copy(now);
        self.outbox.forget_all(copy);
    }

    /// While a choice stands, the open batch was recorded under it and closes with it.
    fn close_granted(&mut self, now: Now) {
        if self.visitor.mode().is_some() {
            self.close_open(now);
        }
    }

    fn deny(&mut self, now: Now) {
        self.visitor.settle(&mut *self.bits);
        self.know_nobody();
        self.withdraw_all();
        self.ledger.reports.clear();
        self.views.clear();
        let copy = self.whole_copy(now);
        self.outbox.replace_with(copy);
    }

    pub(super) fn know_nobody(&mut self) {
        self.is_known = false;
        self.others.clear();
    }

    /// What was kept in memory is sealed under the choice now made; the open batch goes on under it.
    fn release_held(&mut self, now: Now) {
        let Some(grant) = self.grant() else { return };
        while let Some(group) = self.queue.next_held() {
            self.seal(group, grant, now);
        }
        if let Some(open) = &mut self.queue.open {
            open.grant = Some(grant);
        }
        self.keep_bounds();
    }

    /// Keeps a trace of what was allowed from when on.
    fn note_consent(&mut self, now: Now) {
        let Some(mode) = self.visitor.mode() else {
            return;
        };
        let mut event = Event::new(Kind::Consent, 0, 0);
        fill(&mut event.why, Some(mode.as_str()));
        // A session outside the sample has no trace to keep.
        let _ = self.capture(now, now.mono, &mut event);
    }
}
