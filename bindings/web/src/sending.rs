//! What to send when, and how it went.

use eyeline_core::{HostAnswer, Now, Preview, Step, Upload, UploadKind};

use crate::core::Core;
use crate::message::{Reply, Said};
use crate::number::{count, float, index, small};

/// What `next` answers where it names no time to wait.
const UPLOAD_READY: f64 = -1.0;
const IDLE: f64 = -2.0;

impl Core {
    pub(crate) fn next(&mut self, now: Now, reply: &mut Reply) {
        match self.engine.next_step(now) {
            Step::Send(upload) => self.send(upload, reply),
            Step::Wait(wait) => {
                reply.number(float(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)));
            }
            _ => reply.number(IDLE),
        }
    }

    fn send(&mut self, upload: Upload, reply: &mut Reply) {
        self.tickets = (self.tickets.0 + 1, Some(upload.ticket));
        reply.number(UPLOAD_READY);
        reply.number(self.tickets.0.into());
        reply.text(&upload.path_and_query);
        reply.bytes(&upload.body);
        reply.number(f64::from(upload.kind == UploadKind::Forget));
        reply.number(float(upload.events as u64));
    }

    pub(crate) fn answer(&mut self, now: Now, said: &mut Said<'_>) {
        let ticket = small(said.number());
        let Some(known) = self.tickets.1.take_if(|_| ticket == self.tickets.0) else {
            return;
        };
        let code = said.number();
        let retry_after = said.text();
        let answer = match small(code) {
            0 => HostAnswer::Unreachable,
            1 => HostAnswer::TimedOut,
            2 => HostAnswer::Taken {
                ok: count(said.number()),
                rejected: rest(said),
            },
            code => HostAnswer::Http {
                code: u16::try_from(code).unwrap_or(u16::MAX),
                retry_after: Some(retry_after.to_owned()).filter(|text| !text.is_empty()),
                body: Vec::new(),
            },
        };
        self.engine.answer(now, known, &answer);
    }

    pub(crate) fn preview(&mut self, now: Now, reply: &mut Reply) {
        show(self.engine.preview(now), reply);
    }

    pub(crate) fn waiting(&mut self, now: Now, said: &mut Said<'_>, reply: &mut Reply) {
        let skip = index(said.number());
        show(self.engine.waiting(now, skip), reply);
    }
}

/// All numbers that are left.
fn rest(said: &mut Said<'_>) -> Vec<u64> {
    let mut numbers = Vec::new();
    while !said.is_empty() {
        numbers.push(count(said.number()));
    }
    numbers
}

fn show(preview: Option<Preview>, reply: &mut Reply) {
    if let Some(preview) = preview {
        reply.text(&preview.path_and_query);
        reply.bytes(&preview.body);
    }
}
