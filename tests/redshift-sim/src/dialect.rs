//! Redshift's statements: refused where Redshift would refuse them, in PostgreSQL's words where it has others.

use anyhow::{Result, bail, ensure};

use crate::columns;

/// A statement, and what it does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Statement {
    /// Sets the session; reads nothing.
    Setting(String),
    /// Locks a table; reads nothing.
    Lock(String),
    /// Makes or changes a schema, table or view.
    Define(String),
    /// Makes a table of the session's own.
    Stage(String, String),
    /// Asks.
    Ask(String),
    /// Writes a table.
    Write(String, String),
    /// Copies into a table.
    Copy(String),
}

/// Reads one statement.
pub(crate) fn read(sql: &str) -> Result<Statement> {
    let bare = outside_quotes(sql);
    for (words, why) in UNKNOWN {
        ensure!(
            !bare.contains(words),
            "syntax error at or near \"{}\": {why}",
            words.trim()
        );
    }
    ensure!(
        !bare.trim_end_matches([';', ' ']).contains(';'),
        "a call takes one statement each"
    );
    let words: Vec<&str> = bare.split_whitespace().collect();
    let third = |place: usize| {
        words
            .get(place)
            .map(|word| word.to_lowercase())
            .unwrap_or_default()
    };
    Ok(match words.as_slice() {
        ["SET", ..] => Statement::Setting(sql.to_owned()),
        ["LOCK", "TABLE", table] => Statement::Lock(format!(
            "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
            table.to_lowercase()
        )),
        ["LOCK", ..] => bail!("syntax error: LOCK has no modes"),
        ["COPY", ..] => Statement::Copy(sql.to_owned()),
        ["CREATE", "TEMPORARY" | "TEMP", "TABLE", ..] => {
            Statement::Stage(third(3), columns::plain(sql)?)
        }
        ["CREATE", "TABLE", ..] => Statement::Define(columns::plain(sql)?),
        ["ALTER", "TABLE", ..] => Statement::Define(columns::without_encoding(sql)?),
        ["CREATE" | "DROP", "SCHEMA" | "VIEW", ..] => Statement::Define(sql.to_owned()),
        ["INSERT", "INTO", ..] | ["DELETE", "FROM", ..] | ["MERGE", "INTO", ..] => {
            Statement::Write(third(2), sql.to_owned())
        }
        ["UPDATE", ..] => Statement::Write(third(1), sql.to_owned()),
        ["SELECT" | "WITH", ..] => Statement::Ask(sql.replace("FROM svv_table_info", TABLE_INFO)),
        _ => bail!("the simulated Redshift knows no such statement: {sql}"),
    })
}

/// Capital letters, and nothing of what stands between quotes.
fn outside_quotes(sql: &str) -> String {
    let mut quoted = false;
    let mut bare = String::new();
    for character in sql.chars() {
        if character == '\'' {
            quoted = !quoted;
        }
        if !quoted {
            bare.extend(character.to_uppercase());
        }
    }
    bare
}

/// What PostgreSQL reads and Redshift does not (Redshift's guide, "Amazon Redshift and PostgreSQL": unsupported features, types, functions).
const UNKNOWN: [(&str, &str); 18] = [
    (" FILTER (", "aggregates take no FILTER"),
    (" ON CONFLICT", "INSERT has no ON CONFLICT"),
    (" DISTINCT FROM ", "there is no IS DISTINCT FROM"),
    (" RETURNING ", "nothing is returned"),
    ("SERIAL", "there are no serial types"),
    ("ARRAY_AGG", "there are no arrays"),
    ("STRING_AGG", "it is LISTAGG"),
    ("UNNEST(", "there are no arrays"),
    ("JSONB", "there is no jsonb"),
    ("UUID", "there is no uuid"),
    ("BYTEA", "there is no bytea"),
    (" INDEX ", "there are no indexes"),
    (
        " ON COMMIT ",
        "a temporary table stays until the session ends",
    ),
    (" LATERAL ", "there is no LATERAL"),
    ("GENERATE_SERIES", "it runs on the leader alone"),
    (
        "ADD COLUMN IF NOT EXISTS",
        "ADD COLUMN has no IF NOT EXISTS",
    ),
    ("UNLOGGED", "there are no unlogged tables"),
    (" EXCLUSIVE MODE", "LOCK has no modes"),
];

/// What Redshift's table of tables says, as far as PostgreSQL can tell.
const TABLE_INFO: &str = "FROM (SELECT schemaname::text AS schema, relname::text AS \"table\", NULL::float8 AS unsorted, \
    CASE WHEN last_analyze IS NULL AND n_live_tup > 0 THEN 100.0 ELSE 0.0 END::float8 AS stats_off FROM pg_stat_user_tables) AS svv_table_info";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_redshift_does_not_know_is_refused() {
        for sql in [
            "SELECT count(*) FILTER (WHERE a) FROM t",
            "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
            "SELECT a IS DISTINCT FROM b FROM t",
            "DELETE FROM t RETURNING a",
            "CREATE TABLE t (a BIGSERIAL)",
            "LOCK TABLE t IN EXCLUSIVE MODE",
            "CREATE UNIQUE INDEX ON t (a)",
            "SELECT 1; SELECT 2",
            "VACUUM t",
        ] {
            assert!(read(sql).is_err(), "{sql}");
        }
    }

    #[test]
    fn a_statement_is_known_by_what_it_does() {
        let lock = Statement::Lock("LOCK TABLE t IN ACCESS EXCLUSIVE MODE".to_owned());
        assert_eq!(read("LOCK TABLE t").unwrap(), lock);
        let delete = "DELETE FROM t WHERE a = ' ON CONFLICT ; '";
        assert_eq!(
            read(delete).unwrap(),
            Statement::Write("t".to_owned(), delete.to_owned())
        );
    }
}
