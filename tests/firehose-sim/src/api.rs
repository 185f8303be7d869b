//! The API: AWS's JSON 1.1 protocol, the operations Eyeline calls, and the limits that Firehose holds them to.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::refusal::{ACCOUNT, REGION, Refusal, SLOW_DOWN, SLOW_DOWN_MESSAGE};
use crate::service::Service;

/// Records of a call.
const RECORDS_MAX: usize = 500;
/// Bytes of a record, before base64.
const RECORD_BYTES_MAX: usize = 1_000 * 1_024;
/// Bytes of a call's records: 4 MiB.
const CALL_BYTES_MAX: usize = 4 << 20;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutRecordBatch {
    delivery_stream_name: String,
    records: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutRecord {
    delivery_stream_name: String,
    record: Entry,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    delivery_stream_name: String,
}

pub(crate) async fn call(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let target = headers.get("x-amz-target");
    let target = target.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let operation = target.strip_prefix("Firehose_20150804.").unwrap_or(target);
    let done = match operation {
        "PutRecordBatch" => put_batch(&service, &body),
        "PutRecord" => put_one(&service, &body),
        "DescribeDeliveryStream" => describe(&service, &body),
        "ListDeliveryStreams" => Ok(list(&service)),
        _ => Err(Refusal::client("UnknownOperationException", operation)),
    };
    match done {
        Ok(answer) => Json(answer).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

fn put_batch(service: &Service, body: &[u8]) -> Result<Value, Refusal> {
    let call: PutRecordBatch = read(body)?;
    let records = call.records.len();
    if !(1..=RECORDS_MAX).contains(&records) {
        let rule = if records == 0 {
            "greater than or equal to 1".to_owned()
        } else {
            format!("less than or equal to {RECORDS_MAX}")
        };
        return Err(Refusal::constraint("records", &rule));
    }
    let data = call
        .records
        .iter()
        .enumerate()
        .map(|(number, entry)| decode(&format!("records.{}.member.data", number + 1), entry))
        .collect::<Result<Vec<_>, _>>()?;
    let bytes: usize = data.iter().map(Bytes::len).sum();
    if bytes > CALL_BYTES_MAX {
        return Err(Refusal::invalid("Records size exceeds 4 MB limit"));
    }
    let taken = service.put(&call.delivery_stream_name, data)?;
    let failed = taken.iter().filter(|entry| entry.is_none()).count();
    let answers = taken.into_iter().map(|entry| match entry {
        Some(id) => json!({"RecordId": id}),
        None => json!({"ErrorCode": SLOW_DOWN, "ErrorMessage": SLOW_DOWN_MESSAGE}),
    });
    Ok(json!({
        "FailedPutCount": failed,
        "Encrypted": true,
        "RequestResponses": answers.collect::<Vec<_>>(),
    }))
}

fn put_one(service: &Service, body: &[u8]) -> Result<Value, Refusal> {
    let call: PutRecord = read(body)?;
    let data = vec![decode("record.data", &call.record)?];
    match service.put(&call.delivery_stream_name, data)?.pop() {
        Some(Some(id)) => Ok(json!({"RecordId": id, "Encrypted": true})),
        _ => Err(Refusal::throttled()),
    }
}

fn describe(service: &Service, body: &[u8]) -> Result<Value, Refusal> {
    let call: Named = read(body)?;
    let stream = service.stream(&call.delivery_stream_name)?;
    Ok(json!({"DeliveryStreamDescription": {
        "DeliveryStreamName": stream.name,
        "DeliveryStreamARN": arn(&stream.name),
        "DeliveryStreamStatus": "ACTIVE",
        "DeliveryStreamEncryptionConfiguration": {"Status": "ENABLED", "KeyType": "AWS_OWNED_CMK"},
        "DeliveryStreamType": "DirectPut",
        "VersionId": "1",
        "HasMoreDestinations": false,
        "Destinations": [],
    }}))
}

fn list(service: &Service) -> Value {
    json!({"DeliveryStreamNames": service.names(), "HasMoreDeliveryStreams": false})
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::client("SerializationException", error.to_string()))
}

fn decode(member: &str, entry: &Entry) -> Result<Bytes, Refusal> {
    let data = BASE64_STANDARD
        .decode(&entry.data)
        .map_err(|error| Refusal::client("SerializationException", error.to_string()))?;
    if data.len() > RECORD_BYTES_MAX {
        let rule = format!("less than or equal to {RECORD_BYTES_MAX}");
        return Err(Refusal::constraint(member, &rule));
    }
    Ok(data.into())
}

/// The name of a stream, to AWS.
pub(crate) fn arn(stream: &str) -> String {
    format!("arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/{stream}")
}
