//! A DataFusion session with a bounded memory pool that spills to disk, and with the lake's store registered.

use std::sync::Arc;

use arrow::array::{AsArray, Int32Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::datasource::ViewTable;
use datafusion::execution::disk_manager::DiskManagerBuilder;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use datafusion::prelude::{SessionConfig, SessionContext};

use super::table::FilesTable;
use crate::error::Result;
use crate::lake::{DataFile, StoreAt};
use crate::load::inst_bucket;

/// How much a query may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryLimits {
    /// Memory of all operators together, in bytes; sorts and groupings beyond it spill to disk.
    pub memory_bytes: usize,
    /// Threads a query is spread over.
    pub threads: usize,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self {
            memory_bytes: 128 << 20,
            threads: std::thread::available_parallelism().map_or(1, Into::into),
        }
    }
}

/// A session that can read data files of this store.
pub(crate) fn session(at: &StoreAt, limits: QueryLimits) -> Result<SessionContext> {
    let config = SessionConfig::new()
        .with_target_partitions(limits.threads)
        .with_batch_size(BATCH_ROWS)
        .with_information_schema(true)
        .set_str("datafusion.execution.time_zone", "+00:00")
        .set_bool(
            "datafusion.execution.parquet.schema_force_view_types",
            false,
        )
        .set_bool("datafusion.sql_parser.map_string_types_to_utf8view", false);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(limits.memory_bytes)))
        .with_disk_manager_builder(DiskManagerBuilder::default())
        .build_arc()?;
    let context = SessionContext::new_with_config_rt(config, runtime);
    context.register_object_store(lake_url().as_ref(), Arc::clone(at.store()));
    context.register_udf(inst_bucket_udf());
    Ok(context)
}

/// A table of exactly these files.
pub(crate) fn files_table<'f>(
    at: &StoreAt,
    schema: SchemaRef,
    files: impl IntoIterator<Item = &'f DataFile>,
) -> Arc<dyn TableProvider> {
    let files = files
        .into_iter()
        .map(|file| (at.key(&file.path).to_string(), file.bytes))
        .collect();
    Arc::new(FilesTable::new(schema, lake_url(), files))
}

/// Names a query so that others can read from it.
pub(crate) async fn register_view(context: &SessionContext, name: &str, sql: &str) -> Result<()> {
    let plan = context.state().create_logical_plan(sql).await?;
    context.register_table(name, Arc::new(ViewTable::new(plan, Some(sql.to_owned()))))?;
    Ok(())
}

/// `inst_bucket(inst)`: the hash bucket of an instance, for sorting.
fn inst_bucket_udf() -> ScalarUDF {
    let bucket = |arguments: &[ColumnarValue]| {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        let insts = cast(&arrays[0], &DataType::Utf8)?;
        let buckets: Int32Array = insts
            .as_string::<i32>()
            .iter()
            .map(|inst| inst.map(|inst| inst_bucket(inst).into()))
            .collect();
        Ok(ColumnarValue::Array(Arc::new(buckets)))
    };
    create_udf(
        "inst_bucket",
        vec![DataType::Utf8],
        DataType::Int32,
        Volatility::Immutable,
        Arc::new(bucket),
    )
}

fn lake_url() -> ObjectStoreUrl {
    ObjectStoreUrl::parse("lake://data").expect("a constant address")
}

/// Rows a batch: half of DataFusion's default, because clean rows are wide.
const BATCH_ROWS: usize = 4096;
