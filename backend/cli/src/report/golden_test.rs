//! The report's numbers on the real data, against what the data's own counts give.

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
