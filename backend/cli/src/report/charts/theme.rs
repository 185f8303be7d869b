//! The stand-in colours of charts and the frame all of them share. `templates/style.css` gives each stand-in its real colour.

use plotters::coord::Shift;
use plotters::prelude::{
    Color, DrawingArea, IntoDrawingArea, RGBColor, Rectangle, SVGBackend, Text, TextStyle,
};
use plotters::style::IntoFont;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::report::error::ReportError;
use crate::report::model::{Block, Chart};

/// Titles and values.
pub(super) const INK: RGBColor = RGBColor(1, 1, 1);
/// Axis labels and captions.
pub(super) const QUIET: RGBColor = RGBColor(2, 2, 2);
/// Grid lines.
pub(super) const GRID: RGBColor = RGBColor(3, 3, 3);
/// Series, in order.
pub(super) const SERIES: [RGBColor; 3] = [RGBColor(4, 4, 4), RGBColor(5, 5, 5), RGBColor(6, 6, 6)];

/// Width of every chart, in SVG units.
pub(super) const WIDTH: u32 = 720;

/// A drawing area that writes SVG.
pub(super) type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// What a drawing can fail with; writing to memory, it never does in practice.
pub(super) type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Draws one chart, as a block of a page. Chart functions answer nothing where there is nothing to draw.
pub(super) fn chart(
    title: &str,
    caption: &str,
    height: u32,
    draw: impl FnOnce(&Canvas<'_>) -> Drawn,
) -> Result<Option<Block>, ReportError> {
    let mut svg = String::new();
    {
        let canvas = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        draw(&canvas)
            .and_then(|()| Ok(canvas.present()?))
            .map_err(|error| ReportError::Print(error.to_string()))?;
    }
    Ok(Some(Block::Chart(Chart {
        title: title.to_owned(),
        caption: caption.to_owned(),
        svg,
    })))
}

/// A text style, anchored where the text hangs.
pub(super) fn text(size: u32, color: RGBColor, h: HPos, v: VPos) -> TextStyle<'static> {
    ("sans-serif", size)
        .into_font()
        .color(&color)
        .pos(Pos::new(h, v))
}

/// A legend line at the top: a dot and a name for each series.
pub(super) fn legend(canvas: &Canvas<'_>, names: &[&str], left: i32) -> Drawn {
    let mut x = left;
    for (name, color) in names.iter().zip(SERIES) {
        canvas.draw(&Rectangle::new([(x, 6), (x + 10, 16)], color.filled()))?;
        canvas.draw(&Text::new(
            (*name).to_owned(),
            (x + 15, 11),
            text(13, INK, HPos::Left, VPos::Center),
        ))?;
        let letters = i32::try_from(name.chars().count()).unwrap_or(0);
        x += 36 + 7 * letters;
    }
    Ok(())
}

/// A label no longer than the room it has.
pub(super) fn shortened(label: &str, most: usize) -> String {
    if label.chars().count() <= most {
        return label.to_owned();
    }
    let kept: String = label.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}…")
}
