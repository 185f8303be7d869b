//! Pending consent leaves no byte on disk or wire: the process is watched from outside, by its system calls (Linux, with strace).
//!
//! This test binary starts itself as the child, under `strace`. Where that is missing the tests fail and say so; `cargo xtask test`
//! installs it.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::process::Command;

use eyeline::{
    Click, Client, Consent, ContentId, Impression, Page, PagePath, PlacementId, Visibility,
};

use crate::collector::Collector;
use crate::support::{LONG, order};

#[tokio::test(flavor = "multi_thread")]
async fn pending_consent_writes_no_byte_and_opens_no_connection() {
    let seen = trace("pending").await;
    assert_eq!(
        seen.written_to,
        BTreeMap::new(),
        "files written to, with their bytes"
    );
    assert_eq!(
        seen.opened,
        ["lock"],
        "only the lock, which stays empty, is opened for writing"
    );
    assert_eq!(seen.connections, Vec::<String>::new());
    assert_eq!(
        seen.bytes_on_disk, 0,
        "what the directory holds once the process is gone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn full_consent_is_seen_writing_and_connecting_by_the_same_eyes() {
    let seen = trace("full").await;
    assert!(seen.written_to.values().sum::<u64>() > 0, "{seen:?}");
    assert!(
        seen.opened.iter().any(|name| name.ends_with(".journal")),
        "{seen:?}"
    );
    assert!(!seen.connections.is_empty(), "{seen:?}");
}

/// What a process did.
#[derive(Debug)]
struct Seen {
    /// Names in its directory that were opened for writing, or made.
    opened: Vec<String>,
    /// Bytes written to files in its directory.
    written_to: BTreeMap<String, u64>,
    /// Sockets to other machines, and what was connected or sent.
    connections: Vec<String>,
    bytes_on_disk: u64,
}

/// Runs the child under strace and reads what it did.
async fn trace(consent: &str) -> Seen {
    let (collector, scratch) = (Collector::start().await, tempfile::tempdir().unwrap());
    let (directory, log) = (scratch.path().join("events"), scratch.path().join("trace"));
    let mut strace = Command::new("strace");
    strace
        .args(["--follow-forks", "--decode-fds=path", "--string-limit=0"])
        .arg(format!("--trace={CALLS}"))
        .arg("--output")
        .arg(&log)
        .arg(env::current_exe().unwrap())
        .args(["--exact", "tracing::child"])
        .env(CHILD, format!("{} {consent}", collector.url()))
        .env(DIRECTORY, &directory);
    let output = tokio::task::spawn_blocking(move || strace.output())
        .await
        .unwrap()
        .expect("this test needs strace: apt-get install strace");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let sizes = std::fs::read_dir(&directory).unwrap();
    read(
        &std::fs::read_to_string(log).unwrap(),
        &directory,
        sizes
            .map(|file| file.unwrap().metadata().unwrap().len())
            .sum(),
    )
}

/// One line a call: `1234 write(9</path>, ""..., 87) = 87`. A call cut in two by another thread's is one line again.
fn read(log: &str, directory: &Path, bytes_on_disk: u64) -> Seen {
    let directory = format!("{}/", directory.to_str().unwrap());
    let mut seen = Seen {
        opened: Vec::new(),
        written_to: BTreeMap::new(),
        connections: Vec::new(),
        bytes_on_disk,
    };
    for line in whole_lines(log) {
        let Some((call, rest)) = line.split_once('(') else {
            continue;
        };
        let inside = rest.split_once(&directory);
        let name = || {
            let name = inside.unwrap_or_default().1;
            name[..name.find(['"', '>']).unwrap_or(name.len())].to_owned()
        };
        let is_of_network = rest.contains("AF_INET");
        match call {
            "open" | "openat" | "openat2" | "creat" | "rename" | "renameat" | "renameat2"
            | "link" | "linkat" | "symlink" | "symlinkat" | "mknod" | "mknodat" => {
                let writes = call != "openat" && call != "open" && call != "openat2";
                let flags = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"];
                if inside.is_some() && (writes || flags.iter().any(|flag| rest.contains(flag))) {
                    seen.opened.push(name());
                }
            }
            "write" | "writev" | "pwrite64" | "pwritev" | "pwritev2" | "ftruncate"
            | "fallocate" | "mmap" => {
                // A mapping writes to its file only where it is shared and writable.
                let maps =
                    call == "mmap" && !(rest.contains("MAP_SHARED") && rest.contains("PROT_WRITE"));
                if inside.is_some() && !maps {
                    let result = line.rsplit("= ").next().and_then(|text| text.parse().ok());
                    *seen.written_to.entry(name()).or_default() += result.unwrap_or(0).max(1);
                }
            }
            "socket" | "connect" | "sendto" | "sendmsg" | "sendmmsg" if is_of_network => {
                seen.connections.push(line);
            }
            _ => {}
        }
    }
    seen
}

/// The calls without the numbers of their threads.
fn whole_lines(log: &str) -> Vec<String> {
    let mut unfinished = BTreeMap::new();
    let mut lines = Vec::new();
    for line in log.lines() {
        let Some((thread, text)) = line.trim_start().split_once(char::is_whitespace) else {
            continue;
        };
        let text = text.trim_start();
        if let Some(begun) = text.strip_suffix(" <unfinished ...>") {
            unfinished.insert(thread, begun.to_owned());
        } else if let Some((_, ended)) = text
            .strip_prefix("<... ")
            .and_then(|text| text.split_once(" resumed>"))
        {
            let begun = unfinished.remove(thread).unwrap_or_default();
            lines.push(begun + ended);
        } else {
            lines.push(text.to_owned());
        }
    }
    lines
}

/// Not a test of its own: what the child does, and nothing unless it is one.
#[test]
fn child() {
    let Ok(task) = env::var(CHILD) else { return };
    let (url, consent) = task.split_once(' ').unwrap();
    let mut builder =
        Client::builder(url, "key-1", "zozo-men").directory(env::var_os(DIRECTORY).unwrap());
    if consent == "full" {
        builder = builder.consent(Consent::Full);
    }
    let client = builder.build().unwrap();
    for number in 0..200 {
        let content = ContentId::new(format!("item-{number}")).unwrap();
        let placement = PlacementId::new("recs-top").unwrap();
        let view = client.impression(Impression::new(content, placement));
        view.visible(Visibility {
            fraction: 1.0,
            width: 300.0,
            height: 250.0,
        });
        view.click(Click::default()).unwrap();
        client.track(order(&number.to_string())).unwrap();
        if number % 50 == 0 {
            let path = PagePath::new(format!("/{number}")).unwrap();
            let _ = client.set_page(Page::new(path));
        }
    }
    client.background();
    client.flush(LONG).wait();
    client.shutdown(LONG).wait();
    let stats = client.stats();
    assert!(stats.captured > 400);
    assert_eq!(stats.delivered > 0, consent == "full");
}

const CHILD: &str = "EYELINE_TRACED_CHILD";
const DIRECTORY: &str = "EYELINE_TRACED_DIRECTORY";
/// Everything by which a process makes, changes or maps a file, or speaks to another one.
const CALLS: &str = "open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod,mknodat,\
write,writev,pwrite64,pwritev,pwritev2,ftruncate,fallocate,mmap,socket,connect,sendto,sendmsg,sendmmsg";
