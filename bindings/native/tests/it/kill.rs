//! `kill -9` at any moment: no event for which `track` returned is missing afterwards, and none is there under two keys.
//!
//! This test binary starts itself as the child. `EYELINE_KILLS` says how often (300 unless told).

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
    let kills: u32 = env::var(KILLS).map_or(300, |kills| kills.parse().unwrap());
    let (collector, directory) = (Collector::start().await, tempfile::tempdir().unwrap());
    let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &SEED);
    let mut tracked = BTreeSet::new();
    for run in 0..kills {
        let mut child = start_child(&collector.url(), directory.path(), run);
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let patience = random.next_u32() % EVENTS_A_RUN;
        let order_of = |line: String| Some(line.strip_prefix(RETURNED)?.trim().to_owned());
        tracked.extend(lines.by_ref().filter_map(order_of).take(patience as usize));
        child.kill().unwrap();
        child.wait().unwrap();
        // What was already in the pipe had returned before the kill, too.
        tracked.extend(lines.filter_map(order_of));
        if (run + 1) % RUNS_BETWEEN_COUNTS == 0 || run + 1 == kills {
            count(&collector, directory.path(), std::mem::take(&mut tracked)).await;
        }
    }
}

/// Reopens the directory, sends what is in it, and compares what the collector took since the last count with what was
/// tracked since then.
async fn count(collector: &Collector, directory: &Path, tracked: BTreeSet<String>) {
    let builder = Client::builder(&collector.url(), "key-1", "zozo-men").directory(directory);
    let client = builder.consent(Consent::Full).build().unwrap();
    while client.flush(LONG).await != Flushed::Complete {
        // A kill in the middle of a request left a back-off behind.
        tokio::time::sleep(client.stats().blocked_for.unwrap_or_default()).await;
    }
    let stats = client.stats();
    assert_eq!((stats.captured, stats.lost.len()), (stats.delivered, 0));
    client.shutdown(LONG).await;
    let mut keys: BTreeMap<String, BTreeSet<(String, u64)>> = BTreeMap::new();
    for event in collector.take_events() {
        if let Some(order) = event.order {
            keys.entry(order).or_default().insert((event.inst, event.n));
        }
    }
    let missing: Vec<_> = tracked
        .iter()
        .filter(|order| !keys.contains_key(*order))
        .collect();
    assert!(
        missing.is_empty(),
        "{} of {} missing: {missing:?}",
        missing.len(),
        tracked.len()
    );
    let twice: Vec<_> = keys.iter().filter(|(_, keys)| keys.len() > 1).collect();
    assert!(twice.is_empty(), "under two keys: {twice:?}");
    // At most the one event a run whose `track` had not yet returned, or whose line the kill tore.
    let unspoken = keys.len() - tracked.len();
    assert!(
        unspoken <= RUNS_BETWEEN_COUNTS as usize,
        "{unspoken} events nobody tracked"
    );
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
    for number in 0_u64.. {
        let order_number = format!("{run}-{number}");
        client.track(order(&order_number)).unwrap();
        // So wide that the pipe holds few of them: the kill finds the child at work, not far ahead.
        writeln!(std::io::stdout().lock(), "\n{RETURNED}{order_number:>250}").unwrap();
    }
}

const KILLS: &str = "EYELINE_KILLS";
const CHILD: &str = "EYELINE_TEST_CHILD";
const DIRECTORY: &str = "EYELINE_TEST_DIRECTORY";
const RETURNED: &str = "returned ";
const SEED: [u8; 32] = [7; 32];
const EVENTS_A_RUN: u32 = 350;
const RUNS_BETWEEN_COUNTS: u32 = 20;
