//! PostgreSQL: rows are streamed from the lake's files into COPY, and the transaction is an ordinary one.

mod binary;
mod connect;
mod copy;

use std::collections::HashMap;

use async_trait::async_trait;
use tokio_postgres::Transaction;
use tokio_postgres::error::SqlState;

use super::error::{Result, WarehouseError};
use super::migrate::{Present, Step, Tables, question, steps};
use super::plan::{Plan, Replace, TableChange};
use super::{Loaded, Position, Warehouse, address, ddl, statements};
use crate::lake::Lake;
use connect::Connect;

/// A PostgreSQL database, version 12 or later.
#[derive(Debug)]
pub struct Postgres {
    connect: Connect,
    schema: String,
}

impl Postgres {
    /// Takes an address apart; connects only when there is something to do.
    ///
    /// # Errors
    /// [`WarehouseError::Address`], naming what to mend.
    pub fn open(url: &url::Url) -> Result<Self> {
        let named = url.query_pairs().find(|(name, _)| name == "schema");
        let schema = named.map_or_else(|| "public".to_owned(), |(_, name)| name.into_owned());
        Ok(Self {
            connect: Connect::read(url)?,
            schema: address::schema(&schema)?,
        })
    }

    async fn client(&self) -> Result<tokio_postgres::Client> {
        let client = self.connect.client().await?;
        let path = format!("SET search_path TO {}", self.schema);
        client.batch_execute(&path).await?;
        Ok(client)
    }

    /// The tables that are there.
    async fn tables(&self, asked: &impl tokio_postgres::GenericClient) -> Result<Tables> {
        let mut tables = Tables::new();
        for row in asked.query(&question(&self.schema), &[]).await? {
            let (table, column): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let columns: &mut HashMap<_, _> = tables.entry(table).or_default();
            let present = Present {
                kind: row.try_get(2)?,
                length: row.try_get::<_, Option<i32>>(3)?.map(i64::from),
                nullable: row.try_get::<_, String>(4)? == "YES",
            };
            columns.insert(column, present);
        }
        Ok(tables)
    }
}

#[async_trait]
impl Warehouse for Postgres {
    async fn prepare(&self) -> Result<()> {
        let mut client = self.client().await?;
        // Looking costs no lock and is all there is to do but once.
        if steps(ddl::all(), &self.tables(&client).await?)?.is_empty() {
            return Ok(());
        }
        let transaction = client.transaction().await?;
        // One loader at a time changes tables; the number is ours alone.
        transaction
            .batch_execute("SELECT pg_advisory_xact_lock(7302114)")
            .await?;
        transaction
            .batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {}", self.schema))
            .await?;
        for step in steps(ddl::all(), &self.tables(&transaction).await?)? {
            transaction.batch_execute(&written(&step)).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn position(&self) -> Result<Option<Position>> {
        let client = self.client().await?;
        let rows = match client.query(statements::POSITION, &[]).await {
            Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => return Ok(None),
            rows => rows?,
        };
        rows.first()
            .map(|row| {
                Ok(Position {
                    version: row.try_get::<_, i64>(0)?.cast_unsigned(),
                    run: row.try_get(1)?,
                })
            })
            .transpose()
    }

    async fn load(&self, lake: &Lake, plan: &Plan, now_ms: i64) -> Result<Loaded> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        // Readers go on; another loader waits here, and then finds that it comes too late.
        let lock = format!("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", ddl::MANIFEST);
        transaction.batch_execute(&lock).await?;
        let at = transaction.query_opt(statements::POSITION, &[]).await?;
        let at = at.map_or(Ok(0), |row| row.try_get::<_, i64>(0))?;
        if at.cast_unsigned() != plan.from {
            return Ok(Loaded::ByAnother);
        }
        for statement in statements::erase(plan) {
            transaction.batch_execute(&statement).await?;
        }
        for change in &plan.changes {
            apply(&transaction, lake, change).await?;
        }
        for statement in statements::record(plan, now_ms) {
            transaction.batch_execute(&statement).await?;
        }
        transaction.commit().await?;
        Ok(Loaded::Done)
    }

    async fn advice(&self) -> Result<Vec<String>> {
        let client = self.client().await?;
        let rows = client.query(BLOATED, &[&self.schema]).await?;
        rows.iter()
            .map(|row| Ok(format!("VACUUM (ANALYZE) {}.{}: more than a fifth of its rows are dead; autovacuum may be off or too slow", self.schema, row.try_get::<_, String>(0)?)))
            .collect()
    }
}

/// Replaces the rows of one table.
async fn apply(transaction: &Transaction<'_>, lake: &Lake, change: &TableChange) -> Result<()> {
    let ddl = ddl::of(change.table);
    let keyed = matches!(change.replace, Replace::Keys(_) | Replace::Since(_));
    if !keyed {
        if let Some(delete) = statements::replaced(change) {
            transaction.batch_execute(&delete).await?;
        }
        return copy::copy(transaction, lake, change, &ddl, ddl.name).await;
    }
    let stage = statements::stage(change.table);
    let create = format!(
        "CREATE TEMPORARY TABLE {stage} ({}) ON COMMIT DROP",
        ddl.definition(|_| String::new())
    );
    transaction.batch_execute(&create).await?;
    copy::copy(transaction, lake, change, &ddl, &stage).await?;
    // A new table has no statistics, and without them the join below reads every row of the large one.
    transaction
        .batch_execute(&format!("ANALYZE {stage}"))
        .await?;
    if let Some(delete) = statements::replaced(change) {
        transaction.batch_execute(&delete).await?;
    }
    transaction
        .batch_execute(&statements::insert(change, &ddl))
        .await?;
    Ok(())
}

/// A step of the migration, in PostgreSQL's words.
fn written(step: &Step) -> String {
    match step {
        Step::Create(table) => {
            let indexes = INDEXES.iter().filter(|(of, _)| *of == table.name);
            let mut sql = format!(
                "CREATE TABLE {} ({});",
                table.name,
                table.definition(|_| String::new())
            );
            for (_, index) in indexes {
                sql.push_str(index);
                sql.push(';');
            }
            sql
        }
        Step::Add(table, column) => format!(
            "ALTER TABLE {table} ADD COLUMN {} {}",
            column.name, column.kind
        ),
        Step::View(name, query) => {
            format!("DROP VIEW IF EXISTS {name} CASCADE; CREATE VIEW {name} AS {query}")
        }
    }
}

/// What a load finds rows by, and what analysts cut by. The unique ones hold each event and each impression to one row.
const INDEXES: [(&str, &str); 9] = [
    (
        "eyeline_manifest",
        "CREATE UNIQUE INDEX ON eyeline_manifest (version)",
    ),
    ("events", "CREATE UNIQUE INDEX ON events (inst, seq)"),
    ("events", "CREATE INDEX ON events (visitor_key)"),
    ("events", "CREATE INDEX ON events (event_date)"),
    (
        "fct_impression",
        "CREATE UNIQUE INDEX ON fct_impression (inst, imp)",
    ),
    (
        "fct_impression",
        "CREATE INDEX ON fct_impression (visitor_key)",
    ),
    (
        "fct_impression",
        "CREATE INDEX ON fct_impression (event_date)",
    ),
    (
        "mart_content_hour",
        "CREATE INDEX ON mart_content_hour (event_hour)",
    ),
    ("instance_parts", "CREATE INDEX ON instance_parts (version)"),
];

/// Tables whose dead rows slow readers down.
const BLOATED: &str = "SELECT relname::text FROM pg_stat_user_tables WHERE schemaname = $1 AND n_dead_tup > 10000 AND n_dead_tup > 0.2 * (n_live_tup + n_dead_tup) ORDER BY relname";

impl From<tokio_postgres::Error> for WarehouseError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(said) = error.as_db_error() else {
            // No answer at all: it could not be reached, or went away.
            return Self::Busy(causes(&error));
        };
        let detail = said.detail().map(|detail| format!(" ({detail})"));
        let words = format!(
            "{}: {}{}",
            said.code().code(),
            said.message(),
            detail.unwrap_or_default()
        );
        // Classes of SQLSTATE (PostgreSQL, appendix A): connection, rollback, resources, operator; and a lock that was not to be had.
        let busy = ["08", "53", "57P", "55P03"];
        if said.code().code().starts_with("40") {
            Self::RolledBack(words)
        } else if busy
            .iter()
            .any(|class| said.code().code().starts_with(class))
        {
            Self::Busy(words)
        } else {
            Self::Refused(words)
        }
    }
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}
