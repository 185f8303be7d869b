//! From a stream's buffer to the bucket: backup, transform, GZIP, and patience for 24 hours.

use std::io::Write;

use anyhow::Result;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::buffer::Batch;
use crate::key::key;
use crate::service::Service;
use crate::settings::StreamSettings;
use crate::transform::{Transformed, transform};

/// How long data is kept while the destination is down.
const PATIENCE_MS: i64 = 24 * 3_600_000;

/// One object on its way, and how many records would be lost with it.
#[derive(Debug)]
pub(crate) struct Object {
    key: String,
    body: Bytes,
    oldest_ms: i64,
    records: u64,
}

/// Makes the objects of a batch. It is transformed here, once, however often they are then put.
pub(crate) async fn objects(
    service: &Service,
    stream: &StreamSettings,
    batch: Batch,
) -> Result<Vec<Object>> {
    let Some(oldest_ms) = batch.iter().map(|record| record.arrived_ms).min() else {
        return Ok(Vec::new());
    };
    let mut objects = Vec::new();
    let mut object = |prefix: &str, ending: &str, body: Vec<u8>, records: usize| -> Result<()> {
        if body.is_empty() {
            return Ok(());
        }
        objects.push(Object {
            key: key(prefix, &stream.name, oldest_ms, ending)?,
            body: gzip(&body)?,
            oldest_ms,
            records: records as u64,
        });
        Ok(())
    };
    let source = || -> Vec<u8> {
        batch
            .iter()
            .flat_map(|record| record.data.to_vec())
            .collect()
    };
    if let Some(backup) = &stream.backup_prefix {
        object(backup, ".gz", source(), 0)?;
    }
    if !stream.transform {
        object(&stream.prefix, ".gz", source(), batch.len())?;
        return Ok(objects);
    }
    let now = || service.now_ms();
    let Transformed { good, failed } = transform(&service.runtime, &stream.name, &batch, now).await;
    service.count(|counts| counts.processing_failed += failed.len() as u64);
    object(&stream.prefix, ".gz", good.concat(), good.len())?;
    let errors = format!("{}processing-failed/", stream.error_prefix);
    object(&errors, ".gz", failed.concat().into_bytes(), failed.len())?;
    Ok(objects)
}

/// Puts objects until all are there; keeps those that the bucket refuses. What waited for too long is gone, and counted.
pub(crate) async fn put(service: &Service, objects: &mut Vec<Object>) {
    let mut refused = Vec::new();
    for object in objects.drain(..) {
        let put = service.put_object(&object.key, object.body.clone()).await;
        service.count(|counts| match put {
            Ok(()) => counts.objects += 1,
            Err(_) if service.now_ms() - object.oldest_ms >= PATIENCE_MS => {
                counts.expired += object.records;
            }
            Err(_) => refused.push(object),
        });
    }
    *objects = refused;
}

fn gzip(body: &[u8]) -> Result<Bytes> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(body)?;
    Ok(gzip.finish()?.into())
}
