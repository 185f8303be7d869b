//! The path of an impression, all parts real: client, bad network, collector, loader, fact table.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use eyeline::{Click, Client, Consent, ContentId, Impression, PlacementId, Visibility};
use eyeline_tests::{FaultProxy, Faults, rows};

use crate::stage::{AFFILIATES, KEY, Stage, an_hour_ago};
use crate::time::{Time, deliver_all};

const CLIENTS_OF_EACH: usize = 3;
const IMPRESSIONS: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn every_impression_of_a_bad_day_is_in_the_fact_table_once() -> Result<()> {
    let stage = Stage::new()?;
    let time = Time::starting(an_hour_ago());
    let wall = time.wall();
    let collector = stage.collector_at(Arc::clone(&wall)).await?;
    let faults = Faults {
        seed: 11,
        fail: 0.15,
        reset: 0.06,
        portal: 0.05,
        duplicate: 0.08,
        repeat_late: 0.05,
        ..Faults::default()
    };
    let proxy = FaultProxy::start("127.0.0.1:0", &collector.url, faults).await?;
    let mut clients = Vec::new();
    for affiliate in AFFILIATES {
        for number in 0..CLIENTS_OF_EACH {
            let client = Client::builder(&proxy.url(), KEY, affiliate)
                .directory(stage.device(&format!("{affiliate}-{number}")))
                .consent(Consent::Full)
                .batch_events(10)
                .clock(time.clock())
                .build()?;
            clients.push(client);
        }
    }
    for number in 0..IMPRESSIONS {
        let views: Vec<_> = clients
            .iter()
            .map(|client| {
                let content = ContentId::new(format!("item-{number}")).unwrap();
                let placement = PlacementId::new("list").unwrap();
                client.impression(Impression::new(content, placement))
            })
            .collect();
        for view in &views {
            // Every second one shows enough of itself.
            view.visible(Visibility {
                fraction: if number % 2 == 0 { 0.75 } else { 0.25 },
                width: 300.0,
                height: 250.0,
            });
        }
        time.pass(Duration::from_millis(1_500));
        if number % 10 == 0 {
            for view in &views {
                view.click(Click::default())?;
            }
        }
        drop(views);
        for client in &clients {
            client.settle(Duration::from_secs(60)).await;
        }
    }
    deliver_all(&clients, &time).await?;
    let mut captured = 0;
    for client in clients {
        let stats = client.stats();
        assert!(stats.lost.is_empty(), "{stats:?}");
        assert_eq!(stats.captured, stats.delivered);
        captured += stats.captured;
        client.shutdown(Duration::from_secs(60)).await;
    }
    let injected = proxy.stop().await;
    assert!(
        injected.failed > 0 && injected.duplicated > 0,
        "{injected:?}"
    );
    collector.stop().await?;

    let loader = stage.loader_at(wall)?;
    let report = loader.run_once().await?;
    let counts = report.counts;
    assert_eq!(
        counts.read,
        counts.written + counts.duplicate + counts.rejected
    );
    assert_eq!((counts.written, counts.rejected), (captured, 0));
    assert!(counts.duplicate > 0, "{counts:?}");
    let facts = rows(
        loader.lake(),
        "SELECT affiliate_id, COUNT(*), SUM(measurable), SUM(viewable), SUM(clicks), MIN(rule), \
                SUM(CASE WHEN viewable = 1 THEN visible_ms ELSE 0 END) \
         FROM fct_impression GROUP BY affiliate_id ORDER BY affiliate_id",
    )
    .await?;
    let each = CLIENTS_OF_EACH * IMPRESSIONS;
    let viewable = each / 2;
    for (row, affiliate) in facts.iter().zip(AFFILIATES) {
        let expected = [
            affiliate.to_owned(),
            each.to_string(),
            each.to_string(),
            viewable.to_string(),
            (each / 10).to_string(),
            "mrc50_1s".to_owned(),
            (viewable * 1_500).to_string(),
        ];
        assert_eq!(*row, expected);
    }
    assert_eq!(facts.len(), AFFILIATES.len());
    let lost = rows(loader.lake(), "SELECT SUM(lost), COUNT(*) FROM instances").await?;
    assert_eq!(lost, [["0", "9"]]);
    assert_eq!(loader.verify().await?.problems, Vec::<String>::new());
    Ok(())
}
