//! A forest plot: one row an item, a dot for the estimate and a line for its interval.

use plotters::prelude::{ChartBuilder, Circle, Color, PathElement, Text};
use plotters::style::text_anchor::{HPos, VPos};

use super::Unit;
use super::theme::{self, GRID, INK, QUIET, SERIES, WIDTH, text};
use crate::report::error::ReportError;
use crate::report::model::Block;
use crate::report::stats::Interval;

/// One row of the plot.
pub(in crate::report) struct Point {
    /// The item.
    pub(in crate::report) label: String,
    /// What stands behind it, such as `n = 1,000`.
    pub(in crate::report) basis: String,
    /// The estimate.
    pub(in crate::report) interval: Interval,
    /// Which of the series it belongs to, from 0.
    pub(in crate::report) series: usize,
}

/// Draws the rows in the order given. `reference` draws a line that intervals are to be read against.
pub(in crate::report) fn forest(
    title: &str,
    caption: &str,
    unit: Unit,
    axis: &str,
    reference: Option<f64>,
    points: &[Point],
) -> Result<Option<Block>, ReportError> {
    if points.is_empty() {
        return Ok(None);
    }
    let rows = u32::try_from(points.len()).unwrap_or(0).max(1);
    let (low, high) = range(points, reference, unit);
    theme::chart(title, caption, rows * ROW + 58, |canvas| {
        let mut plot = ChartBuilder::on(canvas)
            .margin_left(LABELS)
            .margin_right(BASIS)
            .margin_top(8)
            .margin_bottom(6)
            .x_label_area_size(44)
            .build_cartesian_2d(low..high, f64::from(rows)..0.0)?;
        plot.configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .x_labels(6)
            .x_label_formatter(&|x| unit.tick(*x, high - low))
            .x_desc(axis)
            .bold_line_style(GRID)
            .light_line_style(GRID.mix(0.0))
            .axis_style(GRID)
            .label_style(text(12, QUIET, HPos::Center, VPos::Center))
            .axis_desc_style(text(12, QUIET, HPos::Center, VPos::Center))
            .draw()?;
        if let Some(x) = reference {
            let x = x * unit.scale();
            plot.draw_series([PathElement::new(
                vec![(x, 0.0), (x, f64::from(rows))],
                QUIET.stroke_width(2),
            )])?;
        }
        for (row, point) in points.iter().enumerate() {
            let y = row as f64 + 0.5;
            let color = SERIES[point.series % SERIES.len()];
            let [at, from, to] = [
                point.interval.value,
                point.interval.low,
                point.interval.high,
            ]
            .map(|x| x * unit.scale());
            let (left, right) = (from.max(low), to.min(high));
            plot.draw_series([PathElement::new(
                vec![(left, y), (right, y)],
                color.stroke_width(2),
            )])?;
            for (end, runs_off, inward) in [(left, from < low, 1.0), (right, to > high, -1.0)] {
                // A cap where the interval ends, an arrow head where it runs off the chart.
                let back = if runs_off {
                    end + inward * (high - low) * 0.012
                } else {
                    end
                };
                let head = vec![(back, y - 0.17), (end, y), (back, y + 0.17)];
                plot.draw_series([PathElement::new(head, color.stroke_width(2))])?;
            }
            plot.draw_series([Circle::new((at.clamp(low, high), y), 5, color.filled())])?;
            let (_, pixel) = plot.backend_coord(&(low, y));
            let label = theme::shortened(&point.label, 28);
            canvas.draw(&Text::new(
                label,
                (LABELS - 10, pixel),
                text(13, INK, HPos::Right, VPos::Center),
            ))?;
            let edge = i32::try_from(WIDTH)? - BASIS + 12;
            canvas.draw(&Text::new(
                point.basis.clone(),
                (edge, pixel),
                text(12, QUIET, HPos::Left, VPos::Center),
            ))?;
        }
        Ok(())
    })
}

/// The part of the axis that shows every estimate; a very long interval runs off it rather than squeeze the others.
fn range(points: &[Point], reference: Option<f64>, unit: Unit) -> (f64, f64) {
    let estimates = || {
        points
            .iter()
            .map(|point| point.interval.value)
            .chain(reference)
    };
    let least = estimates().fold(0.0, f64::min);
    let most = estimates().fold(0.0, f64::max);
    let reach = (most - least).max(1e-6);
    let low = points
        .iter()
        .map(|point| point.interval.low)
        .fold(least, f64::min)
        .max(least - 1.5 * reach);
    let high = points
        .iter()
        .map(|point| point.interval.high)
        .fold(most, f64::max)
        .min(most + 1.5 * reach);
    let margin = (high - low) * 0.03;
    let low = if low < 0.0 { low - margin } else { 0.0 };
    (low * unit.scale(), (high + margin) * unit.scale())
}

/// Height of a row, in SVG units.
const ROW: u32 = 26;
/// Room for the items' names.
const LABELS: i32 = 190;
/// Room for what stands behind each estimate.
const BASIS: i32 = 130;
