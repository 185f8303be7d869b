//! An engine with sane defaults for statements about one behaviour.

use std::time::Duration;

use eyeline_core::wire::Batch;
use eyeline_core::{
    AffiliateId, Config, Consent, ContentId, Convert, Engine, Goal, HostAnswer, Impression, Label,
    MonoMillis, Now, PlacementId, Refused, Step, UnixMillis, Upload,
};

use crate::chance::Chance;
use crate::server::{raw, taken};
use crate::store::Store;

pub(crate) struct Rig {
    pub(crate) engine: Engine,
    pub(crate) store: Store,
    pub(crate) now: Now,
    config: Config,
    starts: u64,
}

/// Full consent, one event a batch.
pub(crate) fn rig() -> Rig {
    rig_with(|_| {})
}

pub(crate) fn rig_with(configure: impl FnOnce(&mut Config)) -> Rig {
    let mut config = Config::new(
        AffiliateId::new("zozo-men").unwrap(),
        Label::new("test/1.0.0").unwrap(),
    );
    config.consent = Consent::Full;
    config.batch_events = 1;
    configure(&mut config);
    let now = Now {
        wall: UnixMillis::from_i64(1_700_000_000_000),
        mono: MonoMillis::from_u64(1_000_000),
    };
    let engine = Engine::start(
        config.clone(),
        Store::default().saved(),
        now,
        Box::new(Chance(1)),
    );
    let mut rig = Rig {
        engine,
        store: Store::default(),
        now,
        config,
        starts: 1,
    };
    rig.keep();
    rig
}

impl Rig {
    /// Calls the engine and stores what it hands out.
    pub(crate) fn call<T>(&mut self, call: impl FnOnce(&mut Engine, Now) -> T) -> T {
        let result = call(&mut self.engine, self.now);
        self.keep();
        result
    }

    pub(crate) fn keep(&mut self) {
        if let Some(writes) = self.engine.take_writes() {
            self.store.apply(&writes);
        }
    }

    pub(crate) fn track(&mut self) -> Result<u64, Refused> {
        self.call(|engine, now| engine.track(now, Convert::new(Goal::new("purchase").unwrap())))
    }

    pub(crate) fn track_many(&mut self, events: u64) {
        for _ in 0..events {
            self.track().unwrap();
        }
    }

    pub(crate) fn pass(&mut self, by: Duration) {
        self.now = Now {
            wall: self.now.wall.plus(by),
            mono: self.now.mono.plus(by),
        };
    }

    pub(crate) fn step(&mut self) -> Step {
        self.call(Engine::next_step)
    }

    /// The upload that is due now.
    pub(crate) fn upload(&mut self) -> Upload {
        match self.step() {
            Step::Send(upload) => upload,
            other => panic!("nothing to send: {other:?}"),
        }
    }

    /// How long the engine asks to wait.
    pub(crate) fn wait(&mut self) -> Duration {
        match self.step() {
            Step::Wait(wait) => wait,
            other => panic!("no wait: {other:?}"),
        }
    }

    pub(crate) fn answer(&mut self, upload: &Upload, answer: &HostAnswer) {
        let ticket = upload.ticket;
        self.call(|engine, now| engine.answer(now, ticket, answer));
    }

    /// Sends the next upload and reports this answer to it.
    pub(crate) fn send(&mut self, answer: &HostAnswer) -> Upload {
        let upload = self.upload();
        self.answer(&upload, answer);
        upload
    }

    pub(crate) fn deliver(&mut self) -> Upload {
        let upload = self.upload();
        let answer = taken(upload.events.max(1));
        self.answer(&upload, &answer);
        upload
    }

    /// Waits as long as the engine asks, then sends.
    pub(crate) fn send_when_due(&mut self, answer: &HostAnswer) -> Upload {
        loop {
            match self.step() {
                Step::Send(upload) => {
                    self.answer(&upload, answer);
                    return upload;
                }
                Step::Wait(wait) => self.pass(wait),
                other => panic!("nothing will be due: {other:?}"),
            }
        }
    }

    /// The process dies and starts again on what was stored.
    pub(crate) fn restart(&mut self) {
        self.restart_with(|_| {});
    }

    pub(crate) fn restart_with(&mut self, configure: impl FnOnce(&mut Config)) {
        configure(&mut self.config);
        self.starts += 1;
        let bits = Box::new(Chance(self.starts));
        self.engine = Engine::start(self.config.clone(), self.store.saved(), self.now, bits);
        self.keep();
    }
}

pub(crate) fn impression() -> Impression {
    Impression::new(
        ContentId::new("item-men-14").unwrap(),
        PlacementId::new("recs-top").unwrap(),
    )
}

/// Reads an upload's batch and passes it on: it borrows from bytes that live no longer.
pub(crate) fn read<T>(upload: &Upload, read: impl FnOnce(&Batch<'_>) -> T) -> T {
    let raw = raw(upload);
    read(&Batch::decode(&raw).unwrap())
}

/// The numbers of an upload's events.
pub(crate) fn numbers(upload: &Upload) -> Vec<u64> {
    read(upload, |batch| {
        batch.events.iter().map(|event| event.n).collect()
    })
}

/// The kinds of an upload's events.
pub(crate) fn kinds(upload: &Upload) -> Vec<String> {
    read(upload, |batch| {
        batch
            .events
            .iter()
            .map(|event| event.kind.as_str().to_owned())
            .collect()
    })
}
