//! The path to Redshift, as far as PostgreSQL can stand in for it: the Data API, COPY's checks, races, lost answers.
//!
//! What Redshift makes of distribution, sort keys, encodings, COPY's options and its own isolation was never run against Redshift.

use std::sync::Arc;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_redshiftdata::config::{Credentials, SharedCredentialsProvider};
use eyeline_loader::warehouse::{Redshift, RedshiftOptions, WarehouseError, WarehouseLoader};
use eyeline_redshift_sim::{Bucket, Faults, RedshiftSim};
use object_store::ObjectStoreExt;

use super::database::{Database, loader, one_attempt};
use super::exact::live;
use super::rows::assert_same_but;
use crate::support::{Line, T0, World, deliver_small_world, render};

/// A Redshift over a database of its own, with the world's lake as its bucket.
struct Stage {
    world: World,
    database: Database,
    sim: RedshiftSim,
}

impl Stage {
    async fn new(name: &str) -> Self {
        let world = World::new();
        let database = Database::new(name).await;
        let bucket = Bucket {
            name: "bucket".to_owned(),
            store: Arc::clone(&world.lake),
            root: object_store::path::Path::default(),
        };
        let sim = RedshiftSim::start("127.0.0.1:0", &database.address, bucket)
            .await
            .unwrap();
        Self {
            world,
            database,
            sim,
        }
    }

    fn warehouse(&self) -> Redshift {
        let credentials = Credentials::new("test", "test", None, None, "tests");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(self.sim.url())
            .build();
        let address = "redshift-serverless://web/analytics?role=arn:aws:iam::123456789012:role/copy&schema=eyeline";
        let mut options =
            RedshiftOptions::of(&address.parse().unwrap(), "s3://bucket/lake").unwrap();
        options.first_poll = Duration::from_millis(1);
        options.first_retry = Duration::from_millis(1);
        Redshift::with(&config, options).unwrap()
    }

    fn loader(&self) -> WarehouseLoader {
        loader(&self.world, Box::new(self.warehouse()))
    }

    async fn load_lake(&self) {
        self.world.loader().run_once().await.unwrap();
    }

    async fn assert_same(&self) {
        let client = self.database.client().await;
        client
            .batch_execute("SET search_path TO eyeline")
            .await
            .unwrap();
        assert_same_but(&self.world, &client, "?").await;
    }

    async fn loads(&self) -> i64 {
        self.database
            .number("SELECT count(*) FROM eyeline.eyeline_manifest")
            .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_the_lake_goes_through_the_data_api_whatever_happened_to_the_lake() {
    let stage = Stage::new("redshift").await;
    let loader = stage.loader();
    // Calls are throttled and answers lost all the time; no load is done twice for it.
    stage.sim.set_faults(Faults {
        throttle_every: 7,
        lose_every: 5,
        ..Faults::default()
    });
    let mut loads = 0;
    live(&stage.world, async |world, what| {
        let report = loader.load_once().await.unwrap();
        assert!(
            report.to > report.from && !report.by_another,
            "{what}: {report:?}"
        );
        loads += 1;
        let client = stage.database.client().await;
        client
            .batch_execute("SET search_path TO eyeline")
            .await
            .unwrap();
        assert_same_but(world, &client, "?").await;
    })
    .await;
    assert_eq!(stage.loads().await, loads);
    let left =
        object_store::ObjectStore::list(stage.world.lake.as_ref(), Some(&"lake/warehouse".into()));
    assert_eq!(
        futures::StreamExt::count(left).await,
        0,
        "manifests are deleted"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_loaders_at_once_one_wins_and_the_other_stops_cleanly() {
    let stage = Stage::new("redshift_race").await;
    deliver_small_world(&stage.world).await;
    stage.load_lake().await;
    // Each has made its plan before either loads: they wait at the ledger for a transaction that holds it.
    stage.loader().load_once().await.unwrap();
    stage
        .world
        .deliver("more", &[Line::new(8, T0, vec![render(1, 0, 1, "a")])])
        .await;
    stage.load_lake().await;
    let mut client = stage.database.client().await;
    let holding = client.transaction().await.unwrap();
    holding
        .batch_execute("LOCK TABLE eyeline.eyeline_manifest IN ROW EXCLUSIVE MODE")
        .await
        .unwrap();
    let (one, other) = (stage.loader(), stage.loader());
    let both = tokio::spawn(async move { tokio::join!(one.load_once(), other.load_once()) });
    let watching = stage.database.client().await;
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'eyeline.eyeline_manifest'::regclass";
    while watching
        .query_one(waiting, &[])
        .await
        .unwrap()
        .get::<_, i64>(0)
        < 2
    {
        tokio::task::yield_now().await;
    }
    holding.commit().await.unwrap();
    let (one, other) = both.await.unwrap();
    let (one, other) = (one.unwrap(), other.unwrap());
    assert!(one.by_another != other.by_another, "{one:?} {other:?}");
    assert_eq!(stage.loads().await, 2);
    stage.assert_same().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_aborted_is_tried_again_under_another_token() {
    let stage = Stage::new("redshift_abort").await;
    deliver_small_world(&stage.world).await;
    stage.load_lake().await;
    stage.loader().load_once().await.unwrap();
    stage
        .world
        .deliver("more", &[Line::new(8, T0, vec![render(1, 0, 1, "a")])])
        .await;
    stage.load_lake().await;
    stage.sim.set_faults(Faults {
        abort_batches: 2,
        ..Faults::default()
    });
    assert_eq!(stage.loader().load_once().await.unwrap().retries, 2);
    stage.assert_same().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_fails_leaves_no_row_in_the_ledger() {
    let stage = Stage::new("redshift_refused").await;
    deliver_small_world(&stage.world).await;
    stage.load_lake().await;
    // A file whose bytes are not what the log says: COPY holds it against content_length.
    let snapshot = stage.world.loader().lake().snapshot().await.unwrap();
    let path = snapshot
        .files
        .keys()
        .find(|path| path.starts_with("data/mart_content_hour"))
        .unwrap();
    let key = object_store::path::Path::from(format!("lake/{path}"));
    let body = stage
        .world
        .lake
        .get(&key)
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let longer = [body.to_vec(), b"x".to_vec()].concat();
    stage.world.lake.put(&key, longer.into()).await.unwrap();
    let error = one_attempt(&stage.world, Box::new(stage.warehouse()))
        .load_once()
        .await
        .unwrap_err();
    assert!(
        matches!(&error, WarehouseError::Refused(words) if words.contains("the manifest says")),
        "{error}"
    );
    for table in [
        "events",
        "fct_impression",
        "mart_content_hour",
        "eyeline_manifest",
    ] {
        let count = format!("SELECT count(*) FROM eyeline.{table}");
        assert_eq!(stage.database.number(&count).await, 0, "{table}: {error}");
    }
    stage.world.lake.put(&key, body.into()).await.unwrap();
    stage.loader().load_once().await.unwrap();
    stage.assert_same().await;
}

/// `EYELINE_BLESS=1` writes the file instead of comparing it. PostgreSQL can't say whether Redshift takes these; a change is to be read.
#[tokio::test(flavor = "multi_thread")]
async fn the_statements_for_redshift_are_those_of_the_golden_file() {
    let stage = Stage::new("redshift_golden").await;
    deliver_small_world(&stage.world).await;
    stage.load_lake().await;
    stage.loader().load_once().await.unwrap();
    let late = Line::new(1, T0, vec![render(30, 0, 30, "a")]);
    stage.world.deliver("late", &[late]).await;
    stage.load_lake().await;
    stage
        .world
        .loader()
        .erase("shop", "anon000000000002")
        .await
        .unwrap();
    stage.loader().load_once().await.unwrap();
    let mut text = String::new();
    for batch in stage.sim.batches() {
        assert!(batch.len() <= 40);
        text.push_str(&batch.join(";\n"));
        text.push_str(";\n\n");
    }
    // Runs and tokens are random, keys come from the secret.
    let text = without_random(&text);
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/golden-redshift.sql"
    );
    if std::env::var_os("EYELINE_BLESS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(path).unwrap());
}

/// Runs of 24 hex digits, which are random, as RUN.
fn without_random(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for character in text.chars().chain(['\n']) {
        if character.is_ascii_hexdigit() {
            word.push(character);
            continue;
        }
        out.push_str(if word.len() == 24 { "RUN" } else { &word });
        word.clear();
        out.push(character);
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}
