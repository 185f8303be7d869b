//! One submitted call: a question, or a batch as one transaction.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row};

use crate::copy::Copy;
use crate::dialect::{Statement, read};
use crate::postgres::connect;
use crate::service::Service;
use crate::statement::{Rows, Status};

/// Runs it to its end, and says how it ended.
pub(crate) async fn run(service: Arc<Service>, id: String, sqls: Vec<String>, batch: bool) {
    service.statements().set(&id, Status::Started);
    let status = match transaction(&service, &sqls).await {
        Ok(_) if batch && service.aborts() => Status::Aborted,
        Ok(open) => match open.commit(&service).await {
            Ok(rows) => Status::Finished(rows),
            Err(error) => Status::Failed(words(&error)),
        },
        Err(error) => Status::Failed(words(&error)),
    };
    service.statements().set(&id, status);
}

/// A transaction whose statements have run. Dropping it rolls it back.
struct Open {
    client: Client,
    snapshot: u64,
    written: BTreeSet<String>,
    rows: Rows,
}

async fn transaction(service: &Service, sqls: &[String]) -> Result<Open> {
    let client = connect(&service.database).await?;
    // PostgreSQL takes the snapshot as Redshift does: with the first statement that reads, and LOCK is none.
    client
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        .await?;
    let mut open = Open {
        client,
        snapshot: service.conflicts.now(),
        written: BTreeSet::new(),
        rows: Rows::new(),
    };
    let mut stages = BTreeSet::new();
    let mut reads = false;
    for sql in sqls {
        let statement = read(sql)?;
        if !reads {
            open.snapshot = service.conflicts.now();
        }
        reads |= !matches!(statement, Statement::Setting(_) | Statement::Lock(_));
        match statement {
            Statement::Setting(sql) | Statement::Lock(sql) | Statement::Define(sql) => {
                open.client.batch_execute(&sql).await?;
            }
            Statement::Stage(table, sql) => {
                open.client.batch_execute(&sql).await?;
                stages.insert(table);
            }
            Statement::Ask(sql) => {
                let rows = open.client.query(&sql, &[]).await?;
                open.rows = rows.iter().map(cells).collect::<Result<_>>()?;
            }
            Statement::Write(table, sql) => {
                open.client.batch_execute(&sql).await?;
                open.written.insert(table);
            }
            Statement::Copy(sql) => {
                let copy = Copy::parse(&sql)?;
                copy.run(&open.client, &service.bucket).await?;
                open.written.insert(copy.table);
            }
        }
    }
    open.written.retain(|table| !stages.contains(table));
    Ok(open)
}

impl Open {
    async fn commit(self, service: &Service) -> Result<Rows> {
        let commit = self.client.batch_execute("COMMIT");
        let conflict = service
            .conflicts
            .commit(self.snapshot, &self.written, commit)
            .await?;
        if let Some(table) = conflict {
            bail!("{VIOLATION} on table - {table}");
        }
        Ok(self.rows)
    }
}

/// A row in the API's form.
fn cells(row: &Row) -> Result<Vec<Value>> {
    let cell = |place: usize| -> Result<Value> {
        let value = match *row.columns()[place].type_() {
            Type::INT8 => row
                .try_get::<_, Option<i64>>(place)?
                .map(|number| json!({"longValue": number})),
            Type::INT4 => row
                .try_get::<_, Option<i32>>(place)?
                .map(|number| json!({"longValue": number})),
            Type::FLOAT8 => row
                .try_get::<_, Option<f64>>(place)?
                .map(|number| json!({"doubleValue": number})),
            Type::BOOL => row
                .try_get::<_, Option<bool>>(place)?
                .map(|truth| json!({"booleanValue": truth})),
            _ => row
                .try_get::<_, Option<String>>(place)?
                .map(|text| json!({"stringValue": text})),
        };
        Ok(value.unwrap_or_else(|| json!({"isNull": true})))
    };
    (0..row.len())
        .map(|place| cell(place).context("a type that no question asks for"))
        .collect()
}

fn words(error: &anyhow::Error) -> String {
    let Some(said) = error
        .downcast_ref::<tokio_postgres::Error>()
        .and_then(|error| error.as_db_error())
    else {
        return format!("ERROR: {error:#}");
    };
    if said.code().code().starts_with("40") {
        return VIOLATION.to_owned();
    }
    format!("ERROR: {} ({})", said.message(), said.code().code())
}

/// As Redshift says it.
const VIOLATION: &str = "ERROR: 1023 DETAIL: Serializable isolation violation";
