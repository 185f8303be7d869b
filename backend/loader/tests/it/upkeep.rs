//! Retention and compaction: the rows that should stay, stay.

use std::time::Duration;

use object_store::ObjectStoreExt;

use crate::support::{HOUR, Line, T0, World, deliver_small_world, event, gzip, render, shown};

#[tokio::test]
async fn compaction_leaves_every_row_and_later_loads_still_find_their_impressions() {
    let world = World::new();
    for number in 0..12 {
        let n = number * 2 + 1;
        let line = Line::new(
            1,
            T0,
            vec![render(n, 0, n, "a"), render(n + 1, 0, n + 1, "b")],
        )
        .received(T0 + number.cast_signed());
        world.deliver(&format!("d{number:02}"), &[line]).await;
        world.loader().run_once().await.unwrap();
    }
    let before = world.tables().await;
    let files = world.reader().await.snapshot().files.len();
    assert!(world.loader().compact().await.unwrap() >= 12);
    assert!(world.reader().await.snapshot().files.len() < files);
    assert_eq!(world.tables().await, before);
    let clicks = (1..=24)
        .map(|imp| {
            event(
                "click",
                24 + imp,
                50,
                &shown(imp, if imp % 2 == 1 { "a" } else { "b" }),
            )
        })
        .take(9)
        .collect();
    world
        .deliver(
            "late",
            &[
                Line::new(1, T0, clicks).received(T0 + 99),
                Line::new(1, T0, vec![render(1, 0, 1, "a")]).received(T0 + 100),
            ],
        )
        .await;
    let counts = world.loader().run_once().await.unwrap().counts;
    assert_eq!((counts.written, counts.duplicate), (9, 1));
    assert_eq!(
        world
            .number("SELECT sum(clicks) FROM mart_content_hour")
            .await,
        9
    );
    world.check().await;
}

#[tokio::test]
async fn raw_files_and_rejects_go_after_thirty_days_and_nothing_else() {
    let mut world = World::new();
    world.options.raw_for = Duration::from_secs(1);
    let paths = deliver_small_world(&world).await;
    world.deliver_bytes("bad", &gzip(b"not json\n")).await;
    world.loader().run_once().await.unwrap();
    world
        .deliver("unread", &[Line::new(7, T0, vec![render(1, 0, 1, "a")])])
        .await;
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    world.set_now(i64::try_from(now.as_millis()).unwrap() + HOUR);
    let retained = world.loader().retain().await.unwrap();
    assert_eq!(retained.raw_files, 4);
    assert!(
        world
            .raw
            .head(&format!("raw/{}", paths[0]).as_str().into())
            .await
            .is_err()
    );
    assert!(
        world
            .raw
            .head(&"raw/2026/11/20/10/unread.gz".into())
            .await
            .is_ok()
    );
    assert_eq!(world.number("SELECT count(*) FROM rejects").await, 0);
    assert_eq!(world.number("SELECT count(*) FROM events").await, 8);
    assert_eq!(world.loader().retain().await.unwrap().raw_files, 0);
}

#[tokio::test]
async fn a_file_that_stays_bad_does_not_keep_expired_ones_alive() {
    let mut world = World::new();
    world.options.raw_for = Duration::from_secs(1);
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    world.set_now(i64::try_from(now.as_millis()).unwrap() + HOUR);
    world
        .deliver("good", &[Line::new(1, T0, vec![render(1, 0, 1, "a")])])
        .await;
    world.deliver_bytes("bad", &gzip(b"{}\n")[..9]).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let mut stop = Some(stop);
    let stopped = async {
        let _ = stopped.await;
    };
    world
        .loader()
        .run_every(Duration::from_secs(3_600), stopped, |result| {
            let error = result.unwrap_err();
            assert!(error.to_string().contains("bad.gz"), "{error}");
            drop(stop.take());
        })
        .await;
    let there = async |name: &str| {
        let key = format!("raw/2026/11/20/10/{name}.gz");
        world.raw.head(&key.as_str().into()).await.is_ok()
    };
    assert_eq!((there("good").await, there("bad").await), (false, true));
}
