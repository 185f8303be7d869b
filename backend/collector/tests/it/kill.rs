//! kill -9 of a real collector process, again and again: every acknowledged line is in the files exactly once.
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use eyeline_collector::{Collector, FileSink, FileSinkOptions};
use eyeline_core::UnixMillis;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::Notify;

use crate::support::{KEY, NOW, client, keys, lines_below, renders};

const FOLDER: &str = "EYELINE_KILL_FOLDER";
/// How many kills; more by environment for a soak.
const KILLS: &str = "EYELINE_KILLS";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_every_kill_exactly_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("keys.json"), keys().to_string()).unwrap();
    let kills: u64 = std::env::var(KILLS).map_or(5, |kills| kills.parse().unwrap());
    let mut sent = Sent::default();
    for round in 0..kills {
        let (mut child, address, _output) = start(folder.path()).await;
        // Where the kill falls within a write is up to the machine; how many answers precede it is not.
        let acknowledged =
            send_until_killed(&mut child, address, &sent.next, 1 + round * 7 % 40).await;
        sent.acknowledged.extend(acknowledged);
    }
    let (mut child, _, _output) = start(folder.path()).await;
    // Closing its input asks the child to stop as a signal would.
    drop(child.stdin.take());
    assert!(child.wait().await.unwrap().success());
    let mut stored: BTreeMap<u64, u64> = BTreeMap::new();
    for line in lines_below(folder.path()) {
        let line: Value = serde_json::from_str(&line).unwrap();
        *stored
            .entry(line["b"]["ev"][0]["n"].as_u64().unwrap())
            .or_default() += 1;
    }
    assert!(sent.acknowledged.len() as u64 >= kills);
    for n in &sent.acknowledged {
        assert_eq!(stored.get(n), Some(&1), "acknowledged event {n}");
    }
    assert!(stored.values().all(|times| *times == 1));
}

#[derive(Default)]
struct Sent {
    next: Arc<AtomicU64>,
    acknowledged: Vec<u64>,
}

/// Whoever lets go of the child's output makes its last words fail.
type Output = Lines<BufReader<ChildStdout>>;

async fn start(folder: &Path) -> (Child, SocketAddr, Output) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child_process", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    loop {
        let line = lines
            .next_line()
            .await
            .unwrap()
            .expect("the child prints its address before it ends");
        if let Some((_, address)) = line.split_once("listening on ") {
            return (child, address.parse().unwrap(), lines);
        }
    }
}

/// Eight connections send one event a batch until the child is gone; it is killed at the given count of answers, while
/// others are under way.
async fn send_until_killed(
    child: &mut Child,
    address: SocketAddr,
    next: &Arc<AtomicU64>,
    kill_at: u64,
) -> Vec<u64> {
    let answered = Arc::new(AtomicU64::new(0));
    let enough = Arc::new(Notify::new());
    let senders: Vec<_> = (0..8)
        .map(|_| {
            let (next, answered, enough) =
                (Arc::clone(next), Arc::clone(&answered), Arc::clone(&enough));
            tokio::spawn(async move {
                let client = client();
                let mut acknowledged = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::SeqCst) + 1;
                    let request = client
                        .post(format!("http://{address}/v1/batch?k={KEY}"))
                        .body(renders([n]).to_string());
                    let Ok(answer) = request.send().await else {
                        return acknowledged;
                    };
                    if answer.status() != 200 {
                        return acknowledged;
                    }
                    acknowledged.push(n);
                    if answered.fetch_add(1, Ordering::SeqCst) + 1 == kill_at {
                        enough.notify_one();
                    }
                }
            })
        })
        .collect();
    enough.notified().await;
    child.kill().await.unwrap();
    let mut acknowledged = Vec::new();
    for sender in senders {
        acknowledged.extend(sender.await.unwrap());
    }
    acknowledged
}

/// The process that is killed: a collector over a file sink that rotates often.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the kill test runs it as a process of its own"]
async fn child_process() {
    let folder = std::env::var(FOLDER).expect("the kill test names the folder");
    let mut options = FileSinkOptions::default();
    options.rotate_bytes = 2_000;
    let sink = FileSink::open(&folder, options).unwrap();
    let keys = Path::new(&folder).join("keys.json");
    let collector = Collector::builder()
        .keys(keys)
        .sink(Arc::new(sink))
        .clock(Arc::new(|| UnixMillis::from_i64(NOW)))
        .build()
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("listening on {}", listener.local_addr().unwrap());
    let parent_lets_go = tokio::task::spawn_blocking(|| std::io::read_to_string(std::io::stdin()));
    let parent_lets_go = async { drop(parent_lets_go.await) };
    collector.serve(listener, parent_lets_go).await.unwrap();
}
