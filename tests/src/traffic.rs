//! Batches as SDKs send them, made from a seed, and a sender that judges answers as the SDK does.

use std::borrow::Cow;

use eyeline_core::wire::{Answer, Batch, Consent, ConsentMode, Event, Extra, Kind, Previous};
use eyeline_core::{Id, UnixMillis};

use crate::dice::Dice;

/// One start of an SDK, which numbers its events from 1.
#[derive(Debug, Clone)]
pub struct Instance {
    id: Id,
    anon: Id,
    affiliate: String,
    t0: UnixMillis,
    captured: u64,
    batches: u64,
    previous: Option<(Id, u64)>,
}

/// A batch on its way.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// The instance.
    pub inst: Id,
    /// When it started.
    pub t0: UnixMillis,
    /// Numbers of its events, first and last.
    pub numbers: (u64, u64),
    /// The batch as JSON.
    pub body: Vec<u8>,
}

impl Instance {
    /// A new visitor's first start.
    pub fn start(affiliate: &str, t0: UnixMillis, dice: &mut Dice) -> Self {
        Self {
            id: Id::random(dice),
            anon: Id::random(dice),
            affiliate: affiliate.to_owned(),
            t0,
            captured: 0,
            batches: 0,
            previous: None,
        }
    }

    /// The same visitor starts again; the new instance tells how many events this one had captured.
    #[must_use]
    pub fn restart(&self, t0: UnixMillis, dice: &mut Dice) -> Self {
        Self {
            id: Id::random(dice),
            t0,
            captured: 0,
            batches: 0,
            previous: Some((self.id, self.captured)),
            ..self.clone()
        }
    }

    /// The instance's id.
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    /// The visitor's id.
    #[must_use]
    pub fn anon(&self) -> Id {
        self.anon
    }

    /// Events captured so far.
    #[must_use]
    pub fn captured(&self) -> u64 {
        self.captured
    }

    /// A batch of renders, each of an impression of its own, one every 10 ms.
    pub fn renders(&mut self, count: u64) -> Sealed {
        let events = (1..=count).map(|offset| {
            let n = self.captured + offset;
            let mut render = Event::new(Kind::Render, n, i64::try_from(n * 10).unwrap_or(i64::MAX));
            render.imp = Some(n);
            render.content = Some(Cow::Owned(format!("item-{}", n % 50)));
            render.placement = Some(Cow::Borrowed("list"));
            render.position = u32::try_from(offset).ok();
            render.measurable = Some(true);
            render
        });
        let events: Vec<_> = events.collect();
        self.seal(events)
    }

    /// A batch of these events, which must carry the instance's next numbers.
    pub fn seal(&mut self, events: Vec<Event<'_>>) -> Sealed {
        let first = self.captured + 1;
        self.captured += events.len() as u64;
        self.batches += 1;
        let mut batch = Batch::new(
            self.id,
            self.batches,
            "tests/1.0.0",
            self.t0,
            self.affiliate.as_str(),
        );
        batch.consent = Consent {
            mode: ConsentMode::Full,
            ..Consent::default()
        };
        batch.user.anon = Some(self.anon);
        batch.loss = [("cap", self.captured)].into_iter().collect();
        batch.previous = self.previous.map(|(inst, captured)| Previous {
            inst,
            captured,
            extra: Extra::default(),
        });
        batch.events = events;
        Sealed {
            inst: self.id,
            t0: self.t0,
            numbers: (first, self.captured),
            body: batch.encode(),
        }
    }
}

impl Sealed {
    /// How many events it holds.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.numbers.1 + 1 - self.numbers.0
    }
}

/// Sends a batch once, at `now` by the device's clocks. `true`: the answer is the collector's and accounts for every event.
pub async fn deliver(
    client: &reqwest::Client,
    collector: &str,
    key: &str,
    batch: &Sealed,
    now: UnixMillis,
) -> bool {
    let (wall, since_start) = (now.as_i64(), now.since(batch.t0).as_millis());
    let url = format!("{collector}/v1/batch?k={key}&w={wall}&s={since_start}&a=1");
    let Ok(answer) = client.post(url).body(batch.body.clone()).send().await else {
        return false;
    };
    if !answer.status().is_success() {
        return false;
    }
    let Ok(body) = answer.bytes().await else {
        return false;
    };
    Answer::decode(&body)
        .is_ok_and(|answer| answer.ok + answer.rejected.len() as u64 == batch.events())
}
