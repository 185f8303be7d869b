//! From a host's call to a numbered, encoded and stored event.

use std::sync::Arc;

use super::Engine;
use super::consent::Consent;
use super::context::Grant;
use super::group::Group;
use super::journal;
use super::loss::LossReason;
use super::step::Refused;
use super::wire_bounds;
use crate::app::{
    ContentId, Convert, Event, ModelId, Money, OrderId, Propensity, RequestId, Serve,
};
use crate::wire::value::fill;
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
        event.dt = i64::try_from(at.ms_since(self.started)).unwrap_or(i64::MAX);
        self.open_group(now);
        let key = self.event_key(n);
        self.ledger.captured = n;
        match self.queue.open.as_mut().and_then(|open| open.push(event)) {
            Some(bytes) => journal::keep(&mut self.outbox, key, bytes),
            None => {
                self.ledger.lose_own(LossReason::TooLarge, &[n]);
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
    #[inline(never)]
    fn admit(&mut self, now: Now, event: &wire::Event<'_>) -> Result<(), Refused> {
        if self.shut_down {
            return Err(Refused::ShutDown);
        }
        if self.visitor.choice == Consent::Denied {
            return Err(Refused::Denied);
        }
        if self.session.touch(now, self.spans.session, &mut *self.bits) {
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
    #[inline(never)]
    pub(super) fn enter_session(&mut self, now: Now) {
        let session = Some((self.session.id, self.session.number));
        self.change_context(now, &mut |context| context.session = session);
        self.sampled = self.session.is_sampled(self.config.sampling);
        self.put_identity();
    }

    #[inline(never)]
    fn open_group(&mut self, now: Now) {
        if self.queue.open.is_some() {
            return;
        }
        let open = Group::open(Arc::clone(&self.context), self.grant(), now.mono);
        self.journal_open(&open, now);
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

#[inline(never)]
fn of_serve(serve: &Serve) -> wire::Event<'_> {
    let mut event = wire::Event::new(Kind::Serve, 0, 0);
    fill(
        &mut event.content,
        serve.content.as_ref().map(ContentId::as_str),
    );
    fill(&mut event.placement, Some(serve.placement.as_str()));
    event.position = serve.position.map(wire_bounds::narrow);
    fill(
        &mut event.request,
        serve.request.as_ref().map(RequestId::as_str),
    );
    fill(&mut event.model, serve.model.as_ref().map(ModelId::as_str));
    event.propensity = serve.propensity.map(Propensity::as_f64);
    event.exploration = Some(true).filter(|_| serve.exploration);
    event
}

#[inline(never)]
fn of_convert(convert: &Convert) -> wire::Event<'_> {
    let mut event = wire::Event::new(Kind::Convert, 0, 0);
    let (content, order) = (&convert.content, &convert.order);
    fill(&mut event.content, content.as_ref().map(ContentId::as_str));
    fill(&mut event.goal, Some(convert.goal.as_str()));
    event.value = convert.value.map(|money| money.minor_units());
    fill(
        &mut event.currency,
        convert.value.as_ref().map(Money::currency),
    );
    fill(&mut event.order, order.as_ref().map(OrderId::as_str));
    event
}
