//! One call until Firehose has all of it: what failed is sent again, and nothing else is.
use std::io;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::Instant;

use super::pack::Record;
use super::put::{Failure, Put};
use super::tally::Tally;
use crate::sink::SinkError;

/// Who waits for a piece, and the room it takes until it is answered.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) done: oneshot::Sender<Result<(), SinkError>>,
    pub(super) _room: OwnedSemaphorePermit,
}

/// How long a call is tried.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// Longest first pause; it doubles with every further failure.
    pub(super) first_pause: Duration,
    /// No attempt begins this long after the first.
    pub(super) give_up_after: Duration,
}

/// Longest pause between two attempts (ours): clients wait for the answer meanwhile.
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// Puts the records, tells each one's waiters as soon as it is known, and gives up on what is left in time.
pub(super) async fn deliver(
    put: &dyn Put,
    mut records: Vec<Record<Waiting>>,
    patience: Patience,
    tally: &Tally,
) {
    let give_up = Instant::now() + patience.give_up_after;
    let mut pause_max = patience.first_pause;
    loop {
        let data: Vec<_> = records.iter().map(|record| record.data.clone()).collect();
        let failure = match put.put(&data).await {
            Ok(answers) if answers.len() == records.len() => {
                let Some(failure) = settle(&mut records, answers, tally) else {
                    return;
                };
                failure
            }
            // Which entry an answer is about can't be told: all of them are sent again, and the loader drops the copies.
            Ok(answers) => Failure::Failed(format!(
                "{} answers for {} records",
                answers.len(),
                records.len()
            )),
            Err(failure) => failure,
        };
        tally.failed(&failure, records.len());
        let pause = jittered(pause_max);
        if matches!(failure, Failure::Refused(_)) || Instant::now() + pause >= give_up {
            tracing::error!(%failure, records = records.len(), "records could not be put into Firehose");
            tally.gave_up();
            for record in records {
                tell(record, || Err(error_of(&failure)));
            }
            return;
        }
        tokio::time::sleep(pause).await;
        pause_max = (pause_max * 2).min(PAUSE_MAX);
    }
}

/// Takes the records off that are stored. Gives why others are not: throttling above all, as it asks for the most patience.
fn settle(
    records: &mut Vec<Record<Waiting>>,
    answers: Vec<Result<(), Failure>>,
    tally: &Tally,
) -> Option<Failure> {
    let mut why: Option<Failure> = None;
    for (record, answer) in std::mem::take(records).into_iter().zip(answers) {
        match answer {
            Ok(()) => {
                tally.stored(record.data.len());
                tell(record, || Ok(()));
            }
            Err(failure) => {
                records.push(record);
                if !matches!(why, Some(Failure::Throttled(_))) {
                    why = Some(failure);
                }
            }
        }
    }
    why
}

fn tell(record: Record<Waiting>, result: impl Fn() -> Result<(), SinkError>) {
    for waiting in record.waiting {
        // A caller that gave up (its client hung up) has no use for the answer.
        drop(waiting.done.send(result()));
    }
}

fn error_of(failure: &Failure) -> SinkError {
    match failure {
        Failure::Throttled(_) => SinkError::Throttled,
        Failure::Failed(_) | Failure::Refused(_) => {
            SinkError::Storage(io::Error::other(failure.to_string()))
        }
    }
}

/// Full jitter: anything up to `most`, so that many collectors do not come back at the same moment.
fn jittered(most: Duration) -> Duration {
    let mut random = [0; 4];
    // Without entropy all wait the whole pause, which is safe.
    let share = getrandom::fill(&mut random).map_or(1.0, |()| {
        f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX)
    });
    most.mul_f64(share)
}
