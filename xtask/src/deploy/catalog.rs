//! The Glue tables over the lake, from the same files that make the warehouse's tables.
//!
//! The lake is read by its log, so a table does not list a folder of data files, of which later commits may have taken some away: it
//! reads manifests that name the committed ones (`eyeline load --publish`).

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// A table and the column that its manifests are filed under by day.
const TABLES: [(&str, Option<&str>); 5] = [
    ("events", Some("received_date")),
    ("fct_impression", Some("event_date")),
    ("instance_parts", None),
    ("losses", Some("received_date")),
    ("mart_content_hour", Some("event_date")),
];

const HEAD: &str = r#"# Written by `cargo xtask deploy --bless` from backend/sql/ddl.
AWSTemplateFormatVersion: "2010-09-09"
Description: "Eyeline: the lake's tables for Athena, Redshift Spectrum and Spark SQL. They read manifests that name the committed files"

Parameters:
  Name:
    Type: String
  LakeBucket:
    Type: String
  FirstDate:
    Type: String

Resources:
  Database:
    Type: AWS::Glue::Database
    Properties:
      CatalogId: !Ref AWS::AccountId
      DatabaseInput:
        Name: !Ref Name
        Description: Content impressions, from clean events to marts
"#;

const TAIL: &str = "
Outputs:
  Database:
    Value: !Ref Database
";

/// The template, from the folder with a file for each table.
pub(super) fn template(ddl: &Path) -> Result<String> {
    let mut text = HEAD.to_owned();
    for (table, day) in TABLES {
        let path = ddl.join(format!("{table}.sql"));
        let sql =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let described = Described::of(&sql).with_context(|| format!("in {}", path.display()))?;
        write_table(&mut text, table, day, &described)?;
    }
    Ok(text + TAIL)
}

/// What stands in one file: `-- About.`, `CREATE TABLE name (`, a column a line.
struct Described {
    about: String,
    columns: Vec<(String, &'static str)>,
}

impl Described {
    fn of(sql: &str) -> Result<Self> {
        let mut lines = sql.lines();
        let about = lines
            .next()
            .and_then(|line| line.strip_prefix("-- "))
            .context("it does not begin with what the table is")?;
        lines
            .next()
            .filter(|line| line.starts_with("CREATE TABLE "))
            .context("it makes no table")?;
        let mut columns = Vec::new();
        for line in lines.take_while(|line| *line != ");") {
            let line = line
                .trim()
                .trim_end_matches(',')
                .trim_end_matches(" NOT NULL");
            let (name, kind) = line
                .split_once(' ')
                .with_context(|| format!("`{line}` is no column"))?;
            columns.push((name.to_owned(), hive(kind)?));
        }
        Ok(Self {
            about: about.to_owned(),
            columns,
        })
    }
}

/// Hive's word for a type.
fn hive(kind: &str) -> Result<&'static str> {
    Ok(match kind {
        "BIGINT" => "bigint",
        "BOOLEAN" => "boolean",
        "DATE" => "date",
        "DOUBLE PRECISION" => "double",
        "INTEGER" => "int",
        "TIMESTAMP" => "timestamp",
        text if text.starts_with("VARCHAR(") => "string",
        other => bail!(
            "no table of the catalogue has a column of type {other} yet: say in xtask/src/deploy/catalog.rs what Hive calls it"
        ),
    })
}

fn write_table(
    text: &mut String,
    table: &str,
    day: Option<&str>,
    described: &Described,
) -> Result<()> {
    let resource: String = table.split('_').map(capital).collect();
    let about = described.about.replace('"', "'");
    write!(
        text,
        r#"
  {resource}:
    Type: AWS::Glue::Table
    Properties:
      CatalogId: !Ref AWS::AccountId
      DatabaseName: !Ref Database
      TableInput:
        Name: {table}
        Description: "{about}"
        TableType: EXTERNAL_TABLE
        Parameters:
          EXTERNAL: "TRUE"
          classification: parquet
"#
    )?;
    if let Some(day) = day {
        write!(
            text,
            r#"          projection.enabled: "true"
          projection.{day}.type: date
          projection.{day}.format: yyyy-MM-dd
          projection.{day}.range: !Sub "${{FirstDate}},NOW+1DAYS"
          storage.location.template: !Sub "s3://${{LakeBucket}}/lake/manifests/{table}/{day}=${{!{day}}}/"
        PartitionKeys:
          - {{Name: {day}, Type: date}}
"#
        )?;
    }
    write!(
        text,
        r#"        StorageDescriptor:
          Location: !Sub "s3://${{LakeBucket}}/lake/manifests/{table}/"
          InputFormat: org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat
          OutputFormat: org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat
          SerdeInfo:
            SerializationLibrary: org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe
          Columns:
"#
    )?;
    // A column that files are filed under is the folder's to tell, although it stands in the files too.
    for (name, kind) in described
        .columns
        .iter()
        .filter(|(name, _)| Some(name.as_str()) != day)
    {
        writeln!(text, "            - {{Name: {name}, Type: {kind}}}")?;
    }
    Ok(())
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQL: &str = "-- Losses, told.\nCREATE TABLE losses (\n    inst VARCHAR(512) NOT NULL,\n    received_date DATE,\n    share DOUBLE PRECISION\n);\n-- Redshift: DISTSTYLE EVEN\n";

    #[test]
    fn columns_have_hives_types_and_the_day_is_the_folders() {
        let mut text = String::new();
        let described = Described::of(SQL).unwrap();
        write_table(&mut text, "losses", Some("received_date"), &described).unwrap();
        let columns = text.split("Columns:\n").nth(1).unwrap();
        assert_eq!(
            columns,
            "            - {Name: inst, Type: string}\n            - {Name: share, Type: double}\n"
        );
        assert!(
            text.contains("manifests/losses/received_date=${!received_date}/"),
            "{text}"
        );
    }

    #[test]
    fn a_type_without_a_word_is_an_error() {
        assert!(Described::of("-- A.\nCREATE TABLE a (\n    x MONEY\n);\n").is_err());
    }
}
