//! The transform: records through a Lambda function, each answered by name
//! (<https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html>).

use std::collections::HashMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::arn;
use crate::buffer::{Batch, Held};
use crate::key::unique;
use crate::refusal::REGION;
use crate::runtime::{Runtime, function_arn};

/// Bytes of records in one invocation, by default: 1 MB. A single record may be as long.
const INVOCATION_BYTES: usize = 1 << 20;
/// The first attempt and three more.
const ATTEMPTS: u32 = 4;

/// What came of a batch.
#[derive(Debug, Default)]
pub(crate) struct Transformed {
    pub(crate) good: Vec<Bytes>,
    /// Lines for the error output.
    pub(crate) failed: Vec<String>,
}

#[derive(Deserialize)]
struct Answer {
    records: Vec<Answered>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    record_id: String,
    result: String,
    #[serde(default)]
    data: Option<String>,
}

/// Transforms a batch of one stream.
pub(crate) async fn transform(
    runtime: &Runtime,
    stream: &str,
    batch: &Batch,
    now_ms: impl Fn() -> i64,
) -> Transformed {
    let mut transformed = Transformed::default();
    let mut rest = batch.as_slice();
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take_while(|record| {
            bytes += record.data.len();
            bytes <= INVOCATION_BYTES
        });
        let (records, later) = rest.split_at(fits.count().max(1));
        rest = later;
        match invoke(runtime, stream, records).await {
            Ok(answer) => sort(records, answer, &mut transformed, &now_ms),
            Err(why) => transformed.failed.extend(
                records
                    .iter()
                    .map(|record| line(record, "Lambda.FunctionError", &why, ATTEMPTS, now_ms())),
            ),
        }
    }
    transformed
}

async fn invoke(runtime: &Runtime, stream: &str, records: &[Held]) -> Result<Answer, String> {
    let event = json!({
        "invocationId": unique().map_err(|error| error.to_string())?,
        "deliveryStreamArn": arn(stream),
        "region": REGION,
        "records": records.iter().map(|record| json!({
            "recordId": record.id,
            "approximateArrivalTimestamp": record.arrived_ms,
            "data": BASE64_STANDARD.encode(&record.data),
        })).collect::<Vec<_>>(),
    });
    let mut answer = Err(String::new());
    for _ in 0..ATTEMPTS {
        answer = runtime.invoke(&event).await.and_then(read);
        if answer.is_ok() {
            break;
        }
    }
    answer
}

fn read(answer: Value) -> Result<Answer, String> {
    serde_json::from_value(answer).map_err(|error| error.to_string())
}

/// A record that the answer does not name, or answers in no known way, has failed.
fn sort(
    records: &[Held],
    answer: Answer,
    transformed: &mut Transformed,
    now_ms: &impl Fn() -> i64,
) {
    let mut answers: HashMap<String, Answered> = answer
        .records
        .into_iter()
        .map(|answered| (answered.record_id.clone(), answered))
        .collect();
    for record in records {
        let answered = answers.remove(&record.id);
        let (code, why) = match answered {
            None => (
                "Lambda.MissingRecordId",
                "the answer does not name the record",
            ),
            Some(answered) => match (answered.result.as_str(), decoded(answered.data)) {
                ("Ok", Some(data)) => {
                    transformed.good.push(data);
                    continue;
                }
                ("Dropped", _) => continue,
                ("ProcessingFailed", _) => (
                    "Lambda.ProcessingFailedStatus",
                    "ProcessingFailed status set for record",
                ),
                _ => (
                    "Lambda.JsonProcessingException",
                    "neither Ok with data, nor Dropped, nor ProcessingFailed",
                ),
            },
        };
        transformed
            .failed
            .push(line(record, code, why, 1, now_ms()));
    }
}

fn decoded(data: Option<String>) -> Option<Bytes> {
    Some(BASE64_STANDARD.decode(data?).ok()?.into())
}

/// A line of the error output.
fn line(record: &Held, code: &str, why: &str, attempts: u32, now_ms: i64) -> String {
    let line = json!({
        "attemptsMade": attempts,
        "arrivalTimestamp": record.arrived_ms,
        "errorCode": code,
        "errorMessage": why,
        "attemptEndingTimestamp": now_ms,
        "rawData": BASE64_STANDARD.encode(&record.data),
        "lambdaArn": format!("{}:$LATEST", function_arn()),
    });
    format!("{line}\n")
}
