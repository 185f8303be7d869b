//! What to send when.

use super::Engine;
use super::sender::What;
use super::state::tries_key;
use super::step::{Step, Upload, UploadKind};
use super::wire_bounds;
use crate::store::Write;
use crate::{Id, MonoMillis, Now};
use std::time::Duration;

impl Engine {
    /// What the host should do now. Ask again when a wait is over, after every answer, and after every other call.
    pub fn next_step(&mut self, now: Now) -> Step {
        self.catch_up(now);
        let may_send = self.sender.on_its_way.is_none() && !self.sender.is_blocked(now.mono);
        let upload = if may_send {
            self.next_erasure(now).or_else(|| self.next_batch(now))
        } else {
            None
        };
        if let Some(upload) = upload {
            return Step::Send(upload);
        }
        match self.next_deadline(now.mono) {
            Some(due) => Step::Wait(due.since(now.mono).max(SHORTEST_WAIT)),
            None => Step::Idle,
        }
    }

    /// Does what has fallen due.
    fn catch_up(&mut self, now: Now) {
        self.look_at_due(now);
        self.close_if_old(now);
        if self.sender.gives_up_at().is_some_and(|at| at <= now.mono) {
            self.no_answer(now);
        }
        self.expire(now);
        self.tell_reports(now);
        if self.outbox.retry_at().is_some_and(|at| at <= now.mono) {
            self.outbox.renew(self.whole_copy(now));
        }
    }

    fn next_erasure(&mut self, now: Now) -> Option<Upload> {
        let (number, body, attempt) = self.erasures.start_next(now.mono)?;
        let ticket = self.sender.start(What::Erasure(number), false, now);
        let path_and_query = format!(
            "/v1/forget?w={}&a={attempt}",
            wire_bounds::wall(now.wall).as_i64()
        );
        Some(Upload {
            ticket,
            path_and_query,
            body,
            events: 0,
            kind: UploadKind::Forget,
        })
    }

    fn next_batch(&mut self, now: Now) -> Option<Upload> {
        self.visitor.mode()?;
        let number = loop {
            let next = self.queue.next_to_send(now.mono, self.sender.delivered)?;
            let number = next.number;
            if self.may_name(next.anon) {
                break number;
            }
            self.take_visitor_out(now, number);
        };
        let batch = self.queue.by_number(number)?;
        let unanswered_before = batch.tries.unanswered;
        batch.tries.attempts = batch.tries.attempts.saturating_add(1);
        // Stored before it is sent: after a crash nobody knows whether it arrived.
        batch.tries.unanswered = true;
        let (inst, attempts) = (batch.inst, batch.tries.attempts);
        let (body, events, value) = (
            batch.body.clone(),
            batch.table.len(),
            batch.tries.encode(now),
        );
        self.outbox.push(|| Write::Put {
            key: tries_key(number),
            value,
        });
        let ticket = self
            .sender
            .start(What::Batch(number), unanswered_before, now);
        let path_and_query = self.batch_path(inst, attempts, now);
        Some(Upload {
            ticket,
            path_and_query,
            body,
            events,
            kind: UploadKind::Batch,
        })
    }

    /// Path and query of one attempt to send a batch of `inst`. Only its own instance knows how long ago it started.
    pub(super) fn batch_path(&self, inst: Id, attempt: u32, now: Now) -> String {
        let wall = wire_bounds::wall(now.wall).as_i64();
        let mut path = format!("/v1/batch?w={wall}&a={attempt}");
        if inst == self.instance.id {
            let since_start = now.mono.as_u64().saturating_sub(self.started.as_u64());
            path.push_str(&format!("&s={since_start}"));
        }
        path
    }

    /// When [`Engine::next_step`] has something to do at the latest; `None` when nothing can fall due. It changes nothing,
    /// so that a host may ask after every call whether its worker has to wake earlier than it meant to.
    #[must_use]
    pub fn next_due(&self, now: Now) -> Option<MonoMillis> {
        self.next_deadline(now.mono)
    }

    /// The next moment at which something falls due, if nothing else happens.
    fn next_deadline(&self, now: MonoMillis) -> Option<MonoMillis> {
        let granted = self.visitor.mode().is_some();
        let open = self.queue.open.as_ref().filter(|_| granted);
        let dues = [
            self.views.next_due(),
            open.map(|open| open.opened.plus(self.config.batch_age)),
            self.outbox.retry_at(),
            self.sender.gives_up_at(),
            self.next_attempt(now, granted),
        ];
        dues.into_iter().flatten().min()
    }

    /// When the next attempt may start, if something waits for one and none is on its way.
    fn next_attempt(&self, now: MonoMillis, granted: bool) -> Option<MonoMillis> {
        if self.sender.on_its_way.is_some() {
            return None;
        }
        let batch = self.queue.next_due(now).filter(|_| granted);
        let waiting = [batch, self.erasures.next_due(now)]
            .into_iter()
            .flatten()
            .min()?;
        Some(waiting.max(self.sender.blocked_until().unwrap_or(now)))
    }
}

/// Ours: a host that is asked to wait for nothing at all would spin.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);
