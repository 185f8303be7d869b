//! Raw files to tables.

use eyeline_loader::LoadError;

use crate::support::{HOUR, Line, T0, World, deliver_small_world, event, gzip, render, shown};

#[tokio::test]
async fn each_event_ends_in_the_tables_exactly_once() {
    let world = World::new();
    deliver_small_world(&world).await;
    let report = world.loader().run_once().await.unwrap();
    let counts = &report.counts;
    assert_eq!(
        (
            counts.read,
            counts.written,
            counts.duplicate,
            counts.rejected
        ),
        (14, 8, 6, 0)
    );
    assert_eq!(world.number("SELECT count(*) FROM events").await, 8);
    assert_eq!(world.number("SELECT count(*) FROM fct_impression").await, 4);
    assert_eq!(
        world
            .number("SELECT sum(clicks) FROM mart_content_hour")
            .await,
        2
    );
    world.check().await;
}

#[tokio::test]
async fn one_micro_batch_or_three_give_the_same_tables() {
    let whole = World::new();
    deliver_small_world(&whole).await;
    whole.loader().run_once().await.unwrap();
    for by_bytes in [true, false] {
        let mut split = World::new();
        if by_bytes {
            split.options.micro_batch_bytes = 1;
        } else {
            split.options.micro_batch_events = 1;
        }
        deliver_small_world(&split).await;
        let report = split.loader().run_once().await.unwrap();
        assert_eq!(report.commits, 3);
        assert_eq!(split.tables().await, whole.tables().await);
        split.check().await;
    }
}

#[tokio::test]
async fn a_rerun_finds_nothing_to_do() {
    let world = World::new();
    deliver_small_world(&world).await;
    world.loader().run_once().await.unwrap();
    let report = world.loader().run_once().await.unwrap();
    assert_eq!((report.commits, report.counts.read), (0, 0));
}

#[tokio::test]
async fn the_same_delivery_under_another_name_is_all_duplicates() {
    let world = World::new();
    let line = Line::new(1, T0, vec![render(1, 0, 1, "a")]);
    world.deliver("d1", std::slice::from_ref(&line)).await;
    world.loader().run_once().await.unwrap();
    let before = world.tables().await;
    world.deliver("d2", &[line]).await;
    let report = world.loader().run_once().await.unwrap();
    assert_eq!((report.counts.written, report.counts.duplicate), (0, 1));
    assert_eq!(world.tables().await, before);
}

#[tokio::test]
async fn an_explicit_list_loads_those_files_only() {
    let world = World::new();
    let paths = deliver_small_world(&world).await;
    let report = world.loader().load_files(&paths[1..2]).await.unwrap();
    assert_eq!((report.raw_files, report.counts.written), (1, 6));
}

#[tokio::test]
async fn a_late_object_in_an_hour_long_listed_is_found_and_one_beyond_the_window_needs_all() {
    let mut world = World::new();
    world.set_now(T0 + 25 * HOUR);
    world
        .deliver("late", &[Line::new(1, T0, vec![render(1, 0, 1, "a")])])
        .await;
    assert_eq!(world.loader().run_once().await.unwrap().raw_files, 1);
    world.set_now(T0 + 40 * HOUR);
    world
        .deliver("later", &[Line::new(2, T0, vec![render(1, 0, 1, "a")])])
        .await;
    assert_eq!(world.loader().run_once().await.unwrap().raw_files, 0);
    world.options.list_all = true;
    assert_eq!(world.loader().run_once().await.unwrap().raw_files, 1);
}

#[tokio::test]
async fn a_broken_file_is_named_and_the_others_are_loaded() {
    let world = World::new();
    let good = Line::new(1, T0, vec![render(1, 0, 1, "a")]);
    let whole = gzip(format!("{}\n", good.text()).as_bytes());
    world
        .deliver_bytes("broken", &whole[..whole.len() - 9])
        .await;
    world
        .deliver("good", &[Line::new(2, T0, vec![render(1, 0, 1, "a")])])
        .await;
    let error = world.loader().run_once().await.unwrap_err();
    assert!(
        error.to_string().contains("2026/11/20/10/broken.gz"),
        "{error}"
    );
    let LoadError::BadFiles { report } = error else {
        panic!("{error}")
    };
    assert_eq!((report.raw_files, report.counts.written), (1, 1));
    world.deliver_bytes("broken", &whole).await;
    assert_eq!(world.loader().run_once().await.unwrap().counts.written, 1);
    assert_eq!(world.number("SELECT count(*) FROM events").await, 2);
}

#[tokio::test]
async fn bad_lines_and_bad_events_become_rejects_and_all_is_counted() {
    let world = World::new();
    let good = Line::new(
        1,
        T0,
        vec![render(1, 0, 1, "a"), event("click", 2, 3, r#""imp":"x""#)],
    );
    let text = format!("{}\nnot json\n\n", good.text());
    world.deliver_bytes("mixed", &gzip(text.as_bytes())).await;
    let counts = world.loader().run_once().await.unwrap().counts;
    assert_eq!(
        (counts.lines, counts.read, counts.written, counts.rejected),
        (2, 3, 1, 2)
    );
    assert_eq!(counts.rejected_by.values().sum::<u64>(), 2);
    assert_eq!(world.number("SELECT count(*) FROM rejects").await, 2);
}

#[tokio::test]
async fn an_event_older_than_the_index_is_refused_as_too_old() {
    let world = World::new();
    let old = Line::new(1, T0 - 46 * 24 * HOUR, vec![render(1, 0, 1, "a")]).received(T0);
    world.deliver("old", &[old]).await;
    let counts = world.loader().run_once().await.unwrap().counts;
    assert_eq!(
        (counts.read, counts.rejected, counts.rejected_by["too_old"]),
        (1, 1, 1)
    );
    assert_eq!(
        world
            .number("SELECT count(*) FROM rejects WHERE why = 'too_old'")
            .await,
        1
    );
}

#[tokio::test]
async fn an_instance_that_was_silent_for_longer_than_the_index_still_finds_its_impressions() {
    let world = World::new();
    let day = 24 * HOUR;
    world
        .deliver("d1", &[Line::new(1, T0, vec![render(1, 0, 1, "a")])])
        .await;
    world.loader().run_once().await.unwrap();
    world.set_now(T0 + 50 * day);
    let other = Line::new(2, T0 + 50 * day, vec![render(1, 0, 1, "a")]);
    world.deliver("d2", &[other]).await;
    world.loader().run_once().await.unwrap();
    let click = event("click", 2, 50 * day, &shown(1, "a"));
    let back = Line::new(1, T0, vec![click]).received(T0 + 50 * day);
    world.set_now(T0 + 51 * day);
    world.deliver("d3", &[back]).await;
    assert_eq!(world.loader().run_once().await.unwrap().counts.written, 1);
    assert_eq!(
        world
            .rows("SELECT inst, rendered_ms IS NOT NULL AS rendered, clicked FROM fct_impression ORDER BY inst")
            .await,
        "+------------------+----------+---------+\n\
         | inst             | rendered | clicked |\n\
         +------------------+----------+---------+\n\
         | inst000000000001 | true     | 1       |\n\
         | inst000000000002 | true     | 0       |\n\
         +------------------+----------+---------+"
    );
    world.check().await;
}

#[tokio::test]
async fn tails_and_whole_lost_instances_show_in_the_loss_table() {
    let world = World::new();
    deliver_small_world(&world).await;
    let mut orphan = Line::new(9, T0, vec![render(1, 0, 1, "a")]);
    orphan.previous = Some(("lost-lost-lost-1".to_owned(), 7));
    world.deliver("d4", &[orphan]).await;
    world.loader().run_once().await.unwrap();
    let rows = world.rows("SELECT inst, received, expected, lost, tail_known FROM instances WHERE lost > 0 ORDER BY inst").await;
    assert_eq!(
        rows,
        "+------------------+----------+----------+------+------------+\n\
         | inst             | received | expected | lost | tail_known |\n\
         +------------------+----------+----------+------+------------+\n\
         | inst000000000001 | 5        | 6        | 1    | true       |\n\
         | lost-lost-lost-1 | 0        | 7        | 7    | true       |\n\
         +------------------+----------+----------+------+------------+"
    );
}

#[tokio::test]
async fn a_click_before_its_render_completes_one_impression() {
    let mut world = World::new();
    world.options.micro_batch_bytes = 1;
    let click =
        Line::new(1, T0, vec![event("click", 2, HOUR, &shown(1, "a"))]).received(T0 + HOUR + 5);
    world.deliver("d1", &[click]).await;
    world.loader().run_once().await.unwrap();
    assert_eq!(
        world.number("SELECT count(*) FROM mart_content_hour").await,
        0
    );
    world
        .deliver(
            "d2",
            &[Line::new(1, T0, vec![render(1, 0, 1, "a")]).received(T0 + HOUR + 9)],
        )
        .await;
    world.loader().run_once().await.unwrap();
    assert_eq!(
        world
            .number("SELECT sum(clicks) FROM mart_content_hour WHERE impressions = 1")
            .await,
        1
    );
    assert_eq!(
        world
            .number(
                "SELECT count(*) FROM fct_impression WHERE clicked = 1 AND rendered_ms IS NOT NULL"
            )
            .await,
        1
    );
    world.check().await;
}

#[tokio::test]
async fn crawlers_stay_in_the_tables_under_their_verdict() {
    let world = World::new();
    let mut crawler = Line::new(1, T0, vec![render(1, 0, 1, "a")]);
    crawler.agent =
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)".to_owned();
    world
        .deliver(
            "d1",
            &[crawler, Line::new(2, T0, vec![render(1, 0, 1, "a")])],
        )
        .await;
    world.loader().run_once().await.unwrap();
    assert_eq!(
        world
            .number("SELECT count(*) FROM fct_impression WHERE ivt = 'bot'")
            .await,
        1
    );
    assert_eq!(
        world
            .number("SELECT sum(impressions) FROM mart_content_hour")
            .await,
        2
    );
}

#[tokio::test]
async fn an_instance_that_starts_to_click_like_a_machine_is_judged_whole() {
    let world = World::new();
    let start = Line::new(1, T0, (1..=20).map(|n| render(n, 0, n, "a")).collect());
    world.deliver("d1", &[start]).await;
    world.loader().run_once().await.unwrap();
    assert_eq!(
        world
            .number("SELECT sum(impressions) FROM mart_content_hour WHERE ivt = 'ok'")
            .await,
        20
    );
    let clicks = Line::new(
        1,
        T0,
        (21..=40)
            .map(|n| event("click", n, 5, &shown(n - 20, "a")))
            .collect(),
    )
    .received(T0 + 60_000);
    world.deliver("d2", &[clicks]).await;
    world.loader().run_once().await.unwrap();
    assert_eq!(
        world
            .number("SELECT sum(impressions) FROM mart_content_hour WHERE ivt = 'click_rate'")
            .await,
        20
    );
    assert_eq!(
        world
            .number("SELECT count(*) FROM mart_content_hour WHERE ivt = 'ok'")
            .await,
        0
    );
    world.check().await;
}

#[tokio::test]
async fn running_at_an_interval_loads_at_once_and_ends_when_told() {
    let world = World::new();
    deliver_small_world(&world).await;
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let mut stop = Some(stop);
    let mut written = 0;
    let stopped = async {
        let _ = stopped.await;
    };
    world
        .loader()
        .run_every(std::time::Duration::from_secs(3_600), stopped, |result| {
            written += result.unwrap().counts.written;
            stop.take().map(|stop| stop.send(()));
        })
        .await;
    assert_eq!(written, 8);
}
