//! What to send when.

use super::Engine;
use super::sender::What;
use super::state::tries_key;
use super::step::{Step, Upload, UploadKind};
use super::wire_bounds;
use crate::wire::json::push_whole;
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
            Some(due) => Step::Wait(Duration::from_millis(
                due.ms_since(now.mono).max(SHORTEST_WAIT_MS),
            )),
            None => Step::Idle,
        }
    }

    /// Does what has fallen due.
    #[inline(never)]
    fn catch_up(&mut self, now: Now) {
        self.look_at_due(now);
        self.close_if_old(now);
        if self.sender.gives_up_at().is_some_and(|at| at <= now.mono) {
            self.no_answer(now);
        }
        self.expire(now);
        self.tell_reports(now);
        if self.outbox.retry_at().is_some_and(|at| at <= now.mono) {
            let copy = self.whole_copy(now);
            self.outbox.renew(copy);
        }
    }

    #[inline(never)]
    fn next_erasure(&mut self, now: Now) -> Option<Upload> {
        let (number, body, attempt) = self.erasures.start_next(now.mono)?;
        let ticket = self.sender.start(What::Erasure(number), false, now);
        Some(Upload {
            ticket,
            path_and_query: path(UploadKind::Forget, now, attempt, None),
            body,
            events: 0,
            kind: UploadKind::Forget,
        })
    }

    #[inline(never)]
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
        let (inst, attempt) = (batch.inst, batch.tries.attempts);
        let (body, events) = (batch.body.clone(), batch.table.len());
        self.outbox.put(tries_key(number), batch.tries.encode(now));
        let ticket = self
            .sender
            .start(What::Batch(number), unanswered_before, now);
        Some(Upload {
            ticket,
            path_and_query: self.batch_path(inst, attempt, now),
            body,
            events,
            kind: UploadKind::Batch,
        })
    }

    /// Path and query of one attempt to send a batch of `inst`. Only its own instance knows how long ago it started.
    pub(super) fn batch_path(&self, inst: Id, attempt: u32, now: Now) -> String {
        let since_start = (inst == self.instance.id).then(|| now.mono.ms_since(self.started));
        path(UploadKind::Batch, now, attempt, since_start)
    }

    /// When [`Engine::next_step`] has something to do at the latest; `None` when nothing can fall due. It changes nothing,
    /// so that a host may ask after every call whether its worker has to wake earlier than it meant to.
    #[must_use]
    pub fn next_due(&self, now: Now) -> Option<MonoMillis> {
        self.next_deadline(now.mono)
    }

    /// The next moment at which something falls due, if nothing else happens.
    #[inline(never)]
    fn next_deadline(&self, now: MonoMillis) -> Option<MonoMillis> {
        let granted = self.visitor.mode().is_some();
        let open = self.queue.open.as_ref().filter(|_| granted);
        let dues = [
            self.views.next_due(),
            open.map(|open| open.opened.plus_ms(self.spans.batch_age_ms)),
            self.outbox.retry_at(),
            self.sender.gives_up_at(),
            self.next_attempt(now, granted),
        ];
        soonest(&dues)
    }

    /// When the next attempt may start, if something waits for one and none is on its way.
    fn next_attempt(&self, now: MonoMillis, granted: bool) -> Option<MonoMillis> {
        if self.sender.on_its_way.is_some() {
            return None;
        }
        let batch = self.queue.next_due(now).filter(|_| granted);
        let waiting = soonest(&[batch, self.erasures.next_due(now)])?;
        Some(waiting.max(self.sender.blocked_until().unwrap_or(now)))
    }
}

fn soonest(dues: &[Option<MonoMillis>]) -> Option<MonoMillis> {
    dues.iter().flatten().min().copied()
}

/// Path and query of attempt `attempt`, but for the write key.
fn path(kind: UploadKind, now: Now, attempt: u32, since_start: Option<u64>) -> String {
    let door = match kind {
        UploadKind::Batch => "/v1/batch",
        UploadKind::Forget => "/v1/forget",
    };
    let wall = wire_bounds::wall(now.wall).as_i64().unsigned_abs();
    let mut path = door.to_owned();
    for (name, number) in [
        ("?w=", Some(wall)),
        ("&a=", Some(u64::from(attempt))),
        ("&s=", since_start),
    ] {
        if let Some(number) = number {
            path.push_str(name);
            push_whole(number, &mut path);
        }
    }
    path
}

/// Ours: a host that is asked to wait for nothing at all would spin.
const SHORTEST_WAIT_MS: u64 = 1;
