//! The report's numbers on the real data, against what the data's own counts give.

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::Int64Type;
use eyeline_core::UnixMillis;

use super::Options;
use super::fixture::{cell, empty_lake, real_lake, report, table};
use super::model::{Block, Cell, Report, Tone, Verdict};

fn printed(cell: &Cell) -> String {
    let percent = |x: &f64| format!("{:.3}", x * 100.0);
    match cell {
        Cell::Rate {
            value, low, high, ..
        } => format!("{} [{}, {}]", percent(value), percent(low), percent(high)),
        other => format!("{other:?}"),
    }
}

fn verdicts<'a>(report: &'a Report, page: &str) -> Vec<&'a Verdict> {
    let page = report.pages.iter().find(|one| one.id == page).unwrap();
    let verdicts = page.blocks.iter().filter_map(|block| match block {
        Block::Verdict(verdict) => Some(verdict),
        _ => None,
    });
    verdicts.collect()
}

#[tokio::test]
async fn the_real_experiment_reads_as_it_should() {
    let report = report(&real_lake().await).await;
    let comparison = table(&report, "comparison");
    let men = |column| cell(comparison, &["affiliate zozo-men"], column);
    assert_eq!(printed(men("treatment")), "0.690 [0.546, 0.872]");
    assert_eq!(printed(men("control")), "0.460 [0.345, 0.613]");
    let Cell::Estimate { low, high, .. } = men("sequence") else {
        panic!("no sequence")
    };
    assert!(
        *low < 0.0 && *high > 0.0,
        "the decision line still holds 0: [{low}, {high}]"
    );
    assert_eq!(*men("decision"), Cell::text("not decided"));
    let all = |column| cell(comparison, &["all traffic", "bts - random"], column);
    assert_eq!(printed(all("treatment"))[..5], *"0.523");
    assert_eq!(printed(all("control"))[..5], *"0.433");
    assert_eq!(*all("decision"), Cell::text("not decided"));
    let verdicts = verdicts(&report, "experiment");
    assert_eq!(verdicts[0].headline, "Sample ratio: as intended");
    assert_eq!(verdicts[1].headline, "bts against random: not decided");
}

#[tokio::test]
async fn position_has_no_significant_effect_in_the_real_data() {
    let report = report(&real_lake().await).await;
    let verdicts = verdicts(&report, "placement");
    assert_eq!(verdicts.len(), 3);
    for verdict in verdicts {
        assert_eq!(verdict.tone, Tone::Undecided, "{}", verdict.headline);
        assert!(
            verdict.headline.ends_with("not significant"),
            "{}",
            verdict.headline
        );
    }
}

#[tokio::test]
async fn of_160_real_contents_61_have_no_click() {
    let report = report(&real_lake().await).await;
    let content = table(&report, "content");
    assert_eq!(content.rows.len(), 160);
    let clicks = content
        .columns
        .iter()
        .position(|column| column.key == "clicks")
        .unwrap();
    assert_eq!(
        content
            .rows
            .iter()
            .filter(|row| row[clicks] == Cell::Count(0))
            .count(),
        61
    );
}

#[tokio::test]
async fn an_empty_lake_gives_a_report_that_says_so() {
    let report = report(&empty_lake().await).await;
    assert_eq!(report.pages.len(), 9);
    assert!(
        report
            .html()
            .unwrap()
            .contains("No experiment with two variants")
    );
    report.json().unwrap();
}

#[tokio::test]
async fn every_query_fits_the_lakes_own_tables() {
    let folder = tempfile::tempdir().unwrap();
    let lake = eyeline_loader::Lake::open(folder.path().to_str().unwrap()).unwrap();
    let reader = eyeline_loader::LakeReader::open(&lake).await.unwrap();
    let report = report(reader.context()).await;
    assert_eq!(report.pages[0].id, "quality");
}

#[tokio::test]
async fn a_window_leaves_other_days_out() {
    let ctx = real_lake().await;
    let mut options = Options::new(UnixMillis::from_i64(0));
    options.window.first = Some("2019-11-25".to_owned());
    options.window.last = Some("2019-11-26".to_owned());
    let two_days = super::build(&ctx, &options).await.unwrap();
    options.window = super::Window::default();
    let all = super::build(&ctx, &options).await.unwrap();
    let impressions = |report: &Report| -> u64 {
        let content = table(report, "content");
        content
            .rows
            .iter()
            .map(|row| match row[1] {
                Cell::Count(n) => n,
                _ => 0,
            })
            .sum()
    };
    let sql = "SELECT count(*) AS n FROM fct_impression WHERE event_date BETWEEN DATE '2019-11-25' AND DATE '2019-11-26'";
    let counted = ctx.sql(sql).await.unwrap().collect().await.unwrap();
    let counted = counted[0].column(0).as_primitive::<Int64Type>().value(0);
    assert_eq!(i64::try_from(impressions(&two_days)).unwrap(), counted);
    assert_eq!(
        impressions(&all),
        60_000,
        "the lake itself was not narrowed"
    );
    assert_eq!(
        two_days.window,
        super::Window {
            first: Some("2019-11-25".to_owned()),
            last: Some("2019-11-26".to_owned())
        }
    );
}

#[tokio::test]
async fn the_page_fetches_nothing_and_says_what_is_synthetic() {
    let html = report(&real_lake().await).await.html().unwrap();
    for outside in ["src=\"http", "href=\"http", "@import", "url(http"] {
        assert!(!html.contains(outside), "the page names {outside}");
    }
    assert!(html.contains("Synthetic parts."));
    assert!(html.contains("default-src 'none'"));
}
