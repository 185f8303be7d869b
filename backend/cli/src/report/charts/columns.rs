//! Estimates over a few ordered categories, such as positions: a dot and an interval for each, in one or more series.

use plotters::prelude::{ChartBuilder, Circle, Color, ErrorBar, Text};
use plotters::style::text_anchor::{HPos, VPos};

use super::Unit;
use super::theme::{self, GRID, INK, QUIET, SERIES, text};
use crate::report::error::ReportError;
use crate::report::model::Block;
use crate::report::stats::Interval;

/// One colour of the chart.
pub(in crate::report) struct Series<'a> {
    /// Its name in the legend.
    pub(in crate::report) name: &'a str,
    /// An estimate a category; nothing where it is held back.
    pub(in crate::report) values: Vec<Option<Interval>>,
}

/// Draws the categories from left to right.
pub(in crate::report) fn columns(
    title: &str,
    caption: &str,
    unit: Unit,
    axis: &str,
    categories: &[String],
    series: &[Series<'_>],
) -> Result<Option<Block>, ReportError> {
    if categories.is_empty() {
        return Ok(None);
    }
    let shown = || {
        series
            .iter()
            .flat_map(|series| series.values.iter().flatten())
    };
    let most = shown().map(|interval| interval.value).fold(1e-9, f64::max);
    let high = shown()
        .map(|interval| interval.high)
        .fold(most, f64::max)
        .min(3.0 * most)
        * 1.06
        * unit.scale();
    let count = categories.len() as f64;
    theme::chart(title, caption, 300, |canvas| {
        let mut plot = ChartBuilder::on(canvas)
            .margin_top(30)
            .margin_right(12)
            .margin_left(4)
            .margin_bottom(4)
            .x_label_area_size(46)
            .y_label_area_size(66)
            .build_cartesian_2d(0.0..count, 0.0..high)?;
        plot.configure_mesh()
            .disable_x_mesh()
            .x_labels(0)
            .y_labels(6)
            .y_label_formatter(&|y| unit.tick(*y, high))
            .bold_line_style(GRID)
            .light_line_style(GRID.mix(0.0))
            .axis_style(GRID)
            .label_style(text(12, QUIET, HPos::Center, VPos::Center))
            .draw()?;
        let names: Vec<&str> = series.iter().map(|series| series.name).collect();
        theme::legend(canvas, &names, 70)?;
        for (place, category) in categories.iter().enumerate() {
            let (x, y) = plot.backend_coord(&(place as f64 + 0.5, 0.0));
            let label = theme::shortened(category, 24);
            canvas.draw(&Text::new(
                label,
                (x, y + 14),
                text(13, INK, HPos::Center, VPos::Center),
            ))?;
        }
        let (middle, floor) = plot.backend_coord(&(count / 2.0, 0.0));
        canvas.draw(&Text::new(
            axis.to_owned(),
            (middle, floor + 36),
            text(12, QUIET, HPos::Center, VPos::Center),
        ))?;
        for (number, one) in series.iter().enumerate() {
            let color = SERIES[number % SERIES.len()];
            let shift = (number as f64 + 1.0) / (series.len() as f64 + 1.0);
            for (place, interval) in one.values.iter().enumerate() {
                let Some(interval) = interval else { continue };
                let x = place as f64 + 0.5 + (shift - 0.5) * 0.5;
                let [at, from, to] = [interval.value, interval.low, interval.high]
                    .map(|y| (y * unit.scale()).min(high));
                plot.draw_series([ErrorBar::new_vertical(
                    x,
                    from,
                    at,
                    to,
                    color.stroke_width(2),
                    10,
                )])?;
                plot.draw_series([Circle::new((x, at), 5, color.filled())])?;
            }
        }
        Ok(())
    })
}
