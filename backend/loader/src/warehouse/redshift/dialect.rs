//! Statements as Redshift alone reads them. What it makes of their COPY options, keys and encodings was never seen in Redshift itself.

use super::super::ddl::{self, Column, TableDdl};
use super::super::migrate::Step;
use super::super::plan::Plan;
use super::super::statements;
use super::copy::Manifests;
use super::data_api::Cell;
use super::options::RedshiftOptions;

/// The statements of a load. The Data API runs them as one transaction.
pub(super) fn load(
    options: &RedshiftOptions,
    plan: &Plan,
    manifests: &Manifests,
    now_ms: i64,
) -> Vec<String> {
    let mut statements = vec![search_path(&options.schema)];
    // A transaction's snapshot is taken by its first statement that reads: behind the lock, so it holds what others committed before.
    statements.push(format!("LOCK TABLE {}", ddl::MANIFEST));
    statements.push(still_at(plan.from));
    statements.extend(statements::erase(plan));
    for change in &plan.changes {
        let ddl = ddl::of(change.table);
        if let Some(manifest) = manifests.of(change.table) {
            let stage = statements::stage(change.table);
            let columns = ddl.definition(|_| String::new());
            statements.push(format!(
                "CREATE TEMPORARY TABLE {stage} ({columns}) {}",
                ddl.keys
            ));
            statements.push(copy(
                &stage,
                manifest,
                options.role.as_deref(),
                manifests.is_short(change.table),
            ));
            statements.extend(statements::replaced(change));
            statements.push(statements::insert(change, &ddl));
        } else {
            // Without files there is no stage, and so no row of it to replace.
            statements.extend(statements::replaced(change));
        }
    }
    statements.extend(statements::record(plan, now_ms));
    statements
}

/// Fails where another loader was here since the plan was made: a batch has no other way to stop.
fn still_at(version: u64) -> String {
    format!(
        "SELECT 1 / CASE WHEN COALESCE((SELECT MAX(version) FROM {}), 0) = {version} THEN 1 ELSE 0 END AS nobody_was_faster",
        ddl::MANIFEST
    )
}

/// COPY matches Parquet's columns by their order, which `layout` has checked. A character that Redshift's text can't hold becomes `?`.
/// `FILLRECORD` lets a file of an older version lack the last columns.
fn copy(table: &str, manifest: &str, role: Option<&str>, short: bool) -> String {
    let role = role.map_or_else(|| "default".to_owned(), |arn| format!("'{arn}'"));
    let fill = if short { " FILLRECORD" } else { "" };
    format!(
        "COPY {table} FROM '{manifest}' IAM_ROLE {role} FORMAT AS PARQUET MANIFEST ACCEPTINVCHARS{fill}"
    )
}

/// The statements that make what is missing.
pub(super) fn prepare(schema: &str, steps: &[Step]) -> Vec<String> {
    let mut statements = vec![
        format!("CREATE SCHEMA IF NOT EXISTS {schema}"),
        search_path(schema),
    ];
    // A view goes before the one it reads from.
    let views = steps.iter().rev().filter_map(|step| match step {
        Step::View(name, _) => Some(format!("DROP VIEW IF EXISTS {name}")),
        _ => None,
    });
    statements.extend(views);
    statements.extend(steps.iter().map(|step| match step {
        Step::Create(table) => create(table),
        Step::Add(table, column) => {
            let encoding = encoding(column, None);
            format!(
                "ALTER TABLE {table} ADD COLUMN {} {} ENCODE {encoding}",
                column.name, column.kind
            )
        }
        Step::View(name, query) => format!("CREATE VIEW {name} AS {query}"),
    }));
    statements
}

fn search_path(schema: &str) -> String {
    format!("SET search_path TO {schema}")
}

fn create(table: &TableDdl) -> String {
    let sorted_by = table
        .keys
        .split_once("SORTKEY (")
        .and_then(|(_, keys)| keys.split([',', ')']).next());
    let columns = table.definition(|column| format!(" ENCODE {}", encoding(column, sorted_by)));
    format!(
        "CREATE TABLE IF NOT EXISTS {} ({columns}) {}",
        table.name, table.keys
    )
}

/// How a column is compressed. The first sort column is not: blocks of it are compared, and should hold as many rows as the others'.
fn encoding(column: &Column, sorted_by: Option<&str>) -> &'static str {
    match column.kind {
        _ if sorted_by == Some(column.name) => "RAW",
        "BIGINT" | "INTEGER" | "DATE" | "TIMESTAMP" => "AZ64",
        _ if FEW_VALUES.contains(&column.name) => "BYTEDICT",
        _ => "ZSTD",
    }
}

/// Text with at most 256 different values in a block: a byte each.
const FEW_VALUES: [&str; 15] = [
    "affiliate_id",
    "consent_mode",
    "country",
    "currency",
    "device_class",
    "ivt",
    "kind",
    "language",
    "media_state",
    "os",
    "placement_id",
    "reason",
    "rule",
    "time_basis",
    "why",
];

/// What says how the tables are. It reads the leader's own table, and no other.
pub(super) fn health(schema: &str) -> String {
    format!("SELECT \"table\", unsorted, stats_off FROM svv_table_info WHERE schema = '{schema}'")
}

/// What follows from it. Redshift vacuums and analyses by itself when it is idle; these are tables it did not get to.
pub(super) fn advice(schema: &str, table: &str, unsorted: &Cell, stale: &Cell) -> Vec<String> {
    let vacuum = unsorted.share().filter(|share| *share > 20.0);
    let vacuum = vacuum
        .map(|share| format!("VACUUM {schema}.{table}: {share:.0} % of its rows are not sorted"));
    let analyze = stale.share().filter(|share| *share > 10.0);
    let analyze = analyze
        .map(|share| format!("ANALYZE {schema}.{table}: its statistics are off by {share:.0} %"));
    vacuum.into_iter().chain(analyze).collect()
}
