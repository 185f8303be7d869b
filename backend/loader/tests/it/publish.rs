//! Manifests for engines that know tables by folders: they name what the newest commit names, and nothing else.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use eyeline_loader::{Lake, Loader, StoreAt};
use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::support::{ADDRESS, HOUR, Line, T0, World, deliver_small_world, gzip, render};

/// Fails where the manifests are not those of the newest commit, or a note is left.
pub(crate) async fn check(world: &World) {
    let snapshot = world.reader().await.snapshot().clone();
    let live: BTreeSet<String> = snapshot
        .files
        .values()
        .map(|file| format!("{ADDRESS}/{}", file.path))
        .collect();
    let mut named = BTreeSet::new();
    for (path, text) in manifests(world).await {
        let folder = path
            .trim_end_matches("manifest")
            .replace("lake/manifests", "data");
        assert!(!text.is_empty(), "{path} is empty");
        for line in text.lines() {
            assert!(
                line.starts_with(&format!("{ADDRESS}/{folder}")),
                "{path} names {line}"
            );
            assert!(named.insert(line.to_owned()), "{line} is named twice");
        }
    }
    assert_eq!(named, live);
}

async fn manifests(world: &World) -> Vec<(String, String)> {
    let prefix = "lake/manifests".into();
    let objects: Vec<_> = world.lake.list(Some(&prefix)).try_collect().await.unwrap();
    let mut found = Vec::new();
    for object in objects {
        let path = object.location.to_string();
        if path.ends_with("/manifest") {
            let body = world.lake.get(&object.location).await.unwrap();
            let text = String::from_utf8(body.bytes().await.unwrap().to_vec()).unwrap();
            found.push((path, text));
        }
    }
    found
}

#[tokio::test]
async fn a_day_is_one_manifest_that_names_its_files() {
    let world = World::new();
    deliver_small_world(&world).await;
    world.loader().run_once().await.unwrap();
    let paths: BTreeSet<String> = manifests(&world)
        .await
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    for path in [
        "lake/manifests/events/received_date=2026-11-20/manifest",
        "lake/manifests/fct_impression/event_date=2026-11-20/manifest",
        "lake/manifests/mart_content_hour/event_date=2026-11-20/manifest",
        "lake/manifests/instance_parts/manifest",
    ] {
        assert!(paths.contains(path), "{path} is not among {paths:?}");
    }
    check(&world).await;
}

#[tokio::test]
async fn late_rows_compaction_erasure_and_retention_are_published() {
    let mut world = World::new();
    world.options.raw_for = Duration::from_secs(1);
    deliver_small_world(&world).await;
    world.deliver_bytes("bad", &gzip(b"not json\n")).await;
    world.loader().run_once().await.unwrap();
    check(&world).await;
    world
        .deliver("late", &[Line::new(9, T0, vec![render(1, 0, 1, "z")])])
        .await;
    world.loader().run_once().await.unwrap();
    check(&world).await;
    // Once asked for, manifests follow whoever changes the lake.
    world.options.publish_as = None;
    world.loader().compact().await.unwrap();
    check(&world).await;
    world
        .loader()
        .erase("shop", "anon000000000002")
        .await
        .unwrap();
    check(&world).await;
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    world.set_now(i64::try_from(now.as_millis()).unwrap() + HOUR);
    let rejects = |manifests: &[(String, String)]| {
        manifests
            .iter()
            .filter(|(path, _)| path.contains("/rejects/"))
            .count()
    };
    assert_eq!(rejects(&manifests(&world).await), 1);
    world.loader().retain().await.unwrap();
    assert_eq!(
        rejects(&manifests(&world).await),
        0,
        "a day without files has no manifest"
    );
    check(&world).await;
}

#[tokio::test]
async fn what_a_publisher_that_died_left_is_put_right_and_its_note_goes() {
    let world = World::new();
    deliver_small_world(&world).await;
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::at(StoreAt::open(&folder.path().to_string_lossy()).unwrap());
    let raw = StoreAt::new(world.raw.clone(), "raw".into());
    let loader = Loader::between(raw, lake, world.options.clone());
    loader.run_once().await.unwrap();
    let events = folder
        .path()
        .join("manifests/events/received_date=2026-11-20/manifest");
    let right = std::fs::read_to_string(&events).unwrap();
    let note = folder.path().join("manifests/under-way/dead.json");
    std::fs::write(&note, r#"{"version":0,"address":""}"#).unwrap();
    std::fs::write(&events, "of a commit long gone\n").unwrap();
    loader.publish().await.unwrap();
    assert_eq!(std::fs::read_to_string(&events).unwrap(), right);
    assert!(note.exists(), "it may be at work still");
    let file = std::fs::File::options().write(true).open(&note).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(3_700))
        .unwrap();
    loader.publish().await.unwrap();
    assert!(!note.exists());
}

#[tokio::test]
async fn another_address_writes_all_manifests_anew_and_none_is_written_unasked() {
    let mut world = World::new();
    world.options.publish_as = None;
    deliver_small_world(&world).await;
    world.loader().run_once().await.unwrap();
    assert_eq!(manifests(&world).await, []);
    for address in ["s3a://bucket/lake", ADDRESS] {
        world.options.publish_as = Some(format!("{address}/"));
        world.loader().publish().await.unwrap();
    }
    check(&world).await;
}
