//! Invalid traffic by volume: what counts is the busiest hour, not the average over a long life.

use crate::support::{HOUR, Line, T0, World, event, render};

const VERDICT: &str = "SELECT count(*) FROM instances WHERE ivt = 'volume'";

/// Renders `count` impressions within the hour that starts at `T0`, in several lines of at most 500 events, from number `first`.
fn burst(first: u64, count: u64) -> Vec<Line> {
    let numbers: Vec<u64> = (first..first + count).collect();
    numbers
        .chunks(500)
        .map(|chunk| {
            let renders = chunk.iter().map(|n| render(*n, 1_000, *n, "a")).collect();
            Line::new(1, T0, renders)
        })
        .collect()
}

#[tokio::test]
async fn a_burst_of_an_hour_is_not_hidden_by_a_long_life() {
    let world = World::new();
    let mut lines = burst(1, 1_001);
    let page = event("page", 1_002, 0, "");
    lines.push(Line::new(1, T0 - 20 * HOUR, vec![page]));
    world.deliver("burst", &lines).await;
    world.loader().run_once().await.unwrap();
    assert_eq!(world.number(VERDICT).await, 1);
    assert_eq!(
        world
            .number("SELECT count(*) FROM fct_impression WHERE ivt = 'volume'")
            .await,
        1_001
    );
    world.check().await;
}

#[tokio::test]
async fn an_hour_adds_up_over_loads_and_compaction() {
    let world = World::new();
    for (load, (first, count)) in (0..8).map(|load| (load, (load * 130 + 1, 130))) {
        world
            .deliver(&format!("d{load}"), &burst(first, count))
            .await;
        world.loader().run_once().await.unwrap();
        assert_eq!(
            world.number(VERDICT).await,
            i64::from(load == 7),
            "after load {load}"
        );
    }
    assert!(world.loader().compact().await.unwrap() > 0);
    assert_eq!(world.number(VERDICT).await, 1);
    world.deliver("copy", &burst(1, 130)).await;
    assert_eq!(world.loader().run_once().await.unwrap().counts.written, 0);
    world.check().await;
}

#[tokio::test]
async fn a_thousand_renders_in_each_of_two_hours_are_no_machines() {
    let world = World::new();
    let mut lines = burst(1, 1_000);
    for line in burst(1_001, 1_000) {
        lines.push(Line {
            start: T0 - HOUR,
            received: T0,
            ..line
        });
    }
    world.deliver("two", &lines).await;
    world.loader().run_once().await.unwrap();
    assert_eq!(world.number(VERDICT).await, 0);
}
