//! From the tables that are there to those this version knows: what is missing is made, nullable columns are added, and nothing else.

use std::collections::{BTreeMap, HashMap};

use super::ddl::{Column, TableDdl};
use super::error::{Result, WarehouseError};

/// A column that is there, as `information_schema.columns` says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Present {
    /// `character varying`.
    pub(crate) kind: String,
    /// Of text, the most it takes.
    pub(crate) length: Option<i64>,
    pub(crate) nullable: bool,
}

/// What is there, by table and column.
pub(crate) type Tables = BTreeMap<String, HashMap<String, Present>>;

/// Asks for it; the schema's name is checked where it is read from the address.
pub(crate) fn question(schema: &str) -> String {
    format!(
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable FROM information_schema.columns WHERE table_schema = '{schema}'"
    )
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// The table is missing.
    Create(TableDdl),
    /// The column is missing.
    Add(&'static str, Column),
    /// The view is missing, or reads from a table that changes.
    View(&'static str, String),
}

/// The views analysts read, in the order in which they build on each other.
const VIEWS: [(&str, &str); 2] = [
    ("instance_totals", crate::sql::INSTANCE_TOTALS),
    ("instances", crate::sql::INSTANCES),
];
/// The table that the views read.
const VIEWED: &str = "instance_parts";

/// What is to be done, in order; empty where everything is as it should be.
pub(crate) fn steps(wanted: Vec<TableDdl>, present: &Tables) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    for table in wanted {
        match present.get(table.name) {
            None => steps.push(Step::Create(table)),
            Some(columns) => {
                let missing = compare(&table, columns)?;
                steps.extend(
                    missing
                        .into_iter()
                        .map(|column| Step::Add(table.name, column)),
                );
            }
        }
    }
    let changed = steps
        .iter()
        .any(|step| matches!(step, Step::Add(VIEWED, _)));
    if changed || VIEWS.iter().any(|(name, _)| !present.contains_key(*name)) {
        steps.extend(VIEWS.map(|(name, sql)| Step::View(name, body(sql))));
    }
    Ok(steps)
}

/// A query without the comment at its head.
fn body(sql: &str) -> String {
    let lines: Vec<&str> = sql.lines().filter(|line| !line.starts_with("--")).collect();
    lines.join("\n")
}

/// The columns that are missing and can be added. Columns of the warehouse's own may be there, as long as a load need not fill them.
fn compare(table: &TableDdl, present: &HashMap<String, Present>) -> Result<Vec<Column>> {
    let refuse = |what: String| Err(WarehouseError::Tables(format!("{} {what}", table.name)));
    let mut missing = Vec::new();
    for column in &table.columns {
        let Some(there) = present.get(column.name) else {
            if !column.nullable {
                return refuse(format!(
                    "lacks {}, which may not be NULL and so can't be added to rows that are there: drop the tables of this schema, or name another with schema=, and everything is loaded anew",
                    column.name
                ));
            }
            missing.push(*column);
            continue;
        };
        let (kind, length) = spoken(column.kind);
        if there.kind != kind || there.length < length {
            return refuse(format!(
                "has {} as {}{}, where {} is needed: ALTER the column, or name another schema with schema=",
                column.name,
                there.kind,
                there
                    .length
                    .map(|most| format!("({most})"))
                    .unwrap_or_default(),
                column.kind
            ));
        }
    }
    let ours = |name: &String| table.columns.iter().any(|column| column.name == name);
    let mut strangers = present
        .iter()
        .filter(|(name, there)| !ours(name) && !there.nullable);
    if let Some((name, _)) = strangers.next() {
        return refuse(format!(
            "has {name}, which a load does not fill and which may not be NULL: let it be NULL, or drop it"
        ));
    }
    Ok(missing)
}

/// A type of the files as `information_schema` says it.
fn spoken(kind: &str) -> (&str, Option<i64>) {
    match kind {
        "BIGINT" => ("bigint", None),
        "INTEGER" => ("integer", None),
        "DOUBLE PRECISION" => ("double precision", None),
        "BOOLEAN" => ("boolean", None),
        "DATE" => ("date", None),
        "TIMESTAMP" => ("timestamp without time zone", None),
        text => {
            let length = text.trim_start_matches("VARCHAR(").trim_end_matches(')');
            ("character varying", length.parse().ok())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::warehouse::ddl;

    fn as_wanted() -> Tables {
        let column = |column: &Column| {
            let (kind, length) = spoken(column.kind);
            let present = Present {
                kind: kind.to_owned(),
                length,
                nullable: column.nullable,
            };
            (column.name.to_owned(), present)
        };
        let tables = ddl::all().into_iter();
        let mut tables: Tables = tables
            .map(|table| {
                (
                    table.name.to_owned(),
                    table.columns.iter().map(column).collect(),
                )
            })
            .collect();
        for (view, _) in VIEWS {
            tables.insert(view.to_owned(), HashMap::new());
        }
        tables
    }

    #[test]
    fn nothing_is_done_where_everything_is_there() {
        assert_eq!(steps(ddl::all(), &as_wanted()).unwrap(), []);
    }

    #[test]
    fn an_empty_schema_gets_every_table_and_view() {
        let steps = steps(ddl::all(), &Tables::new()).unwrap();
        assert_eq!(steps.len(), ddl::all().len() + VIEWS.len());
    }

    #[test]
    fn a_new_nullable_column_is_added_and_its_views_made_again() {
        let mut present = as_wanted();
        present
            .get_mut("fct_impression")
            .unwrap()
            .remove("content_variant");
        present.get_mut("instance_parts").unwrap().remove("seen");
        let column = |name, kind| Column {
            name,
            kind,
            nullable: true,
        };
        let wanted = [
            Step::Add("fct_impression", column("content_variant", "VARCHAR(512)")),
            Step::Add("instance_parts", column("seen", "VARCHAR(65535)")),
            Step::View(VIEWS[0].0, body(VIEWS[0].1)),
            Step::View(VIEWS[1].0, body(VIEWS[1].1)),
        ];
        assert_eq!(steps(ddl::all(), &present).unwrap(), wanted);
    }

    type Spoil = fn(&mut Tables);

    #[test]
    fn what_can_not_be_added_is_refused_with_what_to_do() {
        let narrow = |tables: &mut Tables| {
            let columns = tables.get_mut("events").unwrap();
            columns.get_mut("inst").unwrap().length = Some(16);
        };
        let missing = |tables: &mut Tables| drop(tables.get_mut("events").unwrap().remove("inst"));
        let theirs = |tables: &mut Tables| {
            let required = Present {
                kind: "bigint".to_owned(),
                length: None,
                nullable: false,
            };
            let columns = tables.get_mut("events").unwrap();
            columns.insert("theirs".to_owned(), required);
        };
        let spoil: [(Spoil, &str); 3] = [
            (
                narrow,
                "events has inst as character varying(16), where VARCHAR(512) is needed: ALTER",
            ),
            (missing, "events lacks inst, which may not be NULL"),
            (theirs, "events has theirs, which a load does not fill"),
        ];
        for (spoil, words) in spoil {
            let mut present = as_wanted();
            spoil(&mut present);
            let error = steps(ddl::all(), &present).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn a_column_of_the_analysts_own_may_stay() {
        let mut present = as_wanted();
        let note = Present {
            kind: "character varying".to_owned(),
            length: Some(80),
            nullable: true,
        };
        present
            .get_mut("events")
            .unwrap()
            .insert("note".to_owned(), note);
        assert_eq!(steps(ddl::all(), &present).unwrap(), []);
    }
}
