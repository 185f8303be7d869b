//! Raw gzip lines to clean Parquet on one core: rows and megabytes a second, and peak memory.
//!
//! `cargo bench -p eyeline-loader --no-default-features --bench raw_to_clean` makes the files, measures each stage in a process of
//! its own, and runs DuckDB and Polars on the same files where `EYELINE_PEERS_PYTHON` names a Python that has them.
//! `EYELINE_BENCH_EVENTS` sets how many events (default 2,000,000).
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that fails has nothing else to say"
)]

#[path = "../../src/load/properties.rs"]
mod properties;
mod raw;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use eyeline_loader::decode::{self, Decoder, Lines, Salts};
use parquet::arrow::ArrowWriter;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["make", folder, events] => raw::make(Path::new(folder), events.parse().unwrap()),
        ["gunzip", folder] => measure("gunzip", folder, gunzip),
        ["decode", folder] => measure("gunzip + decode", folder, decode),
        ["clean", folder] => measure("raw to clean", folder, clean),
        _ => all(),
    }
}

fn all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let events = std::env::var("EYELINE_BENCH_EVENTS").unwrap_or_else(|_| "2000000".to_owned());
    let myself = std::env::current_exe().unwrap();
    let run = |words: &[&str]| {
        let status = Command::new(&myself).args(words).status().unwrap();
        assert!(status.success(), "{words:?}");
    };
    run(&["make", path, &events]);
    println!(
        "| stage, one core | rows/s | MB/s of raw JSON | peak RSS, MB | rows |\n|---|---|---|---|---|"
    );
    for stage in ["gunzip", "decode", "clean"] {
        run(&[stage, path]);
    }
    if let Ok(python) = std::env::var("EYELINE_PEERS_PYTHON") {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers.py");
        for peer in ["duckdb", "polars"] {
            let status = Command::new(&python)
                .args([script, peer, path])
                .env("POLARS_MAX_THREADS", "1")
                .status();
            assert!(status.unwrap().success(), "{peer}");
        }
    }
}

struct Done {
    rows: usize,
    bytes: usize,
}

fn measure(stage: &str, folder: &str, work: fn(&[PathBuf], &Path) -> Done) {
    let folder = Path::new(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "gz"));
    files.sort();
    let start = Instant::now();
    let Done { rows, bytes } = work(&files, folder);
    let seconds = start.elapsed().as_secs_f64();
    let per_second = |amount: usize| amount as f64 / seconds;
    println!(
        "| {stage} | {:.0} | {:.0} | {:.0} | {rows} |",
        per_second(rows),
        per_second(bytes) / 1e6,
        peak_rss_kib() / 1024.0 * 1.048_576,
    );
}

fn gunzip(files: &[PathBuf], _: &Path) -> Done {
    let (mut bytes, mut rows) = (0, 0);
    each_chunk(files, |chunk| {
        bytes += chunk.len();
        rows += memchr::memchr_iter(b'\n', chunk).count();
    });
    Done {
        rows: rows * raw::BATCH_EVENTS,
        bytes,
    }
}

fn decode(files: &[PathBuf], _: &Path) -> Done {
    let mut decoder = decoder();
    let mut done = Done { rows: 0, bytes: 0 };
    each_chunk(files, |chunk| {
        done.bytes += chunk.len();
        decoder.push(chunk);
        if decoder.rows() >= TABLE_ROWS {
            done.rows += decoder.finish().unwrap().events.num_rows();
        }
    });
    done.rows += decoder.finish().unwrap().events.num_rows();
    done
}

fn clean(files: &[PathBuf], folder: &Path) -> Done {
    let mut decoder = decoder();
    let mut done = Done { rows: 0, bytes: 0 };
    let properties = properties::properties(&decode::schema());
    let to = File::create(folder.join("clean.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(to, decode::schema(), Some(properties)).unwrap();
    let mut write = |decoder: &mut Decoder| {
        let tables = decoder.finish().unwrap();
        assert_eq!(tables.counts.rejected, 0);
        writer.write(&tables.events).unwrap();
        tables.events.num_rows()
    };
    each_chunk(files, |chunk| {
        done.bytes += chunk.len();
        decoder.push(chunk);
        if decoder.rows() >= TABLE_ROWS {
            done.rows += write(&mut decoder);
        }
    });
    done.rows += write(&mut decoder);
    writer.close().unwrap();
    done
}

fn each_chunk(files: &[PathBuf], mut each: impl FnMut(&[u8])) {
    for file in files {
        let mut lines = Lines::new(File::open(file).unwrap(), u64::MAX).unwrap();
        while let Some(chunk) = lines.next_chunk().unwrap() {
            each(chunk);
        }
    }
}

fn decoder() -> Decoder {
    Decoder::new(Salts::new(b"a secret of thirty-two bytes ...").unwrap())
}

/// Peak resident memory of this process (Linux), in KiB.
fn peak_rss_kib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next())
        .and_then(|kib| kib.parse().ok())
        .unwrap_or(f64::NAN)
}

/// Rows of a table handed to the Parquet writer at once.
const TABLE_ROWS: u64 = 16 * 1024;
