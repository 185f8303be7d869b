//! The tables of a lake, before anything was loaded.

use std::sync::Arc;

use object_store::memory::InMemory;

use super::LakeReader;
use crate::lake::{Lake, StoreAt};

#[tokio::test]
async fn an_empty_lake_has_every_table() {
    let lake = Lake::at(StoreAt::new(Arc::new(InMemory::new()), "lake".into()));
    let reader = LakeReader::open(&lake).await.unwrap();
    for table in [
        "events",
        "rejects",
        "losses",
        "instances",
        "instance_parts",
        "fct_impression",
        "mart_content_hour",
        "loads",
    ] {
        let rows = reader
            .query(&format!("SELECT * FROM {table}"))
            .await
            .unwrap();
        assert_eq!(
            rows.iter()
                .map(arrow::array::RecordBatch::num_rows)
                .sum::<usize>(),
            0,
            "{table}"
        );
    }
}
