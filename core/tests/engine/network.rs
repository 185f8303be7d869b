//! What becomes of an upload, and of a device whose network heals.

use eyeline_core::{Consent, HostAnswer, Step, Upload, UploadKind};

use crate::server::{raw as raw_of, status, taken};
use crate::world::{Happening, World};

/// What becomes of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Network {
    Delivers,
    /// The server takes it; the answer is lost.
    LosesAnswer,
    LosesRequest,
    CaptivePortal,
    Redirect,
    NotFound,
    TooBusy,
    ServerError,
    /// A proxy answers 200 with counts of another batch.
    WrongCounts,
    RefusesKey,
    /// The server refuses every 5th event.
    RefusesSome,
    /// The server refuses the whole batch.
    RefusesAll,
    /// Nothing is heard of it until later, or never.
    Silent,
}

impl World {
    pub(crate) fn pump(&mut self, times: u8, network: Network) {
        for _ in 0..times {
            match self.next_step() {
                Step::Send(upload) => self.transfer(upload, network),
                _ => return,
            }
        }
    }

    pub(crate) fn next_step(&mut self) -> Step {
        let mut step = Step::Idle;
        self.call(|engine, now| step = engine.next_step(now));
        if let Step::Send(upload) = &step {
            self.check_upload(upload);
        }
        step
    }

    pub(crate) fn transfer(&mut self, upload: Upload, network: Network) {
        if network == Network::Silent {
            self.silent = Some(upload);
            return;
        }
        let ticket = upload.ticket;
        let answer = if upload.kind == UploadKind::Forget {
            self.forget_over(&upload, network)
        } else {
            self.batch_over(&upload, network)
        };
        self.call(|engine, now| engine.answer(now, ticket, &answer));
    }

    pub(crate) fn forget_over(&mut self, upload: &Upload, network: Network) -> HostAnswer {
        match network {
            Network::Delivers | Network::RefusesSome => self.server.forget(upload),
            Network::LosesAnswer => {
                self.server.forget(upload);
                HostAnswer::TimedOut
            }
            other => answer_of(other),
        }
    }

    pub(crate) fn batch_over(&mut self, upload: &Upload, network: Network) -> HostAnswer {
        // Unpacked when it was handed out, unless it was silent since.
        let raw = self
            .unpacked
            .take_if(|(ticket, _)| *ticket == upload.ticket);
        let raw = raw.map_or_else(|| raw_of(upload), |(_, raw)| raw);
        if raw.len() > self.takes_bytes
            && matches!(network, Network::Delivers | Network::LosesAnswer)
        {
            self.may_lose |= upload.events == 1;
            return status(413);
        }
        match network {
            Network::Delivers => self.server.take(&raw, |_| false),
            Network::RefusesSome => {
                self.may_lose = true;
                self.server.take(&raw, |n| n % 5 == 0)
            }
            Network::RefusesAll => {
                self.may_lose = true;
                status(400)
            }
            Network::LosesAnswer => {
                self.server.take(&raw, |_| false);
                if self.chance.one_in(2) {
                    HostAnswer::TimedOut
                } else {
                    HostAnswer::Unreachable
                }
            }
            other => answer_of(other),
        }
    }

    /// Lets everything heal, grants consent and waits until the queue is empty.
    pub(crate) fn drain(&mut self) {
        self.store_fails = false;
        self.takes_bytes = usize::MAX;
        if self.consent != Consent::Full && self.consent != Consent::MeasureOnly {
            self.happen(&Happening::Choice(Consent::Full));
        }
        if let Some(upload) = self.silent.take() {
            self.transfer(upload, Network::LosesRequest);
        }
        self.happen(&Happening::Background);
        for _ in 0..20_000 {
            match self.next_step() {
                Step::Send(upload) => self.transfer(upload, Network::Delivers),
                Step::Wait(wait) => self.pass(u64::try_from(wait.as_millis()).unwrap()),
                _ => return self.check_drained(),
            }
            self.check();
        }
        panic!(
            "the queue does not drain: {:?}",
            self.engine.as_ref().unwrap().stats(self.now)
        );
    }
}

fn answer_of(network: Network) -> HostAnswer {
    let page = |code, body: &str| HostAnswer::Http {
        code,
        retry_after: None,
        body: body.into(),
    };
    match network {
        Network::CaptivePortal => page(200, "<html>Welcome! Please log in.</html>"),
        Network::Redirect => page(302, ""),
        Network::NotFound => page(404, "not found"),
        Network::TooBusy => HostAnswer::Http {
            code: 429,
            retry_after: Some("7".into()),
            body: Vec::new(),
        },
        Network::ServerError => status(503),
        Network::WrongCounts => taken(7_777),
        Network::RefusesKey => status(401),
        Network::RefusesAll => status(400),
        _ => HostAnswer::Unreachable,
    }
}
