//! Every event of a lake with late data, copies, erasure and compaction stands in the warehouse as in the lake.

use std::time::Duration;

use eyeline_loader::warehouse::{WarehouseLoader, WarehouseOptions};

use super::database::Database;
use super::rows::assert_same;
use crate::support::{HOUR, Line, T0, World, deliver_small_world, event, render, shown};

/// What happens to a lake, step by step; `after` is called behind each.
pub(crate) async fn live(world: &World, mut after: impl AsyncFnMut(&World, &str)) {
    let load = async || drop(world.loader().run_once().await.unwrap());
    deliver_small_world(world).await;
    load().await;
    after(world, "the first load").await;

    // Late clicks and a lost tail, in many small commits.
    for number in 0..10_u64 {
        let n = 10 + number * 2;
        let mut line = Line::new(
            1,
            T0,
            vec![
                render(n, 0, n, "late"),
                event(
                    "click",
                    n + 1,
                    60,
                    &format!(r#"{},"lat":60"#, shown(n, "late")),
                ),
            ],
        )
        .received(T0 + HOUR + number.cast_signed());
        line.captured = 40;
        world.deliver(&format!("late{number}"), &[line]).await;
        load().await;
        if number % 4 == 1 {
            after(world, "some late commits").await;
        }
    }
    world.loader().compact().await.unwrap();
    after(world, "compaction").await;

    let mut losing = Line::new(
        4,
        T0,
        vec![
            render(1, 0, 1, "d"),
            event(
                "sdk",
                2,
                1,
                r#""lost":[{"inst":"inst000000000001","from":3,"to":4,"reason":"expired"}]"#,
            ),
        ],
    );
    losing.previous = Some(("inst000000000009".to_owned(), 4));
    world
        .deliver(
            "losing",
            &[losing, Line::new(2, T0, vec![render(7, 0, 7, "e")])],
        )
        .await;
    load().await;
    world
        .loader()
        .erase("shop", "anon000000000001")
        .await
        .unwrap();
    after(world, "an erasure").await;

    // Hours become final; what comes later lies beside them; the erased visitor comes back with copies.
    world.set_now(T0 + 80 * HOUR);
    load().await;
    after(world, "the final hours").await;
    let again = Line::new(1, T0, vec![render(60, 0, 60, "a")]).received(T0 + 80 * HOUR);
    let later = Line::new(
        5,
        T0,
        vec![render(1, 0, 1, "a"), render(2, 9, 2, "nul\\u0000l")],
    )
    .received(T0 + 80 * HOUR - 5);
    let path = world.deliver("again", &[again, later]).await;
    world.loader().load_files(&[path]).await.unwrap();
    world
        .loader()
        .erase("shop", "anon000000000002")
        .await
        .unwrap();
    world.loader().compact().await.unwrap();
    world.loader().retain().await.unwrap();
    after(world, "late events of final hours and another erasure").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_the_lake_stands_in_postgresql_whatever_happened_to_the_lake() {
    let world = World::new();
    let database = Database::new("exact").await;
    let loader = database.loader(&world);
    live(&world, async |world, what| {
        let report = loader.load_once().await.unwrap();
        assert!(report.to > report.from, "{what}: {report:?}");
        assert_same(world, &database.client().await).await;
        let again = loader.load_once().await.unwrap();
        assert_eq!((again.to, again.files), (report.to, 0), "{what}");
    })
    .await;
    let rejected = "SELECT sum(CASE WHEN outcome = 'read' THEN -events ELSE events END)::bigint FROM load_counts";
    assert_eq!(database.number(rejected).await, 0);
    assert!(
        database
            .number("SELECT count(*) FROM load_counts WHERE outcome = 'rejected:erased'")
            .await
            > 0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warehouse_that_comes_late_holds_the_same() {
    let world = World::new();
    let (steady, late) = (Database::new("steady").await, Database::new("late").await);
    let loaders = (steady.loader(&world), late.loader(&world));
    loaders.0.load_once().await.unwrap();
    live(&world, async |_, _| {
        loaders.0.load_once().await.unwrap();
    })
    .await;
    let behind = loaders.1.behind().await.unwrap();
    assert_eq!((behind.loaded, behind.waits_ms), (0, 79 * HOUR));
    let report = loaders.1.load_once().await.unwrap();
    assert_eq!(
        (report.files, &report.rows, report.anew),
        (behind.files, &behind.rows, true)
    );
    assert_same(&world, &late.client().await).await;
    assert_same(&world, &steady.client().await).await;
    assert_eq!(loaders.1.behind().await.unwrap().newest, report.to);
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_that_are_too_young_wait() {
    let world = World::new();
    deliver_small_world(&world).await;
    world.loader().run_once().await.unwrap();
    let before = world.loader().lake().snapshot().await.unwrap().version;
    world.set_now(T0 + 2 * HOUR);
    world
        .deliver("young", &[Line::new(6, T0, vec![render(1, 0, 1, "a")])])
        .await;
    world.loader().run_once().await.unwrap();
    let database = Database::new("young").await;
    let mut options = WarehouseOptions::default();
    options.min_age = Duration::from_secs(60);
    options.clock = world.options.clock.clone();
    let loader = |options| {
        WarehouseLoader::new(
            world.loader().lake().clone(),
            Box::new(database.warehouse()),
            options,
        )
    };
    assert_eq!(
        loader(options.clone())
            .unwrap()
            .load_once()
            .await
            .unwrap()
            .to,
        before
    );
    world.set_now(T0 + 3 * HOUR);
    assert!(
        loader(options.clone())
            .unwrap()
            .load_once()
            .await
            .unwrap()
            .to
            > before
    );
    assert_same(&world, &database.client().await).await;
    options.min_age = Duration::from_secs(4 * 3_600);
    assert!(loader(options).is_err());
}
