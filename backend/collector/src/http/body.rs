//! Reads a request's body within bounds of size and time, and unpacks gzip without trusting how far it expands.
use std::io::{ErrorKind, Read};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use eyeline_core::limits;
use flate2::bufread::MultiGzDecoder;
use futures::StreamExt;

use super::fault::{Code, Fault};

/// Largest body as sent. Gzip of incompressible bytes adds 18 bytes and 5 a block, so anything longer unpacks to too much.
pub(crate) const SENT_BYTES_MAX: usize = limits::BATCH_BYTES_MAX + 1024;
/// How much of a body that is too large is read and thrown away before the answer (ours): closing with unread bytes makes
/// the kernel reset the connection, and the client then never sees why it was refused.
const DISCARDED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The whole body, unpacked.
pub(crate) async fn read(
    body: Body,
    headers: &HeaderMap,
    within: Duration,
) -> Result<Bytes, Fault> {
    unpack(receive(body, within).await?, headers)
}

/// Reads a body nobody wants, so that the answer to it arrives.
pub(crate) async fn discard(body: Body, within: Duration) {
    let thrown_away = async {
        let mut chunks = body.into_data_stream();
        let mut seen = 0;
        while let Some(Ok(chunk)) = chunks.next().await {
            seen += chunk.len();
            if seen > DISCARDED_BYTES_MAX {
                break;
            }
        }
    };
    // Whoever is too slow for that gets the answer all the same.
    drop(tokio::time::timeout(within, thrown_away).await);
}

async fn receive(body: Body, within: Duration) -> Result<Bytes, Fault> {
    tokio::time::timeout(within, collect(body))
        .await
        .unwrap_or_else(|_| {
            Err(Fault::new(
                Code::SlowBody,
                format!("the body did not arrive within {} ms", within.as_millis()),
            ))
        })
}

async fn collect(body: Body) -> Result<Bytes, Fault> {
    let mut chunks = body.into_data_stream();
    let mut whole = Vec::new();
    let mut seen = 0;
    let mut first: Option<Bytes> = None;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            Fault::new(
                Code::BodyInterrupted,
                "the body ended before its announced length",
            )
        })?;
        seen += chunk.len();
        if seen > DISCARDED_BYTES_MAX {
            break;
        } else if seen > SENT_BYTES_MAX {
            whole = Vec::new();
            first = None;
        } else if whole.is_empty() && first.is_none() {
            first = Some(chunk);
        } else {
            if let Some(first) = first.take() {
                whole.extend_from_slice(&first);
            }
            whole.extend_from_slice(&chunk);
        }
    }
    if seen > SENT_BYTES_MAX {
        return Err(Fault::new(
            Code::TooLarge,
            format!("the body is larger than {SENT_BYTES_MAX} bytes as sent"),
        ));
    }
    Ok(first.unwrap_or_else(|| whole.into()))
}

fn unpack(sent: Bytes, headers: &HeaderMap) -> Result<Bytes, Fault> {
    const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
    if !sent.starts_with(&GZIP_MAGIC) {
        return match headers.get(CONTENT_ENCODING) {
            Some(coding) if coding != "identity" => Err(Fault::new(
                Code::NotGzip,
                "a content-encoding is announced but the body does not start as gzip does",
            )),
            _ if sent.len() > limits::BATCH_BYTES_MAX => Err(too_much(Code::TooLarge)),
            _ => Ok(sent),
        };
    }
    let room = limits::BATCH_BYTES_MAX + 1;
    let mut raw = Vec::with_capacity((sent.len() * USUAL_RATIO).min(room));
    // Read one byte past the limit: enough to know, whatever the archive claims.
    let read = MultiGzDecoder::new(&sent[..])
        .take(room as u64)
        .read_to_end(&mut raw);
    match read {
        Ok(_) if raw.len() == room => Err(too_much(Code::GzipBomb)),
        Ok(_) => Ok(raw.into()),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(Fault::new(
            Code::TruncatedGzip,
            "the gzip stream ends before its trailer",
        )),
        Err(_) => Err(Fault::new(
            Code::NotGzip,
            "the body starts as gzip does but can't be unpacked",
        )),
    }
}

fn too_much(code: Code) -> Fault {
    Fault::new(
        code,
        format!(
            "a batch is at most {} bytes before compression",
            limits::BATCH_BYTES_MAX
        ),
    )
}

/// What gzip usually saves on a batch, only to size the first buffer.
const USUAL_RATIO: usize = 6;
