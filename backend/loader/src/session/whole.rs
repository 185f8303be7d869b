//! Small data files are fetched whole: from S3 with one request instead of three, and a request is what reading so little costs.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::common::Result;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::ParquetFileReaderFactory;
use datafusion::datasource::physical_plan::parquet::DefaultParquetFileReaderFactory;
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::FutureExt;
use futures::future::BoxFuture;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

/// Reads small files whole, and of others what is asked for.
#[derive(Debug)]
pub(super) struct WholeFiles {
    store: Arc<dyn ObjectStore>,
    others: DefaultParquetFileReaderFactory,
}

impl WholeFiles {
    pub(super) fn new(store: Arc<dyn ObjectStore>) -> Self {
        let others = DefaultParquetFileReaderFactory::new(Arc::clone(&store));
        Self { store, others }
    }
}

impl ParquetFileReaderFactory for WholeFiles {
    fn create_reader(
        &self,
        partition: usize,
        file: PartitionedFile,
        footer_bytes: Option<usize>,
        metrics: &ExecutionPlanMetricsSet,
    ) -> Result<Box<dyn AsyncFileReader + Send>> {
        if file.object_meta.size > WHOLE_BYTES_MAX {
            return self
                .others
                .create_reader(partition, file, footer_bytes, metrics);
        }
        Ok(Box::new(WholeFile {
            store: Arc::clone(&self.store),
            path: file.object_meta.location,
            body: None,
        }))
    }
}

/// One file, fetched when it is first asked for anything.
struct WholeFile {
    store: Arc<dyn ObjectStore>,
    path: Path,
    body: Option<Bytes>,
}

impl WholeFile {
    async fn body(&mut self) -> parquet::errors::Result<Bytes> {
        if let Some(body) = &self.body {
            return Ok(body.clone());
        }
        let fetched = async { self.store.get(&self.path).await?.bytes().await };
        let body = fetched
            .await
            .map_err(|error| ParquetError::External(Box::new(error)))?;
        Ok(self.body.insert(body).clone())
    }
}

impl AsyncFileReader for WholeFile {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, parquet::errors::Result<Bytes>> {
        async move {
            let body = self.body().await?;
            let (start, end) = (usize::try_from(range.start)?, usize::try_from(range.end)?);
            if start > end || end > body.len() {
                let why = format!("bytes {start} to {end} of a file of {}", body.len());
                return Err(ParquetError::EOF(why));
            }
            Ok(body.slice(start..end))
        }
        .boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, parquet::errors::Result<Arc<ParquetMetaData>>> {
        async move {
            let body = self.body().await?;
            let footer = ParquetMetaDataReader::new().with_arrow_reader_options(options);
            Ok(Arc::new(footer.parse_and_finish(&body)?))
        }
        .boxed()
    }
}

/// Up to here a file is fetched whole (ours): S3 takes about as long to begin an answer as to send a MiB.
const WHOLE_BYTES_MAX: u64 = 1 << 20;
