//! Bad input over HTTP: the good events of a batch go on, each bad one ends in the rejects table, and no request writes events it may not.

use anyhow::{Context, Result};
use eyeline_core::wire::{Event, Kind};
use eyeline_tests::{Dice, Instance, http_client, rows};
use serde_json::{Value, json};

use crate::stage::{KEY, Serving, Stage, an_hour_ago};

const REJECTS: &str = "SELECT inst, seq, why FROM rejects ORDER BY seq NULLS LAST";

/// Posts a body and gives status and JSON answer.
async fn post(to: &Serving, query: &str, body: Vec<u8>) -> Result<(u16, Value)> {
    let url = format!("{}/v1/batch?{query}", to.url);
    let answer = http_client()?.post(url).body(body).send().await?;
    let status = answer.status().as_u16();
    let text = answer.text().await?;
    let json = serde_json::from_str(&text).with_context(|| format!("not JSON: {text}"))?;
    Ok((status, json))
}

fn good_query() -> String {
    format!("k={KEY}&w=1&a=1")
}

#[tokio::test]
async fn bad_events_of_a_good_batch_become_rejects_and_the_rest_goes_on() -> Result<()> {
    let stage = Stage::new()?;
    let collector = stage.collector().await?;
    let mut instance = Instance::start("north", an_hour_ago(), &mut Dice::new(1));
    let long = "x".repeat(9_000);
    let events = (1..=6).map(|n| Event::new(Kind::Page, n, 10));
    let good = instance.seal(events.collect());
    let mut batch: Value = serde_json::from_slice(&good.body)?;
    batch["ev"][1]["dt"] = json!("late");
    batch["ev"][2]["tg"] = json!(long);
    batch["ev"][4]["n"] = json!(4);
    let (status, answer) = post(&collector, &good_query(), batch.to_string().into()).await?;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["ok"], 3, "{answer}");
    collector.stop().await?;

    let loader = stage.loader()?;
    let counts = loader.run_once().await?.counts;
    assert_eq!((counts.read, counts.written, counts.rejected), (6, 3, 3));
    let inst = instance.id().to_string();
    let row = |n: &str, why: &str| vec![inst.clone(), n.to_owned(), why.to_owned()];
    assert_eq!(
        rows(loader.lake(), REJECTS).await?,
        [
            row("2", "bad_type"),
            row("3", "too_large"),
            row("4", "duplicate_number"),
        ]
    );
    let kept = rows(loader.lake(), "SELECT seq FROM events ORDER BY seq").await?;
    assert_eq!(kept, [["1"], ["4"], ["6"]]);
    Ok(())
}

#[tokio::test]
async fn a_request_that_is_bad_as_a_whole_says_why_and_ends_as_rejects_where_its_sender_gives_up()
-> Result<()> {
    let stage = Stage::new()?;
    let collector = stage.collector().await?;
    let mut instance = Instance::start("north", an_hour_ago(), &mut Dice::new(1));
    let good = instance.renders(2).body;
    let elsewhere = Instance::start("east", an_hour_ago(), &mut Dice::new(2))
        .renders(1)
        .body;
    let text = String::from_utf8(good.clone())?;
    let truncated = good[..good.len() / 2].to_vec();
    let cases: [(&str, String, Vec<u8>, u16); 6] = [
        (
            "unknown key",
            "k=wk_nobody&w=1&a=1".to_owned(),
            good.clone(),
            401,
        ),
        ("another's affiliate", good_query(), elsewhere, 403),
        ("not JSON", good_query(), b"<html>".to_vec(), 400),
        ("cut short", good_query(), truncated, 400),
        (
            "wrong version",
            good_query(),
            text.replace("1-0-0", "9-0-0").into(),
            400,
        ),
        ("too large", good_query(), vec![b' '; 600 << 10], 413),
    ];
    for (case, query, body, expected) in cases {
        let (status, answer) = post(&collector, &query, body).await?;
        assert_eq!(status, expected, "{case}: {answer}");
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(!message.is_empty(), "{case}: {answer}");
        assert!(!message.contains(KEY), "{case}: the key is in {answer}");
    }
    collector.stop().await?;
    // 401, 403 and 413 are not the end: the sender keeps or splits what it has.
    let loader = stage.loader()?;
    let counts = loader.run_once().await?.counts;
    assert_eq!((counts.read, counts.rejected), (4, 4));
    let inst = instance.id().to_string();
    let row = |inst: &str, n: &str, why: &str| vec![inst.to_owned(), n.to_owned(), why.to_owned()];
    assert_eq!(
        rows(loader.lake(), REJECTS).await?,
        [
            row(&inst, "1", "unknown_version"),
            row(&inst, "2", "unknown_version"),
            row("", "", "bad_json"),
            row("", "", "bad_json"),
        ]
    );
    Ok(())
}
