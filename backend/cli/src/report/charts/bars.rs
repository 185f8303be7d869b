//! Horizontal bars: shares of a whole, with the share printed beside each.

use plotters::prelude::{Color, Rectangle, Text};
use plotters::style::text_anchor::{HPos, VPos};

use super::theme::{self, GRID, INK, QUIET, SERIES, WIDTH, text};
use crate::report::error::ReportError;
use crate::report::model::Block;

/// Draws a bar a row, from (label, share between 0 and 1, words beside it).
pub(in crate::report) fn bars(
    title: &str,
    caption: &str,
    rows: &[(String, f64, String)],
) -> Result<Option<Block>, ReportError> {
    if rows.is_empty() {
        return Ok(None);
    }
    let count = i32::try_from(rows.len()).unwrap_or(0);
    let most = rows.iter().map(|row| row.1).fold(1e-9, f64::max);
    let height = u32::try_from(count * ROW + 16).unwrap_or(0);
    theme::chart(title, caption, height, |canvas| {
        let right = i32::try_from(WIDTH)? - WORDS;
        for (row, (label, share, words)) in (0..).zip(rows) {
            let top = 8 + row * ROW;
            let middle = top + ROW / 2;
            let width = (share / most * f64::from(right - LABELS)).round().max(1.0);
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a bar is at most as wide as the chart"
            )]
            let end = LABELS + width as i32;
            canvas.draw(&Rectangle::new(
                [(LABELS, top + 4), (right, top + ROW - 4)],
                GRID.mix(0.5).filled(),
            ))?;
            canvas.draw(&Rectangle::new(
                [(LABELS, top + 4), (end, top + ROW - 4)],
                SERIES[0].filled(),
            ))?;
            let label = theme::shortened(label, 26);
            canvas.draw(&Text::new(
                label,
                (LABELS - 10, middle),
                text(13, INK, HPos::Right, VPos::Center),
            ))?;
            canvas.draw(&Text::new(
                words.clone(),
                (right + 10, middle),
                text(12, QUIET, HPos::Left, VPos::Center),
            ))?;
        }
        Ok(())
    })
}

/// Height of a row, in SVG units.
const ROW: i32 = 26;
/// Room for the labels.
const LABELS: i32 = 190;
/// Room for the words beside the bars.
const WORDS: i32 = 130;
