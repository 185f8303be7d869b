//! What becomes of the events of clients that die or stay offline too long, as the warehouse tells it.

use std::time::Duration;

use anyhow::Result;
use eyeline::{Client, Consent, ContentId, Flushed, Impression, LossReason, PlacementId};
use eyeline_tests::{FaultProxy, Faults, rows};

use crate::stage::{AFFILIATES, KEY, Stage, an_hour_ago, system_time};
use crate::time::{Time, deliver_all};

const OFFLINE: Faults = Faults {
    seed: 1,
    every_method: false,
    fail_after: 0.0,
    fail: 1.0,
    reset: 0.0,
    portal: 0.0,
    duplicate: 0.0,
    repeat_late: 0.0,
    delay: 0.0,
    delay_for: Duration::ZERO,
};

fn client(stage: &Stage, to: &str, time: &Time) -> Result<Client> {
    Ok(Client::builder(to, KEY, AFFILIATES[0])
        .directory(stage.device("phone"))
        .consent(Consent::Full)
        .clock(time.clock())
        .build()?)
}

fn see(client: &Client) -> Result<()> {
    let (content, placement) = (ContentId::new("item")?, PlacementId::new("list")?);
    drop(client.impression(Impression::new(content, placement)));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_killed_before_it_sent_anything_loses_nothing_and_its_end_is_known() -> Result<()>
{
    let stage = Stage::new()?;
    let collector = stage.collector().await?;
    let proxy = FaultProxy::start("127.0.0.1:0", &collector.url, OFFLINE).await?;
    let (child, captured) = stage.client_process(&proxy.url(), 25)?;
    child.kill()?;

    proxy.set_faults(Faults::default())?;
    // Later than any pause the killed one may have stored.
    let time = Time::starting(system_time().plus(Duration::from_secs(600)));
    let next = client(&stage, &proxy.url(), &time)?;
    see(&next)?;
    let clients = [next];
    deliver_all(&clients, &time).await?;
    let own = clients[0].stats();
    assert!(own.lost.is_empty(), "{own:?}");
    clients[0].shutdown(Duration::from_secs(60)).await;
    proxy.stop().await;
    collector.stop().await?;

    let loader = stage.loader()?;
    loader.run_once().await?;
    let told = rows(
        loader.lake(),
        "SELECT renders, expected, received, lost, tail_known FROM instances ORDER BY renders DESC",
    )
    .await?;
    let captured = captured.to_string();
    assert_eq!(told[0], ["25", &captured, &captured, "0", "true"]);
    assert_eq!(told.len(), 2);
    assert_eq!(told[1][3], "0");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_gave_up_is_lost_in_the_warehouse_for_the_same_reason() -> Result<()> {
    let stage = Stage::new()?;
    let time = Time::starting(an_hour_ago());
    let collector = stage.collector_at(time.wall()).await?;
    let proxy = FaultProxy::start("127.0.0.1:0", &collector.url, OFFLINE).await?;
    let offline = client(&stage, &proxy.url(), &time)?;
    for _ in 0..10 {
        see(&offline)?;
    }
    let outcome = offline.flush(Duration::from_secs(60)).await;
    assert_ne!(outcome, Flushed::Complete);
    // A queue keeps events for 30 days.
    time.pass(Duration::from_secs(31 * 86_400));
    offline.settle(Duration::from_secs(60)).await;
    proxy.set_faults(Faults::default())?;
    see(&offline)?;
    let clients = [offline];
    deliver_all(&clients, &time).await?;
    let own = clients[0].stats();
    let expired = own.lost[&LossReason::Expired];
    assert!(expired >= 10, "{own:?}");
    assert_eq!(own.captured, own.delivered + expired);
    clients[0].shutdown(Duration::from_secs(60)).await;
    proxy.stop().await;
    collector.stop().await?;

    let loader = stage.loader_at(time.wall())?;
    loader.run_once().await?;
    let told = rows(
        loader.lake(),
        "SELECT expected, received, lost, expired FROM instances",
    )
    .await?;
    let number = |n: u64| n.to_string();
    assert_eq!(
        told,
        [[
            number(own.captured),
            number(own.delivered),
            number(expired),
            number(expired)
        ]]
    );
    Ok(())
}
