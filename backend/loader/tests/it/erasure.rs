//! Forgetting a visitor.

use crate::support::{HOUR, Line, T0, World, deliver_small_world, event, gzip, render, shown};

const SECOND: &str = "anon000000000002";

#[tokio::test]
async fn an_erased_visitor_leaves_every_table_and_stays_out() {
    let world = World::new();
    deliver_small_world(&world).await;
    world.loader().run_once().await.unwrap();
    let report = world.loader().erase("shop", SECOND).await.unwrap();
    assert_eq!(report.erased, 1);
    assert_eq!(
        world
            .number("SELECT count(*) FROM events WHERE inst = 'inst000000000002'")
            .await,
        0
    );
    assert_eq!(
        world
            .number("SELECT count(*) FROM fct_impression WHERE inst = 'inst000000000002'")
            .await,
        0
    );
    assert_eq!(
        world
            .number("SELECT sum(impressions) FROM mart_content_hour")
            .await,
        3
    );
    assert_eq!(world.number("SELECT count(*) FROM events").await, 6);
    let late =
        Line::new(2, T0, vec![event("dwell", 3, 900, &shown(1, "a"))]).received(T0 + HOUR + 5);
    world.deliver("late", &[late]).await;
    world.set_now(T0 + 2 * HOUR);
    let counts = world.loader().run_once().await.unwrap().counts;
    assert_eq!(
        (counts.written, counts.rejected_by.get("erased")),
        (0, Some(&1))
    );
    world.check().await;
}

#[tokio::test]
async fn what_happens_after_the_erasure_is_a_new_visitors() {
    let world = World::new();
    deliver_small_world(&world).await;
    world.loader().run_once().await.unwrap();
    world.loader().erase("shop", SECOND).await.unwrap();
    world.set_now(T0 + 3 * HOUR);
    world
        .deliver(
            "new",
            &[Line::new(2, T0 + 2 * HOUR, vec![render(9, 0, 9, "z")])],
        )
        .await;
    assert_eq!(world.loader().run_once().await.unwrap().counts.written, 1);
    world.check().await;
}

#[tokio::test]
async fn a_request_in_the_raw_stream_erases_in_the_same_run() {
    let world = World::new();
    deliver_small_world(&world).await;
    world.loader().run_once().await.unwrap();
    let request = format!(
        r#"{{"rcv":{},"key":"web","forget":{{"aff":"shop","anon":"{SECOND}"}}}}"#,
        T0 + HOUR
    );
    world
        .deliver_bytes(
            "forget",
            &gzip(format!("{request}\n{request}\n").as_bytes()),
        )
        .await;
    let report = world.loader().run_once().await.unwrap();
    assert_eq!(report.erased, 1);
    assert_eq!(
        world
            .number("SELECT count(*) FROM events WHERE inst = 'inst000000000002'")
            .await,
        0
    );
    assert_eq!(world.loader().run_once().await.unwrap().commits, 0);
    world.check().await;
}

#[tokio::test]
async fn erasing_opens_only_the_visitors_bucket() {
    let world = World::new();
    let lines: Vec<Line> = (0..64)
        .map(|number| Line::new(number, T0, vec![render(1, 0, 1, "a")]))
        .collect();
    world.deliver("d1", &lines).await;
    world.loader().run_once().await.unwrap();
    let lake = world.loader().lake().clone();
    let before = lake.snapshot().await.unwrap();
    world.loader().erase("shop", SECOND).await.unwrap();
    let after = lake.snapshot().await.unwrap();
    let gone: Vec<_> = before
        .files
        .values()
        .filter(|file| !after.files.contains_key(&file.path))
        .collect();
    let events = gone
        .iter()
        .filter(|file| file.path.starts_with("data/events/"))
        .count();
    assert_eq!(events, 1, "{gone:?}");
    assert_eq!(world.number("SELECT count(*) FROM events").await, 63);
    world.check().await;
}
