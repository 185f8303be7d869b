//! Forgetting a visitor.

use futures::TryStreamExt;

use crate::support::{HOUR, Line, T0, World, deliver_small_world, event, gzip, render, shown};

const SECOND: &str = "anon000000000002";

/// The next load, two hours on, takes nothing and turns one event away as an erased visitor's.
async fn nothing_but_one_erased_event_comes(world: &World) {
    world.set_now(T0 + 2 * HOUR);
    let counts = world.loader().run_once().await.unwrap().counts;
    assert_eq!(
        (counts.written, counts.rejected_by.get("erased")),
        (0, Some(&1))
    );
    world.check().await;
}

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
    nothing_but_one_erased_event_comes(&world).await;
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

/// A request as the collector writes it.
fn request(at: i64) -> String {
    format!(r#"{{"rcv":{at},"key":"web","forget":{{"aff":"shop","anon":"{SECOND}"}}}}"#)
}

#[tokio::test]
async fn after_a_request_in_the_stream_the_old_id_stays_out_whatever_its_clock_says() {
    let world = World::new();
    deliver_small_world(&world).await;
    world
        .deliver_bytes("forget", &gzip(request(T0 + HOUR).as_bytes()))
        .await;
    world.loader().run_once().await.unwrap();
    let ahead = Line::new(
        2,
        T0 + HOUR + 5_000,
        vec![event("dwell", 3, 900, &shown(1, "a"))],
    );
    world.deliver("ahead", &[ahead]).await;
    nothing_but_one_erased_event_comes(&world).await;
}

#[tokio::test]
async fn a_request_reaches_the_quarters_before_it_that_the_same_load_brings() {
    let world = World::new();
    // 2026-09-18, the quarter before, and farther back than the index of seen events.
    let quarter_before = T0 - 63 * 24 * HOUR;
    let lines = [
        Line::new(2, quarter_before, vec![render(1, 0, 1, "a")]),
        Line::new(4, quarter_before, vec![render(1, 0, 1, "a")]),
        Line::new(2, T0, vec![render(2, 0, 2, "a")]),
    ];
    let mut text: String = lines.iter().map(|line| line.text() + "\n").collect();
    text += &request(T0 + HOUR / 2);
    world.deliver_bytes("all", &gzip(text.as_bytes())).await;
    let report = world.loader().run_once().await.unwrap();
    assert_eq!((report.counts.written, report.erased), (3, 1));
    assert_eq!(world.number("SELECT count(*) FROM events").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM fct_impression").await, 1);
    world.check().await;
}

#[tokio::test]
async fn of_an_erased_visitors_instances_nothing_stays_but_what_counts_losses() {
    let world = World::new();
    deliver_small_world(&world).await;
    let lost = event(
        "sdk",
        3,
        900,
        r#""lost":[{"inst":"inst000000000009","from":5,"to":9,"why":"expired"}]"#,
    );
    world.deliver("lost", &[Line::new(2, T0, vec![lost])]).await;
    world.loader().run_once().await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM losses").await, 1);
    let lost = world.number("SELECT sum(lost) FROM instances").await;
    world.loader().erase("shop", SECOND).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM losses").await, 0);
    let second = "FROM instances WHERE inst = 'inst000000000002'";
    assert_eq!(
        world
            .number(&format!(
                "SELECT count(*) {second} AND received = 3 AND site IS NULL AND device_class IS NULL AND first_event_ms IS NULL \
                 AND last_event_ms IS NULL AND renders = 0 AND clicks = 0 AND first_received_ms % 86400000 = 0"
            ))
            .await,
        1,
        "{}",
        world.rows(&format!("SELECT * {second}")).await
    );
    assert_eq!(world.number("SELECT sum(lost) FROM instances").await, lost);
    // A copy is still known, and a later report of the instance still finds its row.
    world
        .deliver("copy", &[Line::new(2, T0, vec![render(1, 0, 1, "a")])])
        .await;
    assert_eq!(world.loader().run_once().await.unwrap().counts.written, 0);
    assert_eq!(
        world
            .number(&format!("SELECT count(*) {second} AND renders = 0"))
            .await,
        1
    );
    world.check().await;
}

#[tokio::test]
async fn an_instance_that_goes_on_after_the_erasure_counts_what_is_left() {
    let world = World::new();
    let own = vec![render(1, 0, 1, "a"), event("click", 2, 5, &shown(1, "a"))];
    world.deliver("before", &[Line::new(2, T0, own)]).await;
    world.loader().run_once().await.unwrap();
    let next = Line::new(2, T0, vec![render(3, 3 * HOUR, 3, "z")]).received(T0 + 4 * HOUR);
    world.deliver("after", &[next]).await;
    world.set_now(T0 + 4 * HOUR);
    world.loader().run_once().await.unwrap();
    world.set_now(T0 + 2 * HOUR);
    world.loader().erase("shop", SECOND).await.unwrap();
    assert_eq!(
        world
            .number("SELECT count(*) FROM instances WHERE received = 3 AND renders = 1 AND clicks = 0 AND device_class = 'phone'")
            .await,
        1
    );
    assert_eq!(world.number("SELECT count(*) FROM fct_impression").await, 1);
    world.check().await;
}

#[tokio::test]
async fn files_that_hold_erased_rows_are_deleted_six_hours_later_by_a_mere_run() {
    let mut world = World::new();
    world.options.list_all = true;
    deliver_small_world(&world).await;
    world.loader().run_once().await.unwrap();
    world.loader().erase("shop", SECOND).await.unwrap();
    let objects = async || {
        let found: Vec<_> = world
            .lake
            .list(Some(&"lake/data".into()))
            .try_collect()
            .await
            .unwrap();
        found.len()
    };
    let live = world.reader().await.snapshot().files.len();
    assert!(objects().await > live);
    // The store dates objects by the real clock.
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    world.set_now(i64::try_from(now.as_millis()).unwrap() + 7 * HOUR);
    world.loader().run_once().await.unwrap();
    // The hour became final in the same run: its file from before is kept for its readers.
    assert_eq!(
        objects().await,
        world.reader().await.snapshot().files.len() + 1
    );
    assert_eq!(world.loader().run_once().await.unwrap().commits, 0);
    world.check().await;
}
