//! `kill -9` of a real loader process, at moments spread over its run; the next process finishes the work.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use object_store::local::LocalFileSystem;

use crate::support::{World, deliver_small_world};

const FOLDER: &str = "EYELINE_LOADER_CHILD";

fn world(folder: &Path) -> World {
    let store = || Arc::new(LocalFileSystem::new_with_prefix(folder).unwrap());
    let mut world = World::in_stores(store(), store());
    world.options.micro_batch_bytes = 900;
    world
}

/// Not a test of its own: the process that the test below starts and kills.
#[tokio::test]
async fn child() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        world(Path::new(&folder)).loader().run_once().await.unwrap();
    }
}

fn start(folder: &Path) -> std::process::Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "kill::child"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

#[tokio::test]
async fn a_killed_loader_leaves_nothing_half_done() {
    let whole = tempfile::tempdir().unwrap();
    let undisturbed = world(whole.path());
    deliver_small_world(&undisturbed).await;
    let delivered = files(whole.path());
    undisturbed.loader().run_once().await.unwrap();
    let wanted = undisturbed.tables().await;
    let written = files(whole.path()) - delivered;
    let mut died = 0;
    let kills: u64 = std::env::var("EYELINE_KILLS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(6);
    for kill in 1..=kills {
        let folder = tempfile::tempdir().unwrap();
        let world = world(folder.path());
        deliver_small_world(&world).await;
        let mut child = start(folder.path());
        // Killed when it has written its share of files, so that the moments spread over the run and no clock decides: steps
        // of about five files, other ones in each round.
        let share = kill * STRIDE % written;
        while files(folder.path()) < delivered + share && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        died += u64::from(!child.wait().unwrap().success());
        assert!(start(folder.path()).wait().unwrap().success());
        assert_eq!(world.tables().await, wanted, "kill {kill}");
        world.check().await;
    }
    println!("{died} of {kills} loaders died at work, at one of {written} moments each");
    assert!(died * 2 >= kills, "{died} of {kills} died at work");
}

/// Shares no factor with a number of files that is not a multiple of it, so that every moment has its turn.
const STRIDE: u64 = 5;

fn files(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| {
            if entry.path().is_dir() {
                files(&entry.path())
            } else {
                1
            }
        })
        .sum()
}
