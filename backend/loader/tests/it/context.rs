//! What an impression says of its batch (experiment, page, session, consent) comes from one event of its own, whole.

use std::fmt::Write as _;

use crate::support::{Line, T0, World, event, gzip, render, shown};

/// A line of another context: its experiments as JSON, the page and the session.
fn under(line: &Line, experiments: &str, page: &str, session: &str) -> String {
    line.text()
        .replace(
            r#""exp":{"recs":"bts"}"#,
            &format!(r#""exp":{experiments}"#),
        )
        .replace(
            r#""site":"news.example""#,
            &format!(r#""site":"news.example","page":"{page}""#),
        )
        .replace(r#""usr":{"#, &format!(r#""usr":{{"sid":"{session}","#))
}

async fn deliver(world: &World, name: &str, lines: &[&String]) {
    let text = lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{line}");
        text
    });
    world.deliver_bytes(name, &gzip(text.as_bytes())).await;
}

/// A click whose number is smaller than the render's would come first by any order but "the render".
fn rendered_and_clicked() -> (String, String) {
    let form = format!(r#"{},"ms":1,"var":"photo""#, shown(1, "item"));
    let rendered = Line::new(1, T0, vec![event("render", 2, 0, &form)]);
    let clicked =
        Line::new(1, T0, vec![event("click", 1, 900, &shown(1, "item"))]).received(T0 + 20_000);
    (
        under(&rendered, r#"{"z":"y"}"#, "/rendered", "session00000000z"),
        under(&clicked, r#"{"a":"x"}"#, "/clicked", "session00000000a"),
    )
}

const CONTEXT: &str = "SELECT experiment, variant, experiments, page, session_id, content_variant, clicks FROM fct_impression";

#[tokio::test]
async fn an_impression_has_the_context_of_its_render_however_its_events_arrive() {
    let (rendered, clicked) = rendered_and_clicked();
    for loads in [
        vec![vec![&rendered, &clicked]],
        vec![vec![&rendered], vec![&clicked]],
        vec![vec![&clicked], vec![&rendered]],
    ] {
        let world = World::new();
        for (number, lines) in loads.iter().enumerate() {
            deliver(&world, &format!("d{number}"), lines).await;
            world.loader().run_once().await.unwrap();
        }
        let row = world.rows(CONTEXT).await;
        let cells: Vec<&str> = row
            .lines()
            .nth(3)
            .unwrap()
            .split('|')
            .map(str::trim)
            .collect();
        assert_eq!(
            cells[1..8],
            [
                "z",
                "y",
                r#"{"z":"y"}"#,
                "/rendered",
                "session00000000z",
                "photo",
                "1"
            ],
            "{row}"
        );
        world.check().await;
    }
}

#[tokio::test]
async fn a_render_without_an_experiment_gets_none_from_a_click() {
    let (_, clicked) = rendered_and_clicked();
    let rendered = under(
        &Line::new(1, T0, vec![render(2, 0, 1, "item")]),
        "{}",
        "/rendered",
        "session00000000z",
    );
    let world = World::new();
    deliver(&world, "d", &[&clicked, &rendered]).await;
    world.loader().run_once().await.unwrap();
    assert_eq!(
        world
            .number(
                "SELECT count(*) FROM fct_impression WHERE experiment IS NULL AND variant IS NULL"
            )
            .await,
        1
    );
}

#[tokio::test]
async fn without_a_render_the_context_is_that_of_the_first_event() {
    let world = World::new();
    let at = |n: u64, experiments: &str, page: &str| {
        under(
            &Line::new(1, T0, vec![event("click", n, 900, &shown(1, "item"))]),
            experiments,
            page,
            "session00000000s",
        )
    };
    let (first, second) = (at(1, r#"{"b":"1"}"#, "/z"), at(2, r#"{"a":"2"}"#, "/y"));
    for (name, line) in [("d1", &second), ("d2", &first)] {
        deliver(&world, name, &[line]).await;
        world.loader().run_once().await.unwrap();
    }
    let row = world.rows(CONTEXT).await;
    assert!(
        row.contains("| b          | 1       |") && row.contains("/z"),
        "{row}"
    );
    world.check().await;
}
