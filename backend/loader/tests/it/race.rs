//! Two loaders at once: each event is loaded by one of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use futures::TryStreamExt;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tokio::sync::Barrier;

use crate::support::{Line, T0, World, deliver_small_world, render};

/// Holds the first write at `place` up: until somebody has come to the barrier, and then until somebody has come again.
#[derive(Debug)]
struct Held {
    store: Arc<dyn ObjectStore>,
    place: &'static str,
    barrier: Arc<Barrier>,
    first: AtomicBool,
}

impl std::fmt::Display for Held {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Held({})", self.store)
    }
}

#[async_trait]
impl ObjectStore for Held {
    async fn put_opts(
        &self,
        at: &Path,
        body: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let here = at.as_ref().contains(self.place);
        if here && self.first.swap(false, Ordering::Relaxed) {
            self.barrier.wait().await;
            self.barrier.wait().await;
        }
        self.store.put_opts(at, body, options).await
    }

    async fn put_multipart_opts(
        &self,
        at: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.store.put_multipart_opts(at, options).await
    }

    async fn get_opts(&self, at: &Path, options: GetOptions) -> Result<GetResult> {
        self.store.get_opts(at, options).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.store.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.store.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.store.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.store.copy_opts(from, to, options).await
    }
}

#[tokio::test]
async fn a_loader_that_loses_the_race_plans_again_and_leaves_nothing_behind() {
    let alone = World::new();
    deliver_small_world(&alone).await;
    alone.loader().run_once().await.unwrap();
    let mut world = World::new();
    world.options.micro_batch_events = 1;
    deliver_small_world(&world).await;
    let barrier = Arc::new(Barrier::new(2));
    let slow = world.loader_on(Arc::new(Held {
        store: Arc::clone(&world.lake),
        place: "/commits/",
        barrier: Arc::clone(&barrier),
        first: true.into(),
    }));
    let slow = tokio::spawn(async move { slow.run_once().await.unwrap() });
    barrier.wait().await; // it has written its files and is about to commit
    let first = vec!["2026/11/20/10/d1.gz".to_owned()];
    let fast = world.loader().load_files(&first).await.unwrap();
    barrier.wait().await;
    let slow = slow.await.unwrap();
    assert_eq!((fast.conflicts, slow.conflicts), (0, 1));
    assert_eq!((fast.raw_files, slow.raw_files), (1, 2));
    assert_eq!(world.tables().await, alone.tables().await);
    // The files of the lost attempt are gone: some commit names each that is there.
    let lake = world.loader().lake().clone();
    let mut named = std::collections::HashSet::new();
    for version in 1..=lake.snapshot().await.unwrap().version {
        let commit = lake.read_commit(version).await.unwrap().unwrap();
        named.extend(commit.add.into_iter().map(|file| file.path));
    }
    let objects: Vec<ObjectMeta> = world
        .lake
        .list(Some(&"lake/data".into()))
        .try_collect()
        .await
        .unwrap();
    for object in objects {
        let path = lake.store().relative(&object.location).unwrap();
        assert!(named.contains(&path), "{path}");
    }
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_loaders_at_once_give_what_one_gives() {
    let alone = World::new();
    deliver_small_world(&alone).await;
    alone.loader().run_once().await.unwrap();
    for round in 0..4 {
        let mut world = World::new();
        world.options.micro_batch_bytes = 1;
        deliver_small_world(&world).await;
        let (left, right) = (world.loader(), world.loader());
        let (left, right) = tokio::join!(
            tokio::spawn(async move { left.run_once().await.unwrap() }),
            tokio::spawn(async move { right.run_once().await.unwrap() })
        );
        let (left, right) = (left.unwrap(), right.unwrap());
        assert_eq!(left.raw_files + right.raw_files, 3, "round {round}");
        assert_eq!(left.counts.written + right.counts.written, 8);
        assert_eq!(world.tables().await, alone.tables().await);
        world.check().await;
    }
}

#[tokio::test]
async fn a_reader_keeps_its_commit_while_others_commit() {
    let world = World::new();
    world
        .deliver("d1", &[Line::new(1, T0, vec![render(1, 0, 1, "a")])])
        .await;
    world.loader().run_once().await.unwrap();
    let reader = world.reader().await;
    world
        .deliver("d2", &[Line::new(2, T0, vec![render(1, 0, 1, "a")])])
        .await;
    world.loader().run_once().await.unwrap();
    let rows = reader.query("SELECT * FROM fct_impression").await.unwrap();
    assert_eq!(
        rows.iter()
            .map(arrow::array::RecordBatch::num_rows)
            .sum::<usize>(),
        1
    );
    assert_eq!(world.number("SELECT count(*) FROM fct_impression").await, 2);
}

#[tokio::test]
async fn a_long_log_reads_the_same_from_its_checkpoints() {
    let world = World::new();
    for number in 0..70 {
        world
            .deliver(
                &format!("d{number:02}"),
                &[Line::new(number, T0, vec![render(1, 0, 1, "a")])],
            )
            .await;
        world.loader().run_once().await.unwrap();
    }
    let lake = world.loader().lake().clone();
    let folded = lake.snapshot().await.unwrap();
    assert_eq!(folded.version, 70);
    assert_eq!(folded, lake.snapshot_at(70).await.unwrap());
    // The hint is only a hint: without it the log is read from its start.
    let hint = Path::from("lake/checkpoints/latest.json");
    object_store::ObjectStoreExt::delete(world.lake.as_ref(), &hint)
        .await
        .unwrap();
    assert_eq!(folded, lake.snapshot().await.unwrap());
}

#[tokio::test]
async fn a_publisher_that_comes_late_does_not_leave_the_past_behind() {
    for place in ["/manifests/events/", "/published.json"] {
        let world = World::new();
        world
            .deliver("d1", &[Line::new(1, T0, vec![render(1, 0, 1, "a")])])
            .await;
        let barrier = Arc::new(Barrier::new(2));
        let slow = world.loader_on(Arc::new(Held {
            store: Arc::clone(&world.lake),
            place,
            barrier: Arc::clone(&barrier),
            first: true.into(),
        }));
        let slow = tokio::spawn(async move { slow.run_once().await.unwrap() });
        barrier.wait().await; // it has committed, and is about to publish
        world
            .deliver("d2", &[Line::new(2, T0, vec![render(1, 0, 1, "b")])])
            .await;
        world.loader().run_once().await.unwrap();
        barrier.wait().await;
        slow.await.unwrap();
        world.check().await;
    }
}
