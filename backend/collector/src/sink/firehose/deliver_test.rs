//! What is sent again, and who is told what.
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use proptest::prelude::*;

use super::deliver::Patience;
use super::put::{Failure, Put};
use super::queue::{Bounds, Queue};
use super::tally::Tally;
use crate::sink::SinkError;

type Answer = Result<Vec<Result<(), Failure>>, Failure>;
type Script = VecDeque<Box<dyn Fn(usize) -> Answer + Send>>;

/// Answers as told, then takes everything; remembers every call.
#[derive(Default)]
struct Told {
    answers: Mutex<Script>,
    calls: Mutex<Vec<Vec<Bytes>>>,
    stored: Mutex<Vec<Bytes>>,
}

impl Told {
    fn answer(self, answer: impl Fn(usize) -> Answer + Send + 'static) -> Self {
        self.answers.lock().unwrap().push_back(Box::new(answer));
        self
    }

    fn calls(&self) -> Vec<Vec<Bytes>> {
        self.calls.lock().unwrap().clone()
    }

    fn stored(&self) -> Vec<u8> {
        self.stored.lock().unwrap().concat()
    }
}

#[async_trait]
impl Put for Told {
    async fn put(&self, records: &[Bytes]) -> Answer {
        self.calls.lock().unwrap().push(records.to_vec());
        let answer = self.answers.lock().unwrap().pop_front();
        let answer = answer.map_or_else(|| Ok(vec![Ok(()); records.len()]), |it| it(records.len()));
        if let Ok(entries) = &answer {
            let taken = records
                .iter()
                .zip(entries)
                .filter(|(_, entry)| entry.is_ok());
            let taken = taken.map(|(record, _)| record.clone());
            self.stored.lock().unwrap().extend(taken);
        }
        answer
    }
}

const HURRY: Patience = Patience {
    first_pause: Duration::ZERO,
    give_up_after: Duration::from_secs(60),
};

fn queue(put: &Arc<Told>, patience: Patience) -> (Queue, Arc<Tally>) {
    lingering(put, patience, Duration::ZERO)
}

fn lingering(put: &Arc<Told>, patience: Patience, linger: Duration) -> (Queue, Arc<Tally>) {
    let tally = Arc::new(Tally::default());
    let bounds = Bounds {
        linger,
        calls_in_flight: 1,
        queue_bytes: 64 << 20,
        patience,
    };
    let put: Arc<dyn Put> = Arc::clone(put) as _;
    (Queue::start(put, bounds, Arc::clone(&tally)), tally)
}

/// Four records: none of the lines shares one with its neighbour.
fn four() -> Bytes {
    let line = |byte: u8| {
        let mut line = vec![byte; 600_000];
        line[599_999] = b'\n';
        line
    };
    [line(b'a'), line(b'b'), line(b'c'), line(b'd')]
        .concat()
        .into()
}

fn throttled() -> Failure {
    Failure::Throttled("slow down".into())
}

#[tokio::test]
async fn only_failed_entries_are_sent_again() {
    let put = Told::default().answer(|records| {
        let entry = |number| {
            if number % 2 == 1 {
                Err(throttled())
            } else {
                Ok(())
            }
        };
        Ok((0..records).map(entry).collect())
    });
    let put = Arc::new(put);
    let (queue, _) = queue(&put, HURRY);
    queue.store(four()).await.unwrap();
    queue.close().await;
    let firsts: Vec<Vec<u8>> = put
        .calls()
        .iter()
        .map(|call| call.iter().map(|record| record[0]).collect())
        .collect();
    assert!(
        firsts.iter().any(|call| call == b"b" || call == b"bd"),
        "{firsts:?}"
    );
    let mut stored = put.stored();
    stored.sort_unstable();
    let mut sent = four().to_vec();
    sent.sort_unstable();
    assert!(stored == sent, "each line once");
}

#[tokio::test]
async fn a_call_that_fails_whole_is_sent_again_whole() {
    let put = Told::default().answer(|_| Err(Failure::Failed("reset".into())));
    let put = Arc::new(put);
    let (queue, _) = queue(&put, HURRY);
    queue.store("one\n".into()).await.unwrap();
    assert_eq!(put.calls(), vec![vec![Bytes::from("one\n")]; 2]);
}

#[tokio::test]
async fn a_line_that_finds_no_call_on_its_way_waits_for_nobody() {
    let put = Arc::new(Told::default());
    let (queue, _) = lingering(&put, HURRY, Duration::from_secs(3_600));
    queue.store("one\n".into()).await.unwrap();
    assert_eq!(put.stored(), b"one\n");
}

#[tokio::test]
async fn fewer_answers_than_records_acknowledge_nothing() {
    let put = Arc::new(Told::default().answer(|_| Ok(Vec::new())));
    let (queue, _) = queue(&put, HURRY);
    queue.store("one\n".into()).await.unwrap();
    assert_eq!(put.calls().len(), 2);
}

#[tokio::test]
async fn what_is_throttled_for_too_long_is_told_so() {
    let put = Arc::new(Told::default().answer(|_| Err(throttled())));
    let (queue, tally) = queue(
        &put,
        Patience {
            give_up_after: Duration::ZERO,
            ..HURRY
        },
    );
    let told = queue.store("one\n".into()).await;
    assert!(matches!(told, Err(SinkError::Throttled)), "{told:?}");
    assert!(tally.is_failing());
    queue.store("two\n".into()).await.unwrap();
    assert!(!tally.is_failing());
}

#[tokio::test]
async fn what_firehose_refuses_is_not_asked_again() {
    let put = Told::default().answer(|_| Err(Failure::Refused("no such stream".into())));
    let put = Arc::new(put);
    let (queue, _) = queue(&put, HURRY);
    let told = queue.store("one\n".into()).await.unwrap_err().to_string();
    assert!(told.contains("no such stream"), "{told}");
    assert_eq!(put.calls().len(), 1);
}

#[tokio::test]
async fn closing_puts_what_waits_and_refuses_what_comes_after() {
    let put = Arc::new(Told::default());
    let (queue, _) = queue(&put, HURRY);
    let waiting = queue.store("one\n".into());
    futures::pin_mut!(waiting);
    assert!(futures::poll!(&mut waiting).is_pending());
    queue.close().await;
    waiting.await.unwrap();
    assert_eq!(put.stored(), b"one\n");
    let late = queue.store("two\n".into()).await;
    assert!(matches!(late, Err(SinkError::Closed)), "{late:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_fails_each_line_that_was_acknowledged_is_stored_once(
        sizes in prop::collection::vec(1..700_000usize, 1..8),
        failures in prop::collection::vec(prop::collection::vec(any::<bool>(), 4), 0..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let put = failures.into_iter().fold(Told::default(), |put, fails| {
                put.answer(move |records| Ok((0..records).map(|n| if fails[n % 4] { Err(throttled()) } else { Ok(()) }).collect()))
            });
            let put = Arc::new(put);
            let (queue, _) = queue(&put, HURRY);
            let calls = sizes.iter().enumerate().map(|(n, &size)| queue.store(format!("{n}{}\n", "x".repeat(size)).into()));
            for told in futures::future::join_all(calls).await {
                told.unwrap();
            }
            let stored = String::from_utf8(put.stored()).unwrap();
            let mut heads: Vec<_> = stored.lines().map(|line| line.trim_end_matches('x').parse::<usize>().unwrap()).collect();
            heads.sort_unstable();
            assert_eq!(heads, (0..sizes.len()).collect::<Vec<_>>());
        });
    }
}
