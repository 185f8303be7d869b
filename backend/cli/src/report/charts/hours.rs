//! A count by hour over days.

use plotters::prelude::{AreaSeries, ChartBuilder, Color, PathElement, Text};
use plotters::style::text_anchor::{HPos, VPos};

use super::Unit;
use super::theme::{self, GRID, INK, QUIET, SERIES, text};
use crate::report::calendar;
use crate::report::error::ReportError;
use crate::report::model::Block;

/// Draws counts by the hour (ms since 1970 UTC), hours without a row as 0.
pub(in crate::report) fn hours(
    title: &str,
    caption: &str,
    counts: &[(i64, u64)],
) -> Result<Option<Block>, ReportError> {
    if counts.is_empty() {
        return Ok(None);
    }
    let first = counts.first().map_or(0, |row| row.0);
    let last = counts.last().map_or(0, |row| row.0) + HOUR_MS;
    let most = counts.iter().map(|row| row.1).max().unwrap_or(0).max(1) as f64 * 1.06;
    let span = ((last - first) / HOUR_MS) as f64;
    let line = filled(counts, first);
    theme::chart(title, caption, 240, |canvas| {
        let mut plot = ChartBuilder::on(canvas)
            .margin_top(10)
            .margin_right(12)
            .margin_left(4)
            .margin_bottom(4)
            .x_label_area_size(28)
            .y_label_area_size(66)
            .build_cartesian_2d(0.0..span, 0.0..most)?;
        plot.configure_mesh()
            .disable_x_mesh()
            .x_labels(0)
            .y_labels(5)
            .y_label_formatter(&|y| Unit::Plain.tick(*y, most.max(20.0)))
            .bold_line_style(GRID)
            .light_line_style(GRID.mix(0.0))
            .axis_style(GRID)
            .label_style(text(12, QUIET, HPos::Center, VPos::Center))
            .draw()?;
        plot.draw_series(
            AreaSeries::new(line.iter().copied(), 0.0, SERIES[0].mix(0.18))
                .border_style(SERIES[0].stroke_width(2)),
        )?;
        // A label a day, thinned out where days are many.
        let days = (last - first) / DAY_MS + 1;
        let every = days / 10 + 1;
        let midnight = first.div_euclid(DAY_MS) + i64::from(first.rem_euclid(DAY_MS) > 0);
        for day in (midnight..)
            .take_while(|day| day * DAY_MS < last)
            .filter(|day| day % every == 0)
        {
            let x = ((day * DAY_MS - first) / HOUR_MS) as f64;
            plot.draw_series([PathElement::new(
                vec![(x, 0.0), (x, most)],
                GRID.stroke_width(1),
            )])?;
            let (left, floor) = plot.backend_coord(&(x, 0.0));
            let label = calendar::day_of_month(day * DAY_MS);
            canvas.draw(&Text::new(
                label,
                (left + 2, floor + 14),
                text(12, INK, HPos::Left, VPos::Center),
            ))?;
        }
        Ok(())
    })
}

/// The line's points: a step an hour, down to 0 where an hour is missing.
fn filled(counts: &[(i64, u64)], first: i64) -> Vec<(f64, f64)> {
    let mut line = Vec::new();
    let mut next = first;
    for &(hour, count) in counts {
        while next < hour {
            line.push((((next - first) / HOUR_MS) as f64 + 0.5, 0.0));
            next += HOUR_MS;
        }
        line.push((((hour - first) / HOUR_MS) as f64 + 0.5, count as f64));
        next = hour + HOUR_MS;
    }
    line
}

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
