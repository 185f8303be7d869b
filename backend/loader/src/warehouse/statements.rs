//! The statements of a load that PostgreSQL and Redshift read alike.

use super::ddl::{COUNTS, MANIFEST, TableDdl};
use super::plan::{Plan, Replace, TableChange};
use crate::lake::Table;
use crate::time;

/// The commit the tables stand at, and the run that wrote it.
pub(crate) const POSITION: &str =
    "SELECT version, run FROM eyeline_manifest ORDER BY version DESC LIMIT 1";

/// Where the rows of a table wait.
pub(crate) fn stage(table: Table) -> String {
    format!("stage_{}", table.name())
}

/// Takes out what was erased since. Rows that come in the same load have been through the lake's own erasure.
pub(crate) fn erase(plan: &Plan) -> Vec<String> {
    // An impression belongs to the visitor of its first render, or first event where there is none.
    let times = [
        (Table::Events, "event_ms"),
        (Table::FctImpression, "COALESCE(rendered_ms, first_ms)"),
    ];
    let delete = |(table, time): (Table, &str)| {
        let theirs = plan.erasures.condition(time)?;
        Some(format!("DELETE FROM {} WHERE {theirs}", table.name()))
    };
    times.into_iter().filter_map(delete).collect()
}

/// Takes out the rows that those of the stage replace.
pub(crate) fn replaced(change: &TableChange) -> Option<String> {
    let (table, stage) = (change.table.name(), stage(change.table));
    match &change.replace {
        Replace::Nothing => None,
        Replace::Everything => Some(format!("DELETE FROM {table}")),
        Replace::Keys(keys) => {
            let same = keys
                .iter()
                .map(|key| format!("{table}.{key} = {stage}.{key}"));
            let same: Vec<String> = same.collect();
            Some(format!(
                "DELETE FROM {table} USING {stage} WHERE {}",
                same.join(" AND ")
            ))
        }
        Replace::Times(spans) => {
            let column = change.table.time_column();
            let literal = |ms: i64| match change.table {
                Table::MartContentHour => format!("TIMESTAMP '{}'", time::timestamp(ms)),
                _ => ms.to_string(),
            };
            let within = spans.iter().map(|(from, until)| {
                format!(
                    "({column} >= {} AND {column} < {})",
                    literal(from),
                    literal(until)
                )
            });
            let within: Vec<String> = within.collect();
            Some(format!("DELETE FROM {table} WHERE {}", within.join(" OR ")))
        }
        Replace::Since(version) => Some(format!("DELETE FROM {table} WHERE version >= {version}")),
    }
}

/// Brings the rows of the stage over.
pub(crate) fn insert(change: &TableChange, ddl: &TableDdl) -> String {
    let columns = ddl.names();
    let only = match change.replace {
        Replace::Since(version) => format!(" WHERE version >= {version}"),
        _ => String::new(),
    };
    let (table, stage) = (change.table.name(), stage(change.table));
    format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM {stage}{only}")
}

/// Says in the ledger what was done: the last statements of a load.
pub(crate) fn record(plan: &Plan, now_ms: i64) -> Vec<String> {
    let Plan {
        to, run, counts, ..
    } = plan;
    let mut statements = Vec::new();
    if plan.anew {
        statements.push(format!("DELETE FROM {COUNTS}"));
    }
    let outcomes = [
        ("read", counts.read),
        ("written", counts.written),
        ("duplicate", counts.duplicate),
    ];
    let outcomes = outcomes.map(|(name, events)| (name.to_owned(), events));
    let reasons = counts.rejected_by.iter();
    let reasons =
        reasons.map(|(why, events)| (format!("rejected:{}", why.replace('\'', "''")), *events));
    let rows = outcomes.into_iter().chain(reasons);
    let rows: Vec<String> = rows
        .map(|(name, events)| format!("({to}, '{name}', {events})"))
        .collect();
    statements.push(format!(
        "INSERT INTO {COUNTS} (version, outcome, events) VALUES {}",
        rows.join(", ")
    ));
    statements.push(format!(
        "INSERT INTO {MANIFEST} (version, run, loaded_at) VALUES ({to}, '{run}', TIMESTAMP '{}')",
        time::timestamp(now_ms)
    ));
    statements
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::warehouse::spans::Spans;

    fn change(table: Table, replace: Replace) -> TableChange {
        TableChange {
            table,
            files: Vec::new(),
            replace,
        }
    }

    #[test]
    fn each_table_replaces_what_its_rows_say_again() {
        let said = [
            (
                change(Table::Events, Replace::Keys(&["inst", "seq"])),
                "DELETE FROM events USING stage_events WHERE events.inst = stage_events.inst AND events.seq = stage_events.seq",
            ),
            (
                change(
                    Table::MartContentHour,
                    Replace::Times(Spans::of([0].into_iter(), 3_600_000)),
                ),
                "DELETE FROM mart_content_hour WHERE (event_hour >= TIMESTAMP '1970-01-01 00:00:00.000' AND event_hour < TIMESTAMP '1970-01-01 01:00:00.000')",
            ),
            (
                change(
                    Table::Losses,
                    Replace::Times(Spans::of([5].into_iter(), 10)),
                ),
                "DELETE FROM losses WHERE (received_ms >= 0 AND received_ms < 10)",
            ),
            (
                change(Table::InstanceParts, Replace::Since(7)),
                "DELETE FROM instance_parts WHERE version >= 7",
            ),
            (
                change(Table::Losses, Replace::Everything),
                "DELETE FROM losses",
            ),
        ];
        for (change, sql) in said {
            assert_eq!(replaced(&change).as_deref(), Some(sql));
        }
        assert_eq!(replaced(&change(Table::Events, Replace::Nothing)), None);
    }
}
