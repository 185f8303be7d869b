//! kill -9 of a real collector process, again and again: every acknowledged line is stored exactly once.
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use eyeline_collector::{
    Collector, EventSink, FileSink, FileSinkOptions, MemorySink, Spool, SpoolOptions, SpooledSink,
};
use eyeline_core::UnixMillis;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::Notify;

use crate::support::{KEY, NOW, client, keys, lines_below, renders};

const FOLDER: &str = "EYELINE_KILL_FOLDER";
const SINK: &str = "EYELINE_KILL_SINK";
const FILES: &str = "files";
const SPOOL: &str = "spool";
/// How many kills; more by environment for a soak.
const KILLS: &str = "EYELINE_KILLS";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_files_acknowledged_survives_every_kill_exactly_once() {
    let folder = tempfile::tempdir().unwrap();
    let sent = kill_again_and_again(folder.path(), FILES).await;
    assert_stored_once(&sent, lines_below(folder.path()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_spool_acknowledged_survives_every_kill_exactly_once() {
    let folder = tempfile::tempdir().unwrap();
    let sent = kill_again_and_again(folder.path(), SPOOL).await;
    let options = SpoolOptions::durable(folder.path().join("spool"));
    let (spool, memory) = (
        Spool::open(&options).unwrap().unwrap(),
        MemorySink::default(),
    );
    while spool.drain_some(&memory).await.unwrap() {}
    assert_stored_once(&sent, memory.lines());
}

/// Kills collectors over one folder, then lets a last one start and stop in peace. The events they acknowledged.
async fn kill_again_and_again(folder: &Path, sink: &str) -> Vec<u64> {
    std::fs::write(folder.join("keys.json"), keys().to_string()).unwrap();
    let kills: u64 = std::env::var(KILLS).map_or(5, |kills| kills.parse().unwrap());
    let next = Arc::new(AtomicU64::new(0));
    let mut acknowledged = Vec::new();
    for round in 0..kills {
        let (mut child, address, _output) = start(folder, sink).await;
        // Where the kill falls within a write is up to the machine; how many answers precede it is not.
        let kill_at = 1 + round * 7 % 40;
        acknowledged.extend(send_until_killed(&mut child, address, &next, kill_at).await);
    }
    assert!(acknowledged.len() as u64 >= kills);
    let (mut child, _, _output) = start(folder, sink).await;
    // Closing its input asks the child to stop as a signal would.
    drop(child.stdin.take());
    assert!(child.wait().await.unwrap().success());
    acknowledged
}

/// Nobody sends an event twice here, so none may be stored twice, acknowledged or not.
fn assert_stored_once(acknowledged: &[u64], lines: Vec<String>) {
    let mut stored = BTreeSet::new();
    for line in lines {
        let line: Value = serde_json::from_str(&line).unwrap();
        let n = line["b"]["ev"][0]["n"].as_u64().unwrap();
        assert!(stored.insert(n), "event {n} is stored twice");
    }
    for n in acknowledged {
        assert!(
            stored.contains(n),
            "event {n} was acknowledged and is not stored"
        );
    }
}

/// Whoever lets go of the child's output makes its last words fail.
type Output = Lines<BufReader<ChildStdout>>;

async fn start(folder: &Path, sink: &str) -> (Child, SocketAddr, Output) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child_process", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .env(SINK, sink)
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

/// The process that is killed: a collector over files that rotate often, or over a spool behind a sink that always fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the kill test runs it as a process of its own"]
async fn child_process() {
    let folder = std::env::var(FOLDER).expect("the kill test names the folder");
    let sink: Arc<dyn EventSink> = match std::env::var(SINK).as_deref() {
        Ok(SPOOL) => {
            let spool = Spool::open(&SpoolOptions::durable(Path::new(&folder).join("spool")));
            let failing = MemorySink::default();
            failing.fail(true);
            Arc::new(SpooledSink::new(Arc::new(failing), spool.unwrap().unwrap()))
        }
        _ => {
            let mut options = FileSinkOptions::default();
            options.rotate_bytes = 2_000;
            Arc::new(FileSink::open(&folder, options).unwrap())
        }
    };
    let keys = Path::new(&folder).join("keys.json");
    let collector = Collector::builder()
        .keys(keys)
        .sink(sink)
        .clock(Arc::new(|| UnixMillis::from_i64(NOW)))
        .build()
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("listening on {}", listener.local_addr().unwrap());
    let parent_lets_go = tokio::task::spawn_blocking(|| std::io::read_to_string(std::io::stdin()));
    let parent_lets_go = async { drop(parent_lets_go.await) };
    collector.serve(listener, parent_lets_go).await.unwrap();
}
