//! `kill -9` at any moment: no event for which the call returned is missing afterwards.
//!
//! This test binary starts itself as the child. `EYELINE_KILLS` says how often (20 unless told).

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use eyeline_mobile::{Client, TransportError};

use crate::world::{Bench, Collector, LONG_MS, Reply, config, order};

#[test]
fn a_killed_process_loses_no_event_for_which_the_call_returned() {
    let kills: usize = env::var(KILLS).map_or(20, |kills| kills.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let mut returned = BTreeSet::new();
    for run in 0..kills {
        let mut child = start_child(directory.path(), run);
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let order_of = |line: String| Some(line.strip_prefix(RETURNED)?.trim().to_owned());
        // Each time elsewhere in the work; 37 and 101 have no common divisor, so every length comes.
        returned.extend(lines.by_ref().filter_map(order_of).take(run * 37 % 101));
        child.kill().unwrap();
        child.wait().unwrap();
        // What was already in the pipe had returned before the kill, too.
        returned.extend(lines.filter_map(order_of));
    }
    let bench = Bench::in_directory(directory.path());
    bench.client.flush(LONG_MS);
    while bench.client.stats().queued > 0 {
        bench.pass_back_off();
    }
    let stats = bench.client.stats();
    assert_eq!((stats.captured, stats.lost.len()), (stats.delivered, 0));
    let taken = bench.collector.orders();
    let missing: Vec<_> = returned.difference(&taken).collect();
    assert!(
        missing.is_empty(),
        "{} of {} missing",
        missing.len(),
        returned.len()
    );
    assert!(!returned.is_empty());
    // At most the one event a run whose call had not returned, or whose line the kill tore.
    assert!(taken.len() - returned.len() <= kills);
}

fn start_child(directory: &Path, run: usize) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--nocapture"])
        .env(CHILD, run.to_string())
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Not a test of its own: what the child does, and nothing unless it is one.
#[test]
fn child() {
    let Ok(run) = env::var(CHILD) else { return };
    let mut config = config();
    config.directory = env::var(DIRECTORY).ok();
    let collector = Collector::default();
    // Offline: whatever was recorded is still there when the parent counts.
    collector.script((0..100_000).map(|_| Reply::Fail(TransportError::Unreachable)));
    let client = Client::new(config, Arc::new(collector), None).unwrap();
    for number in 0_u64.. {
        let number = format!("{run}-{number}");
        assert_ne!(client.convert(order(&number)), 0);
        // So wide that the pipe holds few of them: the kill finds the child at work, not far ahead.
        writeln!(std::io::stdout().lock(), "\n{RETURNED}{number:>250}").unwrap();
    }
}

const KILLS: &str = "EYELINE_KILLS";
const CHILD: &str = "EYELINE_TEST_CHILD";
const DIRECTORY: &str = "EYELINE_TEST_DIRECTORY";
const RETURNED: &str = "returned ";
