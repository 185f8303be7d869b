//! The page for operators names everything that a collector can answer and count.
use std::sync::Arc;

use eyeline_collector::{MemorySink, Spool, SpoolOptions, SpooledSink};

use crate::support::{Door, keys};

const PAGE: &str = include_str!("../../../../docs/collector.md");

#[tokio::test]
async fn the_page_names_every_metric_and_every_fault() {
    let folder = tempfile::tempdir().unwrap();
    let memory = Arc::new(MemorySink::default());
    let spool = Spool::open(&SpoolOptions::durable(folder.path()))
        .unwrap()
        .unwrap();
    let sink = SpooledSink::new(Arc::clone(&memory) as _, spool);
    let door = Door::before(Arc::new(sink), memory, keys(), |builder| builder).await;
    let metrics = door.get("/metrics").await.text;
    let names = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let codes = metrics
        .lines()
        .filter_map(|line| line.split_once("{code=\"")?.1.split('"').next());
    let (names, codes): (Vec<_>, Vec<_>) = (names.collect(), codes.collect());
    assert!(names.len() > 10 && codes.len() > 20, "{metrics}");
    for name in names.iter().chain(&codes) {
        assert!(
            PAGE.contains(&format!("`{name}")),
            "{name} is not on the page"
        );
    }
}
