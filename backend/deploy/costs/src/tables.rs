//! The tables of docs/deploy.md.

use std::fmt::Write as _;

use crate::bill::Bill;
use crate::month::{Engine, Month, Query};
use crate::prices::{Known, Prices, Region};
use crate::records::Packing;

const REGIONS: [(&str, Region); 2] = [("us-east-1", Region::Virginia), ("Tokyo", Region::Tokyo)];

/// All of them, as Markdown.
#[must_use]
pub fn tables() -> String {
    let prices = Prices::committed();
    [
        growth(&prices),
        standing(&prices),
        volumes(&prices),
        options(&prices),
        sources(&prices),
    ]
    .join("\n")
}

/// What grows with a billion events, by how they are put into records.
fn growth(prices: &Prices) -> String {
    let of = |packing| Month {
        packing,
        ..Month::of(1e9)
    };
    let months = [Packing::Event, Packing::Batch, Packing::Shared].map(of);
    let bills = months.map(|month| month.grows(prices, Region::Virginia));
    let mut text = String::from(
        "Dollars for what grows with **a billion events** in a month, us-east-1:\n\n\
         | | one event a record | one batch a record | as built |\n|---|---:|---:|---:|\n",
    );
    rows(&mut text, &bills);
    text
}

/// What is paid without an event.
fn standing(prices: &Prices) -> String {
    let bills = REGIONS.map(|(_, region)| Month::of(0.0).stands(prices, region));
    let mut text = String::from(
        "Dollars a month for what stands there, with the template's defaults:\n\n| | us-east-1 | Tokyo |\n|---|---:|---:|\n",
    );
    rows(&mut text, &bills);
    text
}

/// Totals by volume.
fn volumes(prices: &Prices) -> String {
    let mut text = String::from(
        "Dollars a month in all, and without what stands there, as built and with one event a record:\n\n\
         | a month with | region | all, as built | grows, as built | grows, one event a record | ratio |\n|---|---|---:|---:|---:|---:|\n",
    );
    let months = [
        ("a million events", Month::of(1e6)),
        ("a million impressions", Month::of_impressions(1e6)),
        ("a billion events", Month::of(1e9)),
        ("a billion impressions", Month::of_impressions(1e9)),
        ("a hundred billion events", Month::of(1e11)),
    ];
    for (what, month) in months {
        let alone = Month {
            packing: Packing::Event,
            ..month
        };
        for (name, region) in REGIONS {
            let grows = month.grows(prices, region).total();
            let all = grows + month.stands(prices, region).total();
            let one = alone.grows(prices, region).total();
            row(
                &mut text,
                &[
                    what,
                    name,
                    &usd(all),
                    &usd(grows),
                    &usd(one),
                    &format!("{:.1}", one / grows),
                ],
            );
        }
    }
    text
}

/// What the template's choices cost beside the default.
fn options(prices: &Prices) -> String {
    let mut text = String::from(
        "Dollars a month in all by what loads and what is asked, us-east-1:\n\n\
         | | a million events | a billion events | a billion impressions |\n|---|---:|---:|---:|\n",
    );
    let choices = [
        (
            "the loader every 10 minutes, the lake alone",
            Engine::Loader,
            Query::Lake,
            10.0,
        ),
        (
            "EMR Serverless every hour, the lake alone",
            Engine::EmrServerless,
            Query::Lake,
            60.0,
        ),
        (
            "the loader every 10 minutes, Redshift",
            Engine::Loader,
            Query::Redshift,
            10.0,
        ),
        (
            "the loader every hour, Redshift",
            Engine::Loader,
            Query::Redshift,
            60.0,
        ),
    ];
    for (what, engine, query, load_every_minutes) in choices {
        let total = |month: Month| {
            let month = Month {
                engine,
                query,
                load_every_minutes,
                ..month
            };
            let bills = [
                month.grows(prices, Region::Virginia),
                month.stands(prices, Region::Virginia),
            ];
            usd(bills.iter().map(Bill::total).sum())
        };
        let months = [Month::of(1e6), Month::of(1e9), Month::of_impressions(1e9)];
        let [million, billion, impressions] = months.map(total);
        row(&mut text, &[what, &million, &billion, &impressions]);
    }
    text
}

/// Where the prices are from.
fn sources(prices: &Prices) -> String {
    let mut text = format!(
        "Prices of {}:\n\n| a | us-east-1 | Tokyo | from |\n|---|---:|---:|---|\n",
        prices.read
    );
    for (name, price) in &prices.prices {
        let [virginia, tokyo] = REGIONS.map(|(_, region)| prices.usd(name, region).to_string());
        let from = match price.known {
            Known::Page => format!("<{}>", price.page),
            Known::Memory => format!("memory: check at <{}>", price.page),
        };
        row(&mut text, &[&price.unit, &virginia, &tokyo, &from]);
    }
    text
}

/// A row for each thing that any of the bills charges, and one for the sums.
fn rows(text: &mut String, bills: &[Bill<'_>]) {
    let mut things: Vec<&str> = Vec::new();
    for charge in bills.iter().flat_map(Bill::charges) {
        if !things.contains(&charge.what) {
            things.push(charge.what);
        }
    }
    for thing in things {
        let of = |bill: &Bill<'_>| {
            let charge = bill.charges().iter().find(|charge| charge.what == thing);
            usd(charge.map_or(0.0, |charge| charge.usd))
        };
        let mut cells = vec![thing.to_owned()];
        cells.extend(bills.iter().map(of));
        row(text, &cells.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let mut cells = vec!["**together**".to_owned()];
    cells.extend(
        bills
            .iter()
            .map(|bill| format!("**{}**", usd(bill.total()))),
    );
    row(text, &cells.iter().map(String::as_str).collect::<Vec<_>>());
}

fn row(text: &mut String, cells: &[&str]) {
    writeln!(text, "| {} |", cells.join(" | ")).expect("a string takes all that is written");
}

/// Dollars: cents below a thousand, whole ones above, with thousands told apart.
fn usd(value: f64) -> String {
    if value < 1_000.0 {
        return format!("{value:.2}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_told_apart_by_thousands() {
        assert_eq!(
            [0.004, 12.345, 999.0, 1_000.0, 1_234_567.0].map(usd),
            ["0.00", "12.35", "999.00", "1,000", "1,234,567"]
        );
    }
}
