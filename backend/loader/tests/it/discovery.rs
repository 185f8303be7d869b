//! What is listed: nothing that was delivered waits for ever, however long nobody looked.

use object_store::ObjectStoreExt;

use crate::support::{HOUR, Line, T0, World, gzip, render};

fn line(number: u64) -> Line {
    Line::new(number, T0, vec![render(1, 0, 1, "a")])
}

#[tokio::test]
async fn after_an_outage_longer_than_the_window_all_that_waits_is_loaded() {
    let world = World::new();
    world.deliver("d1", &[line(1)]).await;
    world.loader().run_once().await.unwrap();
    world.deliver("d2", &[line(2)]).await;
    world.set_now(T0 + 72 * HOUR);
    assert_eq!(world.loader().run_once().await.unwrap().raw_files, 1);
}

#[tokio::test]
async fn a_file_that_appears_in_an_hour_long_past_is_found_within_a_day() {
    let world = World::new();
    world.deliver("d1", &[line(1)]).await;
    world.set_now(T0 + 40 * HOUR);
    assert_eq!(world.loader().run_once().await.unwrap().raw_files, 1);
    world.deliver("d2", &[line(2)]).await;
    world.set_now(T0 + 63 * HOUR);
    assert_eq!(world.loader().run_once().await.unwrap().raw_files, 0);
    world.set_now(T0 + 64 * HOUR);
    assert_eq!(world.loader().run_once().await.unwrap().raw_files, 1);
}

#[tokio::test]
async fn a_quiet_day_moves_the_date_of_the_whole_listing() {
    let world = World::new();
    world.deliver("d1", &[line(1)]).await;
    world.loader().run_once().await.unwrap();
    world.set_now(T0 + 30 * HOUR);
    assert_eq!(world.loader().run_once().await.unwrap().raw_files, 0);
    let listed = world.loader().lake().snapshot().await.unwrap();
    assert_eq!(listed.listed_all_ms, T0 + 30 * HOUR);
    world.set_now(T0 + 31 * HOUR);
    world.loader().run_once().await.unwrap();
    let quiet = world.loader().lake().snapshot().await.unwrap();
    assert_eq!(quiet.version, listed.version);
}

#[tokio::test]
async fn a_listing_that_was_not_worked_off_does_not_count() {
    let mut world = World::new();
    world.options.micro_batch_events = 1;
    world.deliver("d1", &[line(1)]).await;
    world.deliver("d2", &[line(2)]).await;
    world.loader().run_once().await.unwrap();
    let lake = world.loader().lake().clone();
    let halfway = lake.snapshot_at(1).await.unwrap();
    assert_eq!((halfway.raw.len(), halfway.listed_all_ms), (1, 0));
    let done = lake.snapshot().await.unwrap();
    assert_eq!((done.version, done.listed_all_ms), (2, T0 + HOUR));
}

#[tokio::test]
async fn a_bad_file_is_named_by_every_run_until_it_is_mended_or_gone() {
    let world = World::new();
    let whole = gzip(format!("{}\n", line(1).text()).as_bytes());
    let torn = &whole[..whole.len() - 9];
    world.deliver_bytes("mended", torn).await;
    world.deliver_bytes("removed", torn).await;
    for hours in [1, 2, 30, 45] {
        world.set_now(T0 + hours * HOUR);
        let error = world.loader().run_once().await.unwrap_err();
        assert!(error.to_string().starts_with("2 of"), "{hours} h: {error}");
    }
    world.deliver_bytes("mended", &whole).await;
    let gone = "raw/2026/11/20/10/removed.gz".into();
    world.raw.delete(&gone).await.unwrap();
    assert_eq!(world.loader().run_once().await.unwrap().counts.written, 1);
    let snapshot = world.loader().lake().snapshot().await.unwrap();
    assert!(snapshot.unreadable.is_empty());
}
