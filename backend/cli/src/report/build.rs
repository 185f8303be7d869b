//! Makes a report: narrows the tables to the days asked for, runs every page, and notes what was generated.

use datafusion::common::ScalarValue;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, col, lit};
use datafusion::prelude::SessionContext;

use super::calendar;
use super::error::ReportError;
use super::model::Report;
use super::options::{Options, Window};
use super::pages::{self, Scope};
use super::rows::{Query, query};

const OVERLAY: Query = query!("quality_overlay.sql");

/// Makes a report of the tables registered in `ctx`: `events`, `instances`, `rejects`, `loads`, `fct_impression` and
/// `mart_content_hour`, as a lake reader registers them.
///
/// # Errors
/// When a table or column is missing or the lake can't be read.
pub async fn build(ctx: &SessionContext, options: &Options) -> Result<Report, ReportError> {
    let narrowed = narrow(ctx, &options.window)
        .await
        .map_err(|error| ReportError::Open(error.to_string()))?;
    let scope = Scope {
        ctx: narrowed.as_ref().unwrap_or(ctx),
        options,
    };
    let (window, synthetic) = coverage(scope).await?;
    Ok(Report {
        generated_at: calendar::rfc3339(options.generated_at.as_i64()),
        commit: options.commit,
        window,
        synthetic,
        pages: pages::all(scope).await?,
    })
}

/// The days the lake has events of, and what of it is labelled as generated.
async fn coverage(scope: Scope<'_>) -> Result<(Window, Vec<String>), ReportError> {
    let mut synthetic = scope.options.synthetic.clone();
    let mut window = scope.options.window.clone();
    if let Some(row) = OVERLAY.run(scope.ctx).await?.first() {
        window.first = row
            .whole("first_date")?
            .map(calendar::date)
            .or(window.first);
        window.last = row.whole("last_date")?.map(calendar::date).or(window.last);
        if row.count("synthetic")? > 0 && synthetic.is_empty() {
            synthetic = REPLAYED.map(str::to_owned).to_vec();
        }
    }
    Ok((window, synthetic))
}

/// What a replay draws, where events carry the dimension `overlay=synthetic`.
const REPLAYED: [&str; 3] = ["visitors", "viewability and dwell", "the delay of clicks"];

/// A session whose tables hold only the days asked for; nothing where all days are. Tables without days stay whole.
async fn narrow(
    ctx: &SessionContext,
    window: &Window,
) -> Result<Option<SessionContext>, DataFusionError> {
    let Some(only) = within(window)? else {
        return Ok(None);
    };
    // A session of its own: registering in the lake's would change it for everybody.
    let narrowed = SessionContext::new_with_config_rt(ctx.copied_config(), ctx.runtime_env());
    for name in TABLES {
        let table = ctx.table(name).await?;
        let table = if table
            .schema()
            .has_column_with_unqualified_name("event_date")
        {
            table.filter(only.clone())?
        } else {
            table
        };
        narrowed.register_table(name, table.into_view())?;
    }
    Ok(Some(narrowed))
}

/// What the queries read.
pub(super) const TABLES: [&str; 6] = [
    "events",
    "instances",
    "rejects",
    "loads",
    "fct_impression",
    "mart_content_hour",
];

fn within(window: &Window) -> Result<Option<Expr>, DataFusionError> {
    let day = |text: &str| {
        ScalarValue::try_from_string(
            text.to_owned(),
            &datafusion::arrow::datatypes::DataType::Date32,
        )
        .map(lit)
    };
    let first = window
        .first
        .as_deref()
        .map(day)
        .transpose()?
        .map(|day| col("event_date").gt_eq(day));
    let last = window
        .last
        .as_deref()
        .map(day)
        .transpose()?
        .map(|day| col("event_date").lt_eq(day));
    Ok(match (first, last) {
        (Some(first), Some(last)) => Some(first.and(last)),
        (first, last) => first.or(last),
    })
}
