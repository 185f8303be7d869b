//! A table made of exactly the files a commit names: DataFusion never lists the store.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Result, project_schema};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;

use super::whole::WholeFiles;

/// Parquet files of one schema, given by key and size.
#[derive(Debug)]
pub(crate) struct FilesTable {
    schema: SchemaRef,
    store: ObjectStoreUrl,
    files: Vec<(String, u64)>,
}

impl FilesTable {
    pub(crate) fn new(schema: SchemaRef, store: ObjectStoreUrl, files: Vec<(String, u64)>) -> Self {
        Self {
            schema,
            store,
            files,
        }
    }
}

#[async_trait]
impl TableProvider for FilesTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if self.files.is_empty() {
            return Ok(Arc::new(EmptyExec::new(project_schema(
                &self.schema,
                projection,
            )?)));
        }
        let files = self
            .files
            .iter()
            .map(|(key, bytes)| PartitionedFile::new(key.clone(), *bytes))
            .collect();
        let groups = FileGroup::new(files).split_files(state.config().target_partitions());
        let store = state.runtime_env().object_store(&self.store)?;
        let source = ParquetSource::new(Arc::clone(&self.schema))
            .with_parquet_file_reader_factory(Arc::new(WholeFiles::new(store)));
        let source = Arc::new(source);
        let scan = FileScanConfigBuilder::new(self.store.clone(), source)
            .with_file_groups(groups)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(scan))
    }
}
