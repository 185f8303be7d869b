//! Firehose through AWS's SDK: one attempt a call, so that what failed is known before anything is sent again.
use std::time::Duration;

use async_trait::async_trait;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_firehose::Client;
use aws_sdk_firehose::config::SharedHttpClient;
use aws_sdk_firehose::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_firehose::primitives::Blob;
use aws_sdk_firehose::types::Record;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use bytes::Bytes;

use super::put::{Failure, Put};

/// How long one attempt may take (ours): Firehose answers in tens of ms, and a client waits.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);

/// One delivery stream.
#[derive(Debug)]
pub(super) struct Sdk {
    pub(super) client: Client,
    pub(super) stream: String,
}

/// What the environment says: region, credentials, `AWS_ENDPOINT_URL_FIREHOSE`.
pub(super) async fn environment() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http())
        .load()
        .await
}

/// A client for [`Sdk`]. `None` where there is no region.
pub(super) fn client(config: &SdkConfig) -> Option<Client> {
    config.region()?;
    let config = aws_sdk_firehose::config::Builder::from(config)
        .http_client(http())
        .retry_config(RetryConfig::disabled())
        .timeout_config(
            TimeoutConfig::builder()
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .build(),
        )
        .build();
    Some(Client::from_conf(config))
}

fn http() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

#[async_trait]
impl Put for Sdk {
    async fn put(&self, records: &[Bytes]) -> Result<Vec<Result<(), Failure>>, Failure> {
        let records = records.iter().map(|data| {
            let record = Record::builder().data(Blob::new(data.to_vec())).build();
            record.map_err(|error| Failure::Refused(error.to_string()))
        });
        let answer = self
            .client
            .put_record_batch()
            .delivery_stream_name(&self.stream)
            .set_records(Some(records.collect::<Result<_, _>>()?))
            .send()
            .await
            .map_err(|error| failure_of(&error))?;
        let entries = answer.request_responses().iter();
        Ok(entries
            .map(|entry| match entry.error_code() {
                None => Ok(()),
                Some(code) => Err(named(code, entry.error_message().unwrap_or_default())),
            })
            .collect())
    }
}

fn failure_of<E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static>(
    error: &SdkError<E>,
) -> Failure {
    match error {
        SdkError::ServiceError(refusal) => {
            let said = refusal.err().meta();
            let server = refusal.raw().status().is_server_error();
            match named(
                said.code().unwrap_or("no code"),
                said.message().unwrap_or_default(),
            ) {
                Failure::Failed(why) if !server => Failure::Refused(why),
                failure => failure,
            }
        }
        SdkError::ConstructionFailure(_) => {
            Failure::Refused(DisplayErrorContext(error).to_string())
        }
        _ => Failure::Failed(DisplayErrorContext(error).to_string()),
    }
}

/// What a code of an entry or of a whole call asks for.
fn named(code: &str, message: &str) -> Failure {
    let why = format!("{code}: {message}");
    if THROTTLES.contains(&code) {
        Failure::Throttled(why)
    } else {
        Failure::Failed(why)
    }
}

/// The codes by which Firehose, and AWS in front of it, say that it is too much
/// (<https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html>, errors of the API and of its entries).
const THROTTLES: [&str; 5] = [
    "ServiceUnavailableException",
    "ThrottlingException",
    "Throttling",
    "LimitExceededException",
    "RequestLimitExceeded",
];
