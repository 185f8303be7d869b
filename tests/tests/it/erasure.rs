//! Erasure end to end: the request is kept, the loader erases, and what arrives afterwards does not bring the visitor back.

use anyhow::Result;
use eyeline_core::wire::Forget;
use eyeline_tests::{Dice, Instance, http_client, rows};

use crate::stage::{KEY, Stage, an_hour_ago, deliver_surely};

const LEFT: &str = "SELECT e.inst, COUNT(*), COUNT(f.imp) FROM events e \
    LEFT JOIN fct_impression f ON f.inst = e.inst AND f.imp = e.imp GROUP BY e.inst";

#[tokio::test]
async fn a_forgotten_visitor_is_gone_from_every_table_and_does_not_come_back() -> Result<()> {
    let stage = Stage::new()?;
    let client = http_client()?;
    let mut dice = Dice::new(1);
    let t0 = an_hour_ago();
    let mut goes = Instance::start("north", t0, &mut dice);
    let mut stays = Instance::start("north", t0, &mut dice);
    let collector = stage.collector().await?;
    deliver_surely(&client, &collector.url, &goes.renders(4)).await;
    deliver_surely(&client, &collector.url, &stays.renders(3)).await;
    let still_on_the_device = goes.renders(2);
    collector.stop().await?;
    let loader = stage.loader()?;
    loader.run_once().await?;
    assert_eq!(rows(loader.lake(), LEFT).await?.len(), 2);

    let collector = stage.collector().await?;
    let request = Forget::new("north", goes.anon()).encode();
    let url = format!("{}/v1/forget?k={KEY}", collector.url);
    let answer = client.post(url).body(request).send().await?;
    assert_eq!(answer.status().as_u16(), 200);
    collector.stop().await?;
    let report = loader.run_once().await?;
    assert_eq!(report.erased, 1);
    let only_who_stays = [[stays.id().to_string(), "3".to_owned(), "3".to_owned()]];
    assert_eq!(rows(loader.lake(), LEFT).await?, only_who_stays);

    // An hour old when it arrives: captured before the visitor asked.
    let collector = stage.collector().await?;
    deliver_surely(&client, &collector.url, &still_on_the_device).await;
    collector.stop().await?;
    let report = loader.run_once().await?;
    assert_eq!(report.counts.read, 2);
    assert_eq!(rows(loader.lake(), LEFT).await?, only_who_stays);
    assert_eq!(loader.verify().await?.problems, Vec::<String>::new());
    Ok(())
}
