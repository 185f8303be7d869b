//! `kill -9` at any moment: no event for which `track` returned is missing afterwards, and none is there under two keys.
//!
//! This test binary starts itself as the child. `EYELINE_KILLS` says how often (200 unless told).

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use eyeline::{Client, Consent, Flushed};
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

use crate::collector::Collector;
use crate::support::{LONG, order};

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_loses_no_event_for_which_track_returned() {
    let kills: u32 = env::var(KILLS).map_or(200, |kills| kills.parse().unwrap());
    let (collector, directory) = (Collector::start().await, tempfile::tempdir().unwrap());
    let seed: [u8; 32] = [7; 32];
    let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut tracked = BTreeSet::new();
    for run in 0..kills {
        let mut child = start_child(&collector.url(), directory.path(), run);
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let patience = random.next_u32() % EVENTS_A_RUN;
        let order_of = |line: &str| line.strip_prefix(RETURNED).map(str::to_owned);
        tracked.extend(
            lines
                .by_ref()
                .filter_map(|line| order_of(&line))
                .take(patience as usize),
        );
        child.kill().unwrap();
        child.wait().unwrap();
        // What was already in the pipe had returned before the kill, too.
        tracked.extend(lines.filter_map(|line| order_of(&line)));
        if run % RUNS_BETWEEN_COUNTS == 0 || run + 1 == kills {
            count(&collector, directory.path(), &tracked).await;
        }
    }
}

/// Reopens the directory, sends what is in it, and compares what the collector has ever taken with what was tracked.
async fn count(collector: &Collector, directory: &Path, tracked: &BTreeSet<String>) {
    let client = Client::builder(&collector.url(), "key-1", "zozo-men")
        .directory(directory)
        .build()
        .unwrap();
    while client.flush(LONG).await != Flushed::Complete {
        // A kill in the middle of a request left a back-off behind.
        tokio::time::sleep(client.stats().blocked_for.unwrap_or_default()).await;
    }
    let stats = client.stats();
    assert_eq!((stats.captured, stats.lost.len()), (stats.delivered, 0));
    client.shutdown(LONG).await;
    let mut keys: BTreeMap<String, BTreeSet<(String, u64)>> = BTreeMap::new();
    for event in collector.taken() {
        if let Some(order) = event.order {
            keys.entry(order).or_default().insert((event.inst, event.n));
        }
    }
    let missing: Vec<_> = tracked
        .iter()
        .filter(|order| !keys.contains_key(*order))
        .collect();
    assert!(missing.is_empty(), "{} missing: {missing:?}", missing.len());
    let twice: Vec<_> = keys.iter().filter(|(_, keys)| keys.len() > 1).collect();
    assert!(twice.is_empty(), "under two keys: {twice:?}");
}

fn start_child(url: &str, directory: &Path, run: u32) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--nocapture"])
        .env(CHILD, format!("{url} {run}"))
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Not a test of its own: what the child does, and nothing unless it is one.
#[test]
fn child() {
    let Ok(task) = env::var(CHILD) else { return };
    let (url, run) = task.split_once(' ').unwrap();
    let builder =
        Client::builder(url, "key-1", "zozo-men").directory(env::var_os(DIRECTORY).unwrap());
    let client = builder.consent(Consent::Full).build().unwrap();
    for number in 0..EVENTS_A_RUN {
        let order_number = format!("{run}-{number}");
        client.track(order(&order_number)).unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "\n{RETURNED}{order_number}").unwrap();
    }
    // Until it is killed, so that no kill comes too late.
    loop {
        std::thread::park();
    }
}

const KILLS: &str = "EYELINE_KILLS";
const CHILD: &str = "EYELINE_TEST_CHILD";
const DIRECTORY: &str = "EYELINE_TEST_DIRECTORY";
const RETURNED: &str = "returned ";
const EVENTS_A_RUN: u32 = 350;
const RUNS_BETWEEN_COUNTS: u32 = 20;
