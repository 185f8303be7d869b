//! From a host's call to a numbered, encoded and stored event.

use std::sync::Arc;

use super::Engine;
use super::consent::Consent;
use super::context::Grant;
use super::group::Group;
use super::loss::LossReason;
use super::session::SessionRule;
use super::step::Refused;
use super::wire_bounds;
use crate::app::{Convert, Event, Propensity, Serve};
use crate::store::{HEAD, Write};
use crate::wire::{self, Kind};
use crate::{MonoMillis, Now};

impl Engine {
    /// Records an event that belongs to no watched impression. Its number within this instance.
    ///
    /// # Errors
    /// [`Refused`] says why it was not recorded.
    pub fn track(&mut self, now: Now, event: impl Into<Event>) -> Result<u64, Refused> {
        match event.into() {
            Event::Serve(serve) => self.capture(now, now.mono, &mut of_serve(&serve)),
            Event::Convert(convert) => self.capture(now, now.mono, &mut of_convert(&convert)),
        }
    }

    /// Records an event of the moment `at`, and what other instances were found to have lost.
    pub(super) fn capture(
        &mut self,
        now: Now,
        at: MonoMillis,
        event: &mut wire::Event<'_>,
    ) -> Result<u64, Refused> {
        let number = self.record(now, at, event);
        self.tell_reports(now);
        number
    }

    /// Records an event of the moment `at`, no later than now.
    pub(super) fn record(
        &mut self,
        now: Now,
        at: MonoMillis,
        event: &mut wire::Event<'_>,
    ) -> Result<u64, Refused> {
        self.admit(now, event)?;
        self.close_if_old(now);
        let n = self.ledger.captured + 1;
        event.n = n;
        event.dt = i64::try_from(at.since(self.started).as_millis()).unwrap_or(i64::MAX);
        self.open_group(now);
        let key = self.event_key(n);
        self.ledger.captured = n;
        match self.queue.open.as_mut().and_then(|open| open.push(event)) {
            Some(bytes) => self.outbox.push(|| Write::Put {
                key,
                value: bytes.to_vec(),
            }),
            None => {
                self.ledger.lose_own(LossReason::TooLarge, [n]);
                self.queue.open.take_if(|open| open.len() == 0);
                self.put_ledger();
                return Err(Refused::TooLarge);
            }
        }
        self.close_if_full(now);
        self.keep_bounds();
        Ok(n)
    }

    /// Whether an event may be recorded at all; notes it for the session.
    fn admit(&mut self, now: Now, event: &wire::Event<'_>) -> Result<(), Refused> {
        if self.shut_down {
            return Err(Refused::ShutDown);
        }
        if self.visitor.choice == Consent::Denied {
            return Err(Refused::Denied);
        }
        let rule = SessionRule {
            idle: self.config.session_idle,
            max: self.config.session_max,
        };
        if self.session.touch(now, rule, &mut *self.bits) {
            self.enter_session(now);
        }
        // The engine's own reports explain gaps of sessions that were recorded.
        if self.sampled || event.kind == Kind::Sdk {
            Ok(())
        } else {
            Err(Refused::NotSampled)
        }
    }

    /// A new session stands in the context from here on.
    pub(super) fn enter_session(&mut self, now: Now) {
        let session = Some((self.session.id, self.session.number));
        self.change_context(now, |context| context.session = session);
        self.sampled = self.session.is_sampled(self.config.sampling);
        self.put_identity();
    }

    fn open_group(&mut self, now: Now) {
        if self.queue.open.is_some() {
            return;
        }
        let grant = self.grant();
        let open = Group::open(Arc::clone(&self.context), grant, now.mono);
        if let Some(grant) = grant {
            let value = self.head(&open, grant, now);
            self.outbox.push(|| Write::Put { key: HEAD, value });
        }
        self.queue.open = Some(open);
    }

    /// Under which consent events are recorded now; `None` while it is pending or denied.
    pub(super) fn grant(&self) -> Option<Grant> {
        let visitor = &self.visitor;
        let mode = visitor.mode()?;
        Some(Grant {
            mode,
            gpc: visitor.gpc,
            children: visitor.children,
            anon: visitor.anon(),
        })
    }
}

fn of_serve(serve: &Serve) -> wire::Event<'_> {
    wire::Event {
        content: serve
            .content
            .as_ref()
            .map(|content| content.as_str().into()),
        placement: Some(serve.placement.as_str().into()),
        position: serve.position.map(wire_bounds::narrow),
        request: serve
            .request
            .as_ref()
            .map(|request| request.as_str().into()),
        model: serve.model.as_ref().map(|model| model.as_str().into()),
        propensity: serve.propensity.map(Propensity::as_f64),
        exploration: Some(true).filter(|_| serve.exploration),
        ..wire::Event::new(Kind::Serve, 0, 0)
    }
}

fn of_convert(convert: &Convert) -> wire::Event<'_> {
    wire::Event {
        content: convert
            .content
            .as_ref()
            .map(|content| content.as_str().into()),
        goal: Some(convert.goal.as_str().into()),
        value: convert.value.map(|money| money.minor_units()),
        currency: convert.value.as_ref().map(|money| money.currency().into()),
        order: convert.order.as_ref().map(|order| order.as_str().into()),
        ..wire::Event::new(Kind::Convert, 0, 0)
    }
}
