//! Manifests: which files COPY reads, written beside the lake's own and deleted when the load has ended.

use std::collections::HashMap;

use object_store::ObjectStoreExt;
use serde_json::json;

use super::super::error::Result;
use super::super::plan::{Plan, TableChange};
use crate::lake::{Lake, Table};

/// The manifests of one load, by table.
#[derive(Debug)]
pub(super) struct Manifests {
    /// The lake's address.
    lake: String,
    paths: HashMap<Table, String>,
    urls: HashMap<Table, String>,
    short: Vec<Table>,
}

impl Manifests {
    /// Writes a manifest for each table that gets files. `token` names the load; written again, they say the same.
    pub(super) async fn write(
        lake: &Lake,
        at: &str,
        plan: &Plan,
        token: &str,
        short: Vec<Table>,
    ) -> Result<Self> {
        let mut manifests = Self {
            lake: at.to_owned(),
            paths: HashMap::new(),
            urls: HashMap::new(),
            short,
        };
        for change in plan
            .changes
            .iter()
            .filter(|change| !change.files.is_empty())
        {
            let path = format!("warehouse/{token}-{}.manifest", change.table.name());
            lake.store().write(&path, manifests.body(change)).await?;
            manifests.urls.insert(change.table, manifests.url(&path));
            manifests.paths.insert(change.table, path);
        }
        Ok(manifests)
    }

    /// The address of a table's manifest, where it gets files.
    pub(super) fn of(&self, table: Table) -> Option<&str> {
        self.urls.get(&table).map(String::as_str)
    }

    /// Whether some of a table's files lack its last columns.
    pub(super) fn is_short(&self, table: Table) -> bool {
        self.short.contains(&table)
    }

    /// Nobody reads them any more. One that stays is a few KiB; the bucket's lifecycle rule takes it.
    pub(super) async fn delete(&self, lake: &Lake) {
        for path in self.paths.values() {
            let store = lake.store();
            if let Err(error) = store.store().delete(&store.key(path)).await {
                tracing::debug!(%error, path, "manifest not deleted");
            }
        }
    }

    /// COPY wants the length of a Parquet file; with `mandatory` a file that is missing fails the load.
    fn body(&self, change: &TableChange) -> Vec<u8> {
        let entry = |file: &crate::lake::DataFile| json!({"url": self.url(&file.path), "mandatory": true, "meta": {"content_length": file.bytes}});
        let entries: Vec<_> = change.files.iter().map(entry).collect();
        json!({ "entries": entries }).to_string().into_bytes()
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.lake)
    }
}
