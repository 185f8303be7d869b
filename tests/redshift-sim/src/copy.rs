//! COPY … FORMAT AS PARQUET MANIFEST: everything it may refuse, it refuses.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Schema};
use arrow::util::display::array_value_to_string;
use bytes::Bytes;
use futures::SinkExt;
use object_store::ObjectStoreExt;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Deserialize;
use tokio_postgres::Client;

use crate::service::Bucket;

/// One COPY, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Copy {
    pub(crate) table: String,
    manifest: String,
    fill: bool,
    replace_invalid: bool,
}

#[derive(Deserialize)]
struct Manifest {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    url: String,
    #[serde(default)]
    mandatory: bool,
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct Meta {
    content_length: u64,
}

/// A column of the table.
struct Column {
    name: String,
    kind: String,
    required: bool,
}

impl Copy {
    /// Reads the statement. Options that COPY does not have for Parquet are refused.
    pub(crate) fn parse(sql: &str) -> Result<Self> {
        let words: Vec<&str> = sql.split_whitespace().collect();
        let [
            "COPY",
            table,
            "FROM",
            manifest,
            "IAM_ROLE",
            role,
            "FORMAT",
            "AS",
            "PARQUET",
            options @ ..,
        ] = words.as_slice()
        else {
            bail!("syntax error: {sql}");
        };
        let role_fits = *role == "default"
            || quoted(role).is_some_and(|role| role.starts_with("arn:aws:iam::"));
        ensure!(role_fits, "IAM_ROLE {role} is no role");
        let manifest = quoted(manifest).context("FROM takes an address in quotes")?;
        ensure!(manifest.starts_with("s3://"), "FROM takes an address in S3");
        let (mut is_manifest, mut fill, mut replace_invalid) = (false, false, false);
        for option in options {
            match *option {
                "MANIFEST" => is_manifest = true,
                "FILLRECORD" => fill = true,
                "ACCEPTINVCHARS" => replace_invalid = true,
                other => bail!("option {other} is not supported for PARQUET"),
            }
        }
        ensure!(is_manifest, "the simulated COPY reads manifests alone");
        Ok(Self {
            table: table.to_lowercase(),
            manifest: manifest.to_owned(),
            fill,
            replace_invalid,
        })
    }

    /// Copies every file, or fails.
    pub(crate) async fn run(&self, client: &Client, bucket: &Bucket) -> Result<()> {
        let columns = self.columns(client).await?;
        let manifest = fetch(bucket, &self.manifest)
            .await?
            .context("the manifest does not exist")?;
        let manifest: Manifest =
            serde_json::from_slice(&manifest).context("the manifest is malformed")?;
        let mut copy = Box::pin(
            client
                .copy_in::<_, Bytes>(&format!("COPY {} FROM STDIN", self.table))
                .await?,
        );
        for entry in &manifest.entries {
            let Some(body) = fetch(bucket, &entry.url).await? else {
                ensure!(
                    !entry.mandatory,
                    "file {} of the manifest does not exist",
                    entry.url
                );
                continue;
            };
            let length = entry
                .meta
                .as_ref()
                .context("content_length is required for PARQUET")?
                .content_length;
            ensure!(
                body.len() as u64 == length,
                "file {} has {} bytes, and the manifest says {length}",
                entry.url,
                body.len()
            );
            let builder = ParquetRecordBatchReaderBuilder::try_new(body)
                .with_context(|| entry.url.clone())?;
            self.check(builder.schema(), &columns)
                .with_context(|| entry.url.clone())?;
            for batch in builder.build()? {
                let text = self.text(&batch?, &columns)?;
                copy.send(text.into()).await?;
            }
        }
        copy.as_mut().finish().await?;
        Ok(())
    }

    async fn columns(&self, client: &Client) -> Result<Vec<Column>> {
        let question = "SELECT attname::text, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute \
             WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum";
        let rows = client.query(question, &[&self.table]).await?;
        let column = |row: &tokio_postgres::Row| Column {
            name: row.get(0),
            kind: row.get(1),
            required: row.get(2),
        };
        Ok(rows.iter().map(column).collect())
    }

    /// Columns are matched by their order: their number and types must agree. Names are not looked at.
    fn check(&self, file: &Schema, columns: &[Column]) -> Result<()> {
        let (has, wants) = (file.fields().len(), columns.len());
        ensure!(
            has == wants || self.fill && has < wants,
            "the file has {has} columns, and the table {wants}"
        );
        for (field, column) in file.fields().iter().zip(columns) {
            let fits = match field.data_type() {
                DataType::Int64 => column.kind == "bigint",
                DataType::Int32 => column.kind == "integer",
                DataType::Float64 => column.kind == "double precision",
                DataType::Boolean => column.kind == "boolean",
                DataType::Date32 => column.kind == "date",
                DataType::Timestamp(_, None) => column.kind == "timestamp without time zone",
                DataType::Utf8 => column.kind.starts_with("character varying"),
                _ => false,
            };
            ensure!(
                fits,
                "column {} of type {} is not compatible with {} {}",
                field.name(),
                field.data_type(),
                column.name,
                column.kind
            );
        }
        Ok(())
    }

    /// Rows in the text form of PostgreSQL's COPY.
    fn text(&self, batch: &RecordBatch, columns: &[Column]) -> Result<String> {
        let mut text = String::new();
        for row in 0..batch.num_rows() {
            for (place, column) in columns.iter().enumerate() {
                if place > 0 {
                    text.push('\t');
                }
                match batch
                    .columns()
                    .get(place)
                    .filter(|values| values.is_valid(row))
                {
                    None if column.required => bail!("column {} may not be NULL", column.name),
                    None => text.push_str("\\N"),
                    Some(values) if *values.data_type() == DataType::Utf8 => {
                        self.put(values.as_string::<i32>().value(row), column, &mut text)?;
                    }
                    Some(values) => write!(text, "{}", array_value_to_string(values, row)?)?,
                }
            }
            text.push('\n');
        }
        Ok(text)
    }

    /// Lengths count bytes, as everywhere in Redshift.
    fn put(&self, value: &str, column: &Column, to: &mut String) -> Result<()> {
        let most = column
            .kind
            .trim_start_matches("character varying(")
            .trim_end_matches(')')
            .parse()
            .unwrap_or(usize::MAX);
        ensure!(
            value.len() <= most,
            "a text of {} bytes is too long for {} {}",
            value.len(),
            column.name,
            column.kind
        );
        ensure!(
            self.replace_invalid || !value.contains('\0'),
            "column {} holds an invalid character",
            column.name
        );
        for character in value.chars() {
            match character {
                '\0' => to.push('?'),
                '\\' => to.push_str("\\\\"),
                '\t' => to.push_str("\\t"),
                '\n' => to.push_str("\\n"),
                '\r' => to.push_str("\\r"),
                other => to.push(other),
            }
        }
        Ok(())
    }
}

/// The whole object, or `None` where there is none.
async fn fetch(bucket: &Bucket, url: &str) -> Result<Option<Bytes>> {
    let key = url
        .strip_prefix("s3://")
        .and_then(|rest| rest.strip_prefix(bucket.name.as_str()))
        .and_then(|rest| rest.strip_prefix('/'));
    let key = key.with_context(|| format!("{url} is in no bucket that is known"))?;
    let key = key
        .split('/')
        .fold(bucket.root.clone(), object_store::path::Path::join);
    match bucket.store.get(&key).await {
        Ok(found) => Ok(Some(found.bytes().await?)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn quoted(word: &str) -> Option<&str> {
    word.strip_prefix('\'')?.strip_suffix('\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_parquet_does_not_take_are_refused() {
        let role = "IAM_ROLE 'arn:aws:iam::1:role/copy'";
        let fine = format!("COPY t FROM 's3://b/m' {role} FORMAT AS PARQUET MANIFEST FILLRECORD");
        assert!(Copy::parse(&fine).unwrap().fill);
        for wrong in [
            format!("COPY t FROM 's3://b/m' {role} FORMAT AS PARQUET MANIFEST MAXERROR 5"),
            format!("COPY t FROM 's3://b/m' {role} FORMAT AS PARQUET"),
            format!("COPY t FROM '/m' {role} FORMAT AS PARQUET MANIFEST"),
            "COPY t FROM 's3://b/m' FORMAT AS PARQUET MANIFEST".to_owned(),
        ] {
            assert!(Copy::parse(&wrong).is_err(), "{wrong}");
        }
    }
}
