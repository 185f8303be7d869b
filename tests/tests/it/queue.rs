//! S3 tells an SQS queue of new raw files: they are loaded at once, and no message decides what counts.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use eyeline_loader::{Heard, Queue, RunReport};
use eyeline_tests::{Bucket, finished_files, http_client};
use object_store::{ObjectStore, ObjectStoreExt};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::loaders::{assert_exact, send};
use crate::s3::{account, loader};
use crate::stage::Stage;

/// A bucket with a queue, and raw files that are not in it yet.
struct World {
    storage: Bucket,
    bucket: Arc<dyn ObjectStore>,
    client: reqwest::Client,
    stage: Stage,
    files: Vec<PathBuf>,
    events: u64,
}

/// A loader that listens to the queue, and lists once an hour.
struct Listening {
    runs: mpsc::UnboundedReceiver<RunReport>,
    heard: mpsc::UnboundedReceiver<Heard>,
    tasks: [JoinHandle<()>; 2],
}

impl World {
    async fn new() -> Result<Self> {
        let storage = Bucket::start_with_queue("eyeline")?;
        let bucket: Arc<dyn ObjectStore> = Arc::new(storage.open()?);
        let stage = Stage::new()?;
        let collector = stage.collector().await?;
        let events = send(&collector.url, 12).await?;
        collector.stop().await?;
        let files = finished_files(&stage.raw())?;
        Ok(Self {
            storage,
            bucket,
            client: http_client()?,
            stage,
            files,
            events,
        })
    }

    /// Puts a raw file into the bucket, of which S3 tells the queue. Gives its key.
    async fn put(&self, file: &PathBuf) -> Result<String> {
        let below = file.strip_prefix(self.stage.raw())?;
        // S3 writes such a key in another way than the bucket does.
        let key = format!("raw/{}", below.display()).replace("-1-", "+1 ");
        self.bucket
            .put(&key.as_str().into(), fs::read(file)?.into())
            .await?;
        Ok(key)
    }

    async fn say(&self, body: String) -> Result<()> {
        self.ask("SendMessage", json!({ "MessageBody": body }))
            .await?;
        Ok(())
    }

    /// How many messages lie in the queue, those that somebody has received among them.
    async fn messages(&self) -> Result<u32> {
        let names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ];
        let said = self
            .ask("GetQueueAttributes", json!({ "AttributeNames": names }))
            .await?;
        let count = |name| -> Result<u32> {
            let count = said["Attributes"][name].as_str().context("a count")?;
            Ok(count.parse()?)
        };
        Ok(count(names[0])? + count(names[1])?)
    }

    /// Asks the queue as AWS's command line would.
    async fn ask(&self, action: &str, mut body: Value) -> Result<Value> {
        body["QueueUrl"] = self.storage.queue()?.into();
        let answer = self
            .client
            .post(self.storage.url()?)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("AmazonSQS.{action}"))
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0",
            )
            .body(body.to_string())
            .send()
            .await?
            .error_for_status()?;
        let answer = answer.bytes().await?;
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_slice(&answer)?)
    }

    fn listen(&self) -> Result<Listening> {
        let queue = Queue::with(
            &account(self.storage.url()?),
            self.storage.queue()?,
            "s3://eyeline/raw",
            Some("s3://eyeline/errors"),
        )?;
        let loader = loader(Arc::clone(&self.bucket))?;
        let (ran, runs) = mpsc::unbounded_channel();
        let (told, heard) = mpsc::unbounded_channel();
        let (tell, notices) = mpsc::channel(1);
        let loading = tokio::spawn(async move {
            let hour = Duration::from_secs(3_600);
            let each = move |report: eyeline_loader::Result<RunReport>| {
                drop(ran.send(report.unwrap()));
            };
            let never = std::future::pending();
            loader
                .run_every_and_when_told(hour, notices, never, each)
                .await;
        });
        let listening = tokio::spawn(async move {
            let each = move |heard: Result<Heard, _>| {
                let _ = told.send(heard.unwrap());
            };
            queue.listen(tell, each).await;
        });
        Ok(Listening {
            runs,
            heard,
            tasks: [loading, listening],
        })
    }
}

impl Listening {
    /// Waits until this many messages were received, and adds up what came of them.
    async fn hear(&mut self, messages: usize) -> Result<Heard> {
        let mut all = Heard::default();
        while all.messages < messages {
            let heard = self.heard.recv().await.context("it listens")?;
            all.messages += heard.messages;
            all.files += heard.files;
            all.bad += heard.bad;
            all.deleted += heard.deleted;
        }
        Ok(all)
    }

    async fn run(&mut self) -> Result<RunReport> {
        self.runs.recv().await.context("it loads")
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_s3_tells_of_is_loaded_at_once_and_its_message_deleted_then() -> Result<()> {
    let world = World::new().await?;
    let mut listening = world.listen()?;
    assert_eq!(listening.run().await?.raw_files, 0, "the first listing");
    for file in &world.files {
        world.put(file).await?;
    }
    // Messages of what loading itself writes come as well.
    while world.messages().await? > 0 {
        listening.hear(1).await?;
    }
    assert_exact(&loader(Arc::clone(&world.bucket))?, world.events).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_lost_doubled_late_or_of_what_is_gone_change_nothing() -> Result<()> {
    let world = World::new().await?;
    let (lost, told) = world.files.split_first().context("raw files")?;
    world.put(lost).await?;
    world.ask("PurgeQueue", json!({})).await?;
    let mut keys = Vec::new();
    for file in told {
        keys.push(world.put(file).await?);
    }
    // All of them again, by way of EventBridge, the last first; and one that nobody finds.
    keys.push("raw/2026/11/23/14/gone.gz".to_owned());
    for key in keys.iter().rev() {
        let bridge = json!({"version": "0", "detail-type": "Object Created", "source": "aws.s3",
            "detail": {"bucket": {"name": "eyeline"}, "object": {"key": key}}});
        world.say(bridge.to_string()).await?;
    }
    // Its first listing finds what no message tells of.
    let mut listening = world.listen()?;
    while world.messages().await? > 0 {
        listening.hear(1).await?;
    }
    let copies = assert_exact(&loader(Arc::clone(&world.bucket))?, world.events).await?;
    assert_eq!(copies, 0, "no file was loaded twice");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_no_one_can_read_stays_for_the_queues_own_policy() -> Result<()> {
    let world = World::new().await?;
    // What S3 said when it was told of the queue.
    world.ask("PurgeQueue", json!({})).await?;
    world.say("hello".to_owned()).await?;
    world
        .say(json!({"Service": "Amazon S3", "Event": "s3:TestEvent"}).to_string())
        .await?;
    let mut listening = world.listen()?;
    let heard = listening.hear(2).await?;
    assert_eq!((heard.bad, heard.deleted, heard.files), (1, 1, 0));
    assert_eq!(world.messages().await?, 1);
    Ok(())
}
