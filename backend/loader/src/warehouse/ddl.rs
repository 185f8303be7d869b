//! The tables of a warehouse, read from the files of `backend/sql/ddl`.

use crate::lake::Table;

/// The ledger of loads.
pub(crate) const MANIFEST: &str = "eyeline_manifest";
/// What became of the events of each load.
pub(crate) const COUNTS: &str = "load_counts";

/// A table as its file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableDdl {
    pub(crate) name: &'static str,
    pub(crate) columns: Vec<Column>,
    /// How Redshift spreads and sorts it.
    pub(crate) keys: &'static str,
}

/// A column as its line says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// `VARCHAR(512)`.
    pub(crate) kind: &'static str,
    pub(crate) nullable: bool,
}

/// All tables, the manifest first.
pub(crate) fn all() -> Vec<TableDdl> {
    let files = [
        include_str!("../../../sql/ddl/manifest.sql"),
        include_str!("../../../sql/ddl/load_counts.sql"),
        include_str!("../../../sql/ddl/events.sql"),
        include_str!("../../../sql/ddl/fct_impression.sql"),
        include_str!("../../../sql/ddl/mart_content_hour.sql"),
        include_str!("../../../sql/ddl/instance_parts.sql"),
        include_str!("../../../sql/ddl/losses.sql"),
    ];
    files.into_iter().map(TableDdl::parse).collect()
}

/// The table that takes the lake's `table`.
pub(crate) fn of(table: Table) -> TableDdl {
    let found = all().into_iter().find(|ddl| ddl.name == table.name());
    found.expect("every table that is loaded has a file")
}

impl TableDdl {
    /// The files have one form, which `ddl_test` holds them to: a column a line, and the keys in a comment at the end.
    fn parse(text: &'static str) -> Self {
        let after = |start: &str| text.lines().find_map(|line| line.strip_prefix(start));
        let name = after("CREATE TABLE ").map_or("", |rest| rest.trim_end_matches(" ("));
        let lines = text.lines().filter_map(|line| line.strip_prefix("    "));
        Self {
            name,
            columns: lines.map(Column::parse).collect(),
            keys: after("-- Redshift: ").unwrap_or_default(),
        }
    }

    /// `inst, seq, …`
    pub(crate) fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        names.join(", ")
    }

    /// What stands between the parentheses of CREATE TABLE; `more` is written behind each column.
    pub(crate) fn definition(&self, more: impl Fn(&Column) -> String) -> String {
        let column = |column: &Column| {
            let null = if column.nullable { "" } else { " NOT NULL" };
            format!("{} {}{null}{}", column.name, column.kind, more(column))
        };
        let columns: Vec<String> = self.columns.iter().map(column).collect();
        columns.join(", ")
    }
}

impl Column {
    fn parse(line: &'static str) -> Self {
        let line = line.trim_end_matches(',');
        let (name, kind) = line.split_once(' ').unwrap_or((line, ""));
        let required = kind.strip_suffix(" NOT NULL");
        Self {
            name,
            kind: required.unwrap_or(kind),
            nullable: required.is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_columns_types_and_keys() {
        let manifest = all().remove(0);
        let column = |name, kind| Column {
            name,
            kind,
            nullable: false,
        };
        let wanted = TableDdl {
            name: MANIFEST,
            columns: vec![
                column("version", "BIGINT"),
                column("run", "VARCHAR(64)"),
                column("loaded_at", "TIMESTAMP"),
            ],
            keys: "DISTSTYLE ALL SORTKEY (version)",
        };
        assert_eq!(manifest, wanted);
        assert_eq!(manifest.names(), "version, run, loaded_at");
    }

    #[test]
    fn every_table_that_is_loaded_has_a_file() {
        for table in super::super::plan::TABLES {
            assert!(!of(table).columns.is_empty(), "{}", table.name());
        }
    }
}
