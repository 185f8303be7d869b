//! Turns counts into cells: a rate only where enough stands behind it, and never without its interval.

use super::model::{Cell, Column, Figure, Row, Table};
use super::stats::{Counted, Interval, wilson};

/// Below this many trials a rate is held back: its interval would span most of what it could be.
pub(super) const MIN_TRIALS: u64 = 100;

/// A rate with its Wilson interval, held back below [`MIN_TRIALS`] of `what`.
pub(super) fn rate(counted: Counted, what: &str) -> Cell {
    if counted.n < MIN_TRIALS {
        return hidden(MIN_TRIALS, what);
    }
    wilson(counted).map_or(Cell::Missing, |interval| shown(interval, counted.n))
}

/// A rate of everything there is: a count, not a sample, so it is never held back.
pub(super) fn share(counted: Counted) -> Cell {
    wilson(counted).map_or(Cell::Missing, |interval| shown(interval, counted.n))
}

fn shown(interval: Interval, n: u64) -> Cell {
    Cell::Rate {
        value: interval.value,
        low: interval.low,
        high: interval.high,
        n,
    }
}

/// The Wilson interval behind [`rate`], for charts: nothing where the rate is held back.
pub(super) fn drawn(counted: Counted) -> Option<Interval> {
    if counted.n < MIN_TRIALS {
        None
    } else {
        wilson(counted)
    }
}

/// An estimate with its interval.
pub(super) fn estimate(interval: Option<Interval>) -> Cell {
    interval.map_or(Cell::Missing, |interval| Cell::Estimate {
        value: interval.value,
        low: interval.low,
        high: interval.high,
    })
}

/// Held back: there are fewer than `needs` of `what`.
pub(super) fn hidden(needs: u64, what: &str) -> Cell {
    Cell::Hidden {
        hidden: format!("fewer than {needs} {what}"),
    }
}

/// A headline number.
pub(super) fn figure(label: &str, value: Cell, note: impl Into<String>) -> Figure {
    Figure {
        label: label.to_owned(),
        value,
        note: note.into(),
    }
}

/// A table, from pairs of column key and title.
pub(super) fn table(
    id: &'static str,
    caption: impl Into<String>,
    columns: &[(&'static str, &'static str)],
    rows: Vec<Row>,
) -> Table {
    let columns = columns
        .iter()
        .map(|&(key, title)| Column {
            key,
            title,
            sparse: false,
        })
        .collect();
    Table {
        id,
        caption: caption.into(),
        columns,
        rows,
    }
}

/// A name, or what stands for a missing one.
pub(super) fn name(name: Option<String>) -> String {
    name.filter(|name| !name.is_empty())
        .unwrap_or_else(|| "(none)".to_owned())
}

/// A whole number with thin separators, as prose shows it.
pub(super) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share as prose shows it, such as `0.523 %`.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let decimals = if percent.abs() < 10.0 { 3 } else { 1 };
    format!("{percent:.decimals$} %")
}

/// A share as charts print it beside a bar, such as `15.6 %`.
pub(super) fn tenths(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A difference of shares with its interval, in percentage points.
pub(super) fn points(interval: Interval) -> String {
    let [value, low, high] = [interval.value, interval.low, interval.high].map(|x| x * 100.0);
    format!("{value:+.3} percentage points [{low:+.3}, {high:+.3}]")
}

/// A p value as prose shows it.
pub(super) fn p_value(p: f64) -> String {
    if p < 0.0005 {
        "p < 0.001".to_owned()
    } else {
        format!("p = {p:.3}")
    }
}
