//! From what is on screen to viewable, dwell and click, through the client.

use std::pin::pin;
use std::time::Duration;

use eyeline::{
    Click, ContentId, Impression, Label, NotRecorded, Page, PagePath, PlacementId, Visibility,
};

use crate::collector::{Collector, Reply};
use crate::support::{Bench, LONG};

const HALF: Visibility = Visibility {
    fraction: 0.5,
    width: 300.0,
    height: 250.0,
};

fn impression(content: &str) -> Impression {
    Impression::new(
        ContentId::new(content).unwrap(),
        PlacementId::new("recs-top").unwrap(),
    )
}

async fn kinds(bench: &Bench, collector: &Collector) -> Vec<String> {
    bench.flush().await;
    collector
        .taken()
        .into_iter()
        .map(|event| event.kind)
        .filter(|kind| kind != "page")
        .collect()
}

#[tokio::test]
async fn half_of_it_for_a_second_is_viewable_without_another_call() {
    let collector = Collector::start().await;
    let bench = Bench::new(&collector);
    let view = bench.client.impression(impression("item-1"));
    view.visible(HALF);
    bench.pass(Duration::from_millis(999)).await;
    let before = bench.client.stats().captured;
    bench.pass(Duration::from_millis(1)).await;
    assert!(bench.client.stats().captured > before);
    assert!(
        kinds(&bench, &collector)
            .await
            .contains(&"viewable".to_owned())
    );
    drop(view);
}

#[tokio::test]
async fn what_is_seen_while_the_collector_is_silent_counts() {
    let collector = Collector::start().await;
    collector.script([Reply::Hang]);
    let bench = Bench::new(&collector);
    bench.track([1]);
    let mut flush = pin!(bench.flush());
    let is_asked = async {
        while collector.requests().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = &mut flush => panic!("nothing was answered"),
        () = is_asked => {}
    }
    let view = bench.client.impression(impression("item-1"));
    view.visible(HALF);
    let before = bench.client.stats().captured;
    for _ in 0..3 {
        bench.step(Duration::from_secs(1));
    }
    let is_viewable = async {
        while bench.client.stats().captured == before {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = &mut flush => panic!("nothing was answered"),
        result = tokio::time::timeout(LONG, is_viewable) => result.expect("viewable is told"),
    }
}

#[tokio::test]
async fn nothing_is_viewable_while_the_app_is_behind() {
    let collector = Collector::start().await;
    let bench = Bench::with(&collector, |builder| builder.in_memory().active(false));
    let view = bench.client.impression(impression("item-1"));
    view.visible(HALF);
    bench.pass(Duration::from_secs(3)).await;
    assert!(
        !kinds(&bench, &collector)
            .await
            .contains(&"viewable".to_owned())
    );
}

#[tokio::test]
async fn a_view_that_is_dropped_ends_its_impression() {
    let collector = Collector::start().await;
    let bench = Bench::new(&collector);
    drop(bench.client.impression(impression("item-1")));
    let view = bench.client.impression(impression("item-2"));
    view.hide(&Label::new("scrolled").unwrap()).unwrap();
    bench.flush().await;
    let why: Vec<_> = collector
        .taken()
        .into_iter()
        .filter(|event| event.kind == "hide")
        .map(|event| event.why)
        .collect();
    assert_eq!(
        why,
        [Some("dropped".to_owned()), Some("scrolled".to_owned())]
    );
}

#[tokio::test]
async fn a_click_belongs_to_its_impression_until_the_page_changes() {
    let collector = Collector::start().await;
    let bench = Bench::new(&collector);
    let view = bench.client.impression(impression("item-1"));
    view.click(Click::default()).unwrap();
    bench
        .client
        .set_page(Page::new(PagePath::new("/next").unwrap()))
        .unwrap();
    assert!(matches!(
        view.click(Click::default()),
        Err(NotRecorded::Refused(_))
    ));
    drop(view);
    let kinds = kinds(&bench, &collector).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "click").count(), 1);
    assert_eq!(kinds.iter().filter(|kind| *kind == "hide").count(), 1);
}
