//! Redshift, provisioned or Serverless, over its Data API: COPY reads the lake's files from S3 itself, and a load is one batch of
//! statements, which the Data API runs as one transaction.

mod copy;
mod data_api;
mod dialect;
mod layout;
mod options;

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use aws_config::SdkConfig;

use super::error::{Result, WarehouseError};
use super::migrate::{Present, Tables, question, steps};
use super::plan::Plan;
use super::{Loaded, Position, Warehouse, ddl, statements};
use crate::lake::Lake;
use crate::load::run_id;
use copy::Manifests;
use data_api::DataApi;

pub use options::{RedshiftAt, RedshiftOptions};

/// A Redshift database.
#[derive(Debug)]
pub struct Redshift {
    api: DataApi,
    options: RedshiftOptions,
    /// A load whose end is not known yet. The same load is submitted under the same token, so that Redshift runs it once.
    pending: Mutex<Option<Pending>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pending {
    from: u64,
    run: String,
    token: String,
}

impl Redshift {
    /// Takes region and credentials from the environment, as every program on AWS does.
    ///
    /// # Errors
    /// [`WarehouseError::Address`] where no region is set.
    pub async fn connect(options: RedshiftOptions) -> Result<Self> {
        let config = data_api::environment(options.region.clone()).await;
        Self::with(&config, options)
    }

    /// As [`Redshift::connect`], with a configuration of the caller's.
    ///
    /// # Errors
    /// [`WarehouseError::Address`] where no region is set.
    pub fn with(config: &SdkConfig, options: RedshiftOptions) -> Result<Self> {
        Ok(Self {
            api: DataApi::new(config, &options)?,
            options,
            pending: Mutex::new(None),
        })
    }

    async fn tables(&self) -> Result<Tables> {
        let mut tables = Tables::new();
        for row in self.api.ask(&question(&self.options.schema)).await? {
            let [table, column, kind, length, nullable] = row.as_slice() else {
                return Err(WarehouseError::Refused(
                    "columns were asked for, and something else came".to_owned(),
                ));
            };
            let columns: &mut HashMap<_, _> = tables.entry(table.text()).or_default();
            let present = Present {
                kind: kind.text(),
                length: length.number(),
                nullable: nullable.text() == "YES",
            };
            columns.insert(column.text(), present);
        }
        Ok(tables)
    }

    /// The token of this load: the one it was submitted under before, where its end is not known.
    fn token(&self, plan: &Plan) -> Result<String> {
        let mut pending = self
            .pending
            .lock()
            .expect("nothing panics while it is held");
        if let Some(known) = pending
            .as_ref()
            .filter(|known| (known.from, &known.run) == (plan.from, &plan.run))
        {
            return Ok(known.token.clone());
        }
        let token = format!("eyeline-{}", run_id()?);
        *pending = Some(Pending {
            from: plan.from,
            run: plan.run.clone(),
            token: token.clone(),
        });
        Ok(token)
    }

    fn settled(&self) {
        *self
            .pending
            .lock()
            .expect("nothing panics while it is held") = None;
    }
}

#[async_trait]
impl Warehouse for Redshift {
    async fn prepare(&self) -> Result<()> {
        let steps = steps(ddl::all(), &self.tables().await?)?;
        if steps.is_empty() {
            return Ok(());
        }
        let statements = dialect::prepare(&self.options.schema, &steps);
        let token = format!("eyeline-{}", run_id()?);
        self.api
            .transact("eyeline prepare", &token, &statements)
            .await
    }

    async fn position(&self) -> Result<Option<Position>> {
        if !self.tables().await?.contains_key(ddl::MANIFEST) {
            return Ok(None);
        }
        let question = statements::POSITION.replace(
            ddl::MANIFEST,
            &format!("{}.{}", self.options.schema, ddl::MANIFEST),
        );
        let rows = self.api.ask(&question).await?;
        Ok(rows.first().and_then(|row| match row.as_slice() {
            [version, run] => Some(Position {
                version: version.number()?.cast_unsigned(),
                run: run.text(),
            }),
            _ => None,
        }))
    }

    async fn load(&self, lake: &Lake, plan: &Plan, now_ms: i64) -> Result<Loaded> {
        let short = layout::check(lake, plan).await?;
        let token = self.token(plan)?;
        let manifests = Manifests::write(lake, &self.options.lake, plan, &token, short).await?;
        let statements = dialect::load(&self.options, plan, &manifests, now_ms);
        let outcome = self.api.transact("eyeline load", &token, &statements).await;
        let outcome = match outcome {
            // It may be running still, and read the manifests.
            Err(error @ WarehouseError::Busy(_)) => return Err(error),
            outcome => outcome,
        };
        self.settled();
        manifests.delete(lake).await;
        let Err(error) = outcome else {
            return Ok(Loaded::Done);
        };
        // Whatever it says: where the ledger moved on, another loader's commit is why.
        let at = self
            .position()
            .await?
            .map_or(0, |position| position.version);
        if at == plan.from {
            Err(error)
        } else {
            Ok(Loaded::ByAnother)
        }
    }

    async fn advice(&self) -> Result<Vec<String>> {
        let rows = self.api.ask(&dialect::health(&self.options.schema)).await?;
        let advice = rows.iter().flat_map(|row| match row.as_slice() {
            [table, unsorted, stale] => {
                dialect::advice(&self.options.schema, &table.text(), unsorted, stale)
            }
            _ => Vec::new(),
        });
        Ok(advice.collect())
    }
}
