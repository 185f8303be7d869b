//! The wire contract: golden files, JSON Schema, refusals, and the law that what is written reads back.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod golden;
mod refusals;
mod roundtrip;
mod schema;
mod time;

use std::path::PathBuf;

/// A file of `core/`.
fn file(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

/// The golden file of this name, without its final line feed.
fn golden(name: &str) -> String {
    file(&format!("tests/golden/{name}.json"))
        .trim_end()
        .to_owned()
}

/// Every golden batch.
const BATCHES: [&str; 16] = [
    "full-batch",
    "kind-serve",
    "kind-render",
    "kind-viewable",
    "kind-dwell",
    "kind-click",
    "kind-media",
    "kind-hide",
    "kind-convert",
    "kind-page",
    "kind-consent",
    "kind-sdk",
    "unknown-keys",
    "measure-only",
    "escapes",
    "variant",
];
