//! Two loaders at once: each event is loaded by one of them.

use crate::support::{Line, T0, World, deliver_small_world, render};

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
    let hint = object_store::path::Path::from("lake/checkpoints/latest.json");
    object_store::ObjectStoreExt::delete(world.lake.as_ref(), &hint)
        .await
        .unwrap();
    assert_eq!(folded, lake.snapshot().await.unwrap());
}
