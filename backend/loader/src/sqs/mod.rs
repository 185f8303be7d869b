//! New raw files, as S3 tells an SQS queue of them: loaded at once, while listing stays the safety net.
//!
//! A message is deleted once every file it names is in the log of commits, and not before. Messages that are lost, come twice or out of
//! order cost nothing: what is loaded is decided by the log.

mod message;

use std::collections::BTreeSet;
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::SharedHttpClient;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message};
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use tokio::sync::{mpsc, oneshot};
use url::Url;

use crate::load::{Notice, delivered, put_aside};
use message::Object;

/// A queue that S3 tells of new objects: directly, or by way of SNS or EventBridge.
#[derive(Debug)]
pub struct Queue {
    client: Client,
    url: String,
    raw: Place,
    errors: Option<Place>,
}

/// Why a queue can't be used, or not just now.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueueError {
    /// AWS's region is set nowhere.
    #[error("no AWS region: set AWS_REGION, or `region` in AWS's configuration file")]
    NoRegion,
    /// Only files in S3 are told of.
    #[error("S3 tells of files in S3 alone: {0} is no address as s3://BUCKET/PREFIX")]
    NotInS3(String),
    /// The queue does not answer as it should; it is tried again.
    #[error("queue: {0}")]
    Failed(String),
}

/// What came of some messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Heard {
    /// Messages received.
    pub messages: usize,
    /// Raw files that they named.
    pub files: usize,
    /// Messages that no one could read. They stay in the queue: its redrive policy says what becomes of them.
    pub bad: usize,
    /// Messages deleted: their files are loaded, or none of ours.
    pub deleted: usize,
}

/// A message, and the raw files that it names.
struct Told {
    message: Message,
    paths: Vec<String>,
}

impl Queue {
    /// The queue at this URL, for the raw files and the error output at these addresses (`s3://BUCKET/PREFIX`). Region and credentials
    /// come from the environment.
    ///
    /// # Errors
    /// [`QueueError`]: what to mend.
    pub async fn connect(url: &str, raw: &str, errors: Option<&str>) -> Result<Self, QueueError> {
        let config = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http())
            .load()
            .await;
        Self::with(&config, url, raw, errors)
    }

    /// As [`Queue::connect`], with a configuration of the caller's.
    ///
    /// # Errors
    /// [`QueueError`]: what to mend.
    pub fn with(
        config: &SdkConfig,
        url: &str,
        raw: &str,
        errors: Option<&str>,
    ) -> Result<Self, QueueError> {
        config.region().ok_or(QueueError::NoRegion)?;
        let config = aws_sdk_sqs::config::Builder::from(config)
            .http_client(http())
            .build();
        Ok(Self {
            client: Client::from_conf(config),
            url: url.to_owned(),
            raw: Place::of(raw)?,
            errors: errors.map(Place::of).transpose()?,
        })
    }

    /// Hears what comes and passes it on, until nobody listens to `to` any more. Dropped midway, it leaves messages in the queue.
    pub async fn listen(
        &self,
        to: mpsc::Sender<Notice>,
        mut each: impl FnMut(Result<Heard, QueueError>),
    ) {
        while !to.is_closed() {
            let heard = self.hear(&to).await;
            let failed = heard.is_err();
            each(heard);
            if failed {
                tokio::time::sleep(AFTER_A_FAILURE).await;
            }
        }
    }

    /// Waits for messages, has their files loaded, and deletes those that are done.
    async fn hear(&self, to: &mpsc::Sender<Notice>) -> Result<Heard, QueueError> {
        let messages = self.receive().await?;
        let mut heard = Heard {
            messages: messages.len(),
            ..Heard::default()
        };
        let mut told = Vec::new();
        for message in messages {
            match message::created(message.body().unwrap_or_default()) {
                Ok(objects) => told.push(Told {
                    paths: objects.iter().filter_map(|it| self.path(it)).collect(),
                    message,
                }),
                Err(reason) => {
                    heard.bad += 1;
                    let id = message.message_id().unwrap_or_default();
                    tracing::error!(id, reason, "a message of the queue can't be read; it stays");
                }
            }
        }
        let paths: BTreeSet<String> = told.iter().flat_map(|it| it.paths.clone()).collect();
        heard.files = paths.len();
        let settled = load(to, paths).await;
        told.retain(|told| told.paths.iter().all(|path| settled.contains(path)));
        heard.deleted = self.delete(&told).await?;
        Ok(heard)
    }

    /// Waits for a message, and takes along what else waits.
    async fn receive(&self) -> Result<Vec<Message>, QueueError> {
        let mut all = Vec::new();
        loop {
            let wait = if all.is_empty() { LONGEST_WAIT_S } else { 0 };
            let call = self.client.receive_message().queue_url(&self.url);
            let call = call
                .max_number_of_messages(CALL_MESSAGES_MAX)
                .wait_time_seconds(wait)
                .visibility_timeout(HIDDEN_S);
            let answer = call.send().await.map_err(failed)?;
            let came = answer.messages.unwrap_or_default();
            let more = !came.is_empty();
            all.extend(came);
            if !more || all.len() >= AT_ONCE {
                return Ok(all);
            }
        }
    }

    async fn delete(&self, told: &[Told]) -> Result<usize, QueueError> {
        let mut deleted = 0;
        for told in told.chunks(CALL_MESSAGES_MAX as usize) {
            let handles = told.iter().map(|it| it.message.receipt_handle());
            let entries = handles.enumerate().map(|(number, handle)| {
                DeleteMessageBatchRequestEntry::builder()
                    .id(number.to_string())
                    .receipt_handle(handle.unwrap_or_default())
                    .build()
                    .map_err(|error| QueueError::Failed(error.to_string()))
            });
            let entries = entries.collect::<Result<_, _>>()?;
            let call = self.client.delete_message_batch().queue_url(&self.url);
            let answer = call.set_entries(Some(entries)).send().await;
            // One that is not deleted comes again, and finds its files loaded.
            deleted += answer.map_err(failed)?.successful().len();
        }
        Ok(deleted)
    }

    /// The name of a raw file, where this object is one.
    fn path(&self, object: &Object) -> Option<String> {
        let aside = self.errors.as_ref().and_then(|at| at.below(object));
        aside
            .and_then(put_aside)
            .or_else(|| self.raw.below(object).and_then(delivered))
    }
}

/// Has files loaded, and gives those that are done.
async fn load(to: &mpsc::Sender<Notice>, paths: BTreeSet<String>) -> BTreeSet<String> {
    if paths.is_empty() {
        return paths;
    }
    let (settled, wait) = oneshot::channel();
    let paths = paths.into_iter().collect();
    match to.send(Notice { paths, settled }).await {
        // A run that failed before it knew says nothing: its messages come again.
        Ok(()) => wait.await.unwrap_or_default(),
        Err(_) => BTreeSet::new(),
    }
}

/// A folder in S3.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    bucket: String,
    /// Empty, or with `/` at its end.
    prefix: String,
}

impl Place {
    fn of(address: &str) -> Result<Self, QueueError> {
        let not_in_s3 = || QueueError::NotInS3(address.to_owned());
        let url = Url::parse(address).map_err(|_| not_in_s3())?;
        let bucket = url.host_str().ok_or_else(not_in_s3)?.to_owned();
        if !["s3", "s3a"].contains(&url.scheme()) {
            return Err(not_in_s3());
        }
        let folder = url.path().trim_matches('/');
        let prefix = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        Ok(Self { bucket, prefix })
    }

    /// The path of an object below this folder.
    fn below<'o>(&self, object: &'o Object) -> Option<&'o str> {
        let key = object.key.strip_prefix(&self.prefix)?;
        (object.bucket == self.bucket).then_some(key)
    }
}

fn http() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

fn failed(error: impl std::error::Error) -> QueueError {
    QueueError::Failed(DisplayErrorContext(error).to_string())
}

/// Messages of a call (SQS's).
const CALL_MESSAGES_MAX: i32 = 10;
/// How long SQS waits for a message (its limit).
const LONGEST_WAIT_S: i32 = 20;
/// How long a message is hidden from others (ours): longer than loading what is heard at once takes. One that is not deleted by then
/// comes again.
const HIDDEN_S: i32 = 900;
/// Messages that are loaded together (ours): an hour of a busy stream's objects.
const AT_ONCE: usize = 500;
/// Pause after the queue failed (ours).
const AFTER_A_FAILURE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_named_by_its_place_in_the_bucket() {
        let place = Place::of("s3://lake-raw/eyeline/raw/").unwrap();
        let object = |bucket: &str, key: &str| Object {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
        };
        let below = |bucket, key| place.below(&object(bucket, key)).map(str::to_owned);
        assert_eq!(
            below("lake-raw", "eyeline/raw/2026/x"),
            Some("2026/x".to_owned())
        );
        assert_eq!(below("lake-raw", "eyeline/rawest/2026/x"), None);
        assert_eq!(below("other", "eyeline/raw/2026/x"), None);
        assert_eq!(Place::of("s3://b").unwrap().prefix, "");
        assert!(Place::of("/data/raw").is_err() && Place::of("gs://b/raw").is_err());
    }
}
