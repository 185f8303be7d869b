//! Hours of the mart: filled again while open, frozen when final, with what came later beside them.

use crate::support::{HOUR, Line, T0, World, event, render, shown};

async fn load(world: &World, name: &str, line: Line) {
    world.deliver(name, &[line]).await;
    world.loader().run_once().await.unwrap();
}

#[tokio::test]
async fn an_hour_is_final_after_three_days_and_what_comes_later_is_marked() {
    let mut world = World::new();
    world.options.list_all = true;
    load(&world, "d1", Line::new(1, T0, vec![render(1, 0, 1, "a")])).await;
    assert_eq!(
        world
            .number("SELECT count(*) FROM mart_content_hour WHERE is_final")
            .await,
        0
    );
    world.set_now(T0 + 73 * HOUR);
    assert_eq!(world.loader().run_once().await.unwrap().hours_final, 1);
    let late = vec![render(2, 5, 2, "a"), event("click", 3, 9, &shown(1, "a"))];
    load(
        &world,
        "d2",
        Line::new(1, T0, late).received(T0 + 73 * HOUR),
    )
    .await;
    let count = |late: &str, column: &str| {
        format!(
            "SELECT sum({column}) FROM mart_content_hour WHERE is_final AND late_after_final = {late}"
        )
    };
    assert_eq!(world.number(&count("false", "impressions")).await, 1);
    assert_eq!(world.number(&count("false", "clicks")).await, 0);
    assert_eq!(world.number(&count("true", "impressions")).await, 1);
    assert_eq!(world.number(&count("true", "clicks")).await, 1);
    assert_eq!(world.number("SELECT count(*) FROM fct_impression").await, 2);
    world.check().await;
}

#[tokio::test]
async fn what_comes_for_an_hour_that_was_final_and_empty_is_marked_too() {
    let world = World::new();
    let next_hour = vec![render(1, 0, 1, "a")];
    load(&world, "d1", Line::new(1, T0 + HOUR, next_hour)).await;
    world.set_now(T0 + 75 * HOUR);
    assert_eq!(world.loader().run_once().await.unwrap().hours_final, 1);
    for (name, n) in [("d2", 1), ("d3", 2)] {
        let late = Line::new(2, T0, vec![render(n, 0, n, "a")]).received(T0 + 75 * HOUR);
        world.deliver(name, &[late]).await;
        let all = [
            "2026/11/20/10/d2.gz".to_owned(),
            "2026/11/20/10/d3.gz".to_owned(),
        ];
        let known = &all[..usize::try_from(n).unwrap()];
        world.loader().load_files(known).await.unwrap();
    }
    let impressions = async |late: &str| {
        let sql = format!(
            "SELECT coalesce(sum(impressions), 0) FROM mart_content_hour WHERE late_after_final = {late}"
        );
        world.number(&sql).await
    };
    assert_eq!(
        (impressions("true").await, impressions("false").await),
        (2, 1)
    );
    assert_eq!(world.loader().run_once().await.unwrap().hours_final, 0);
    world.check().await;
}

#[tokio::test]
async fn only_touched_hours_are_written_again() {
    let world = World::new();
    load(&world, "d1", Line::new(1, T0, vec![render(1, 0, 1, "a")])).await;
    load(
        &world,
        "d2",
        Line::new(2, T0 + HOUR, vec![render(1, 0, 1, "a")]),
    )
    .await;
    let lake = world.loader().lake().clone();
    let before = lake.snapshot().await.unwrap();
    load(
        &world,
        "d3",
        Line::new(3, T0 + HOUR, vec![render(1, 0, 1, "a")]),
    )
    .await;
    let after = lake.snapshot().await.unwrap();
    let kept = |hour: i64| {
        let mut files = before
            .files
            .values()
            .filter(|file| file.path.starts_with("data/mart") && file.min_ms == hour);
        files.all(|file| after.files.contains_key(&file.path))
    };
    assert!(kept(T0) && !kept(T0 + HOUR));
}
