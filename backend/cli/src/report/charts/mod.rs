//! Charts as SVG whose colours follow the page: plotters draws with the stand-in colours of [`theme`], and the style sheet
//! replaces them for light, dark and print.

mod bars;
mod columns;
mod forest;
mod hours;
mod theme;

pub(super) use bars::bars;
pub(super) use columns::{Series, columns};
pub(super) use forest::{Point, forest};
pub(super) use hours::hours;

/// What an axis counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Shares, printed in percent.
    Percent,
    /// Differences of shares, printed in percentage points.
    Points,
    /// Anything else, printed as it is.
    Plain,
}

impl Unit {
    /// A value as the axis shows it.
    fn scale(self) -> f64 {
        match self {
            Self::Percent | Self::Points => 100.0,
            Self::Plain => 1.0,
        }
    }

    /// A tick's label: as many decimals as its neighbours need to differ.
    fn tick(self, value: f64, span: f64) -> String {
        let decimals = if span < 0.2 {
            3
        } else if span < 2.0 {
            2
        } else if span < 20.0 {
            1
        } else {
            0
        };
        let value = if value.abs() < span * 1e-9 {
            0.0
        } else {
            value
        };
        match self {
            Self::Percent => format!("{value:.decimals$} %"),
            Self::Points if value == 0.0 => "0".to_owned(),
            Self::Points => format!("{value:+.decimals$}"),
            Self::Plain => format!("{value:.decimals$}"),
        }
    }
}
