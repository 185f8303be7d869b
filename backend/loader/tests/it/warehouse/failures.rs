//! Loaders that race, connections that break, tables that do not fit: exact, or unchanged with a clear word.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};

use eyeline_loader::Lake;
use eyeline_loader::warehouse::{
    Loaded, Plan, Position, Postgres, Warehouse, WarehouseError, WarehouseLoader,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::Barrier;

use super::database::{Database, loader, one_attempt, server};
use super::rows::assert_same;
use crate::support::{HOUR, Line, T0, World, deliver_small_world, render};

/// A warehouse before which loaders with the same plan wait for each other.
#[derive(Debug)]
struct Racing {
    warehouse: Postgres,
    start: Arc<Barrier>,
}

#[async_trait::async_trait]
impl Warehouse for Racing {
    async fn prepare(&self) -> Result<(), WarehouseError> {
        self.warehouse.prepare().await
    }
    async fn position(&self) -> Result<Option<Position>, WarehouseError> {
        self.warehouse.position().await
    }
    async fn load(&self, lake: &Lake, plan: &Plan, now_ms: i64) -> Result<Loaded, WarehouseError> {
        self.start.wait().await;
        self.warehouse.load(lake, plan, now_ms).await
    }
    async fn advice(&self) -> Result<Vec<String>, WarehouseError> {
        self.warehouse.advice().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_loaders_that_race_one_wins_and_the_other_stops_cleanly() {
    let world = World::new();
    let database = Database::new("race").await;
    deliver_small_world(&world).await;
    world.loader().run_once().await.unwrap();
    let start = Arc::new(Barrier::new(2));
    let racing = || {
        let warehouse = database.warehouse();
        loader(
            &world,
            Box::new(Racing {
                warehouse,
                start: Arc::clone(&start),
            }),
        )
    };
    let (one, other) = (racing(), racing());
    let (one, other) = tokio::try_join!(one.load_once(), other.load_once()).unwrap();
    assert!(one.by_another != other.by_another, "{one:?} {other:?}");
    assert_eq!(
        database
            .number("SELECT count(*) FROM eyeline_manifest")
            .await,
        1
    );
    assert_same(&world, &database.client().await).await;
}

/// A warehouse that another loader, which made its plan an hour ago, loads first.
#[derive(Debug)]
struct Overtaken {
    warehouse: Postgres,
    by: WarehouseLoader,
    now: Arc<AtomicI64>,
    first: AtomicBool,
}

#[async_trait::async_trait]
impl Warehouse for Overtaken {
    async fn prepare(&self) -> Result<(), WarehouseError> {
        self.warehouse.prepare().await
    }
    async fn position(&self) -> Result<Option<Position>, WarehouseError> {
        self.warehouse.position().await
    }
    async fn load(&self, lake: &Lake, plan: &Plan, now_ms: i64) -> Result<Loaded, WarehouseError> {
        if self.first.swap(false, Ordering::Relaxed) {
            self.now.store(now_ms - HOUR, Ordering::Relaxed);
            self.by.load_once().await?;
            self.now.store(now_ms, Ordering::Relaxed);
        }
        self.warehouse.load(lake, plan, now_ms).await
    }
    async fn advice(&self) -> Result<Vec<String>, WarehouseError> {
        self.warehouse.advice().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_faster_loader_did_not_know_of_is_taken_over_in_the_same_run() {
    let world = World::new();
    let database = Database::new("overtaken").await;
    deliver_small_world(&world).await;
    world.loader().run_once().await.unwrap();
    world.set_now(T0 + 2 * HOUR);
    world
        .deliver("more", &[Line::new(8, T0, vec![render(1, 0, 1, "a")])])
        .await;
    world.loader().run_once().await.unwrap();
    let overtaken = Overtaken {
        warehouse: database.warehouse(),
        by: database.loader(&world),
        now: Arc::clone(&world.now),
        first: true.into(),
    };
    let report = loader(&world, Box::new(overtaken))
        .load_once()
        .await
        .unwrap();
    assert!(!report.by_another && report.to > report.from, "{report:?}");
    let loads = "SELECT count(*) FROM eyeline_manifest";
    assert_eq!(database.number(loads).await, 2);
    assert_same(&world, &database.client().await).await;
}

/// Listens before the server, and cuts each connection behind a number of messages of the client's.
async fn cut_behind(messages: Arc<AtomicUsize>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let left = messages.load(Ordering::Relaxed);
            tokio::spawn(async move { drop(relay(client, left).await) });
        }
    });
    port
}

async fn relay(mut client: tokio::net::TcpStream, left: usize) -> std::io::Result<()> {
    let mut server = UnixStream::connect(server().socket()).await?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let forward = async {
        // The first message has no kind.
        let mut kind = false;
        for _ in 0..left {
            let mut head = vec![0; if kind { 5 } else { 4 }];
            from_client.read_exact(&mut head).await?;
            let length = u32::from_be_bytes(head[head.len() - 4..].try_into().unwrap());
            let mut body = vec![0; length as usize - 4];
            from_client.read_exact(&mut body).await?;
            to_server.write_all(&head).await?;
            to_server.write_all(&body).await?;
            kind = true;
        }
        Ok(())
    };
    tokio::select! {
        done = forward => done,
        copied = tokio::io::copy(&mut from_server, &mut to_client) => copied.map(drop),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_anywhere_leaves_all_or_nothing_and_the_next_run_is_exact() {
    let world = World::new();
    let database = Database::new("cut").await;
    let whole = database.loader(&world);
    deliver_small_world(&world).await;
    world.loader().run_once().await.unwrap();
    whole.load_once().await.unwrap();
    let messages = Arc::new(AtomicUsize::new(0));
    let port = cut_behind(Arc::clone(&messages)).await;
    let address = format!("postgres://eyeline@127.0.0.1:{port}/cut?sslmode=disable");
    let cut = Postgres::open(&address.parse().unwrap()).unwrap();
    let cut = one_attempt(&world, Box::new(cut));
    let more = Line::new(1, T0, vec![render(9, 0, 9, "b")]);
    world.deliver("more", &[more]).await;
    world.loader().run_once().await.unwrap();
    let rows = "SELECT count(*) FROM fct_impression WHERE inst = 'inst000000000001'";
    let loads = "SELECT count(*) FROM eyeline_manifest";
    let mut cuts = 0;
    loop {
        messages.store(cuts, Ordering::Relaxed);
        let outcome = cut.load_once().await;
        let done = database.number(loads).await == 2;
        let wanted = if done { 3 } else { 2 };
        assert_eq!(
            database.number(rows).await,
            wanted,
            "behind {cuts} messages"
        );
        match outcome {
            Ok(_) => break,
            Err(WarehouseError::Busy(_)) => cuts += 1,
            Err(error) => panic!("a cut connection is no more than {error}"),
        }
    }
    assert!(cuts > 20, "{cuts}");
    whole.load_once().await.unwrap();
    assert_same(&world, &database.client().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_fails_leaves_no_row_in_the_ledger_nor_anywhere() {
    let world = World::new();
    let database = Database::new("refused").await;
    deliver_small_world(&world).await;
    world.loader().run_once().await.unwrap();
    let loader = database.loader(&world);
    database.warehouse().prepare().await.unwrap();
    let client = database.client().await;
    client.batch_execute("ALTER TABLE losses ADD CHECK (false); ALTER TABLE instance_parts ADD CHECK (renders < 2)").await.unwrap();
    let error = loader.load_once().await.unwrap_err();
    assert!(
        matches!(&error, WarehouseError::Refused(words) if words.starts_with("23514")),
        "{error}"
    );
    for table in [
        "events",
        "fct_impression",
        "mart_content_hour",
        "eyeline_manifest",
    ] {
        assert_eq!(
            database
                .number(&format!("SELECT count(*) FROM {table}"))
                .await,
            0,
            "{table}"
        );
    }
    client
        .batch_execute("ALTER TABLE instance_parts DROP CONSTRAINT instance_parts_renders_check")
        .await
        .unwrap();
    loader.load_once().await.unwrap();
    assert_same(&world, &client).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_column_is_added_and_the_rows_of_before_stay() {
    let world = World::new();
    let database = Database::new("column").await;
    deliver_small_world(&world).await;
    world.loader().run_once().await.unwrap();
    let loader = database.loader(&world);
    loader.load_once().await.unwrap();
    let client = database.client().await;
    // As a warehouse of an older version, with a column of the analysts' own.
    client.batch_execute("ALTER TABLE fct_impression DROP COLUMN rule; ALTER TABLE fct_impression ADD COLUMN note text").await.unwrap();
    client
        .batch_execute("UPDATE fct_impression SET note = 'ours'")
        .await
        .unwrap();
    world
        .deliver("more", &[Line::new(7, T0, vec![render(1, 0, 1, "a")])])
        .await;
    world.loader().run_once().await.unwrap();
    loader.load_once().await.unwrap();
    let noted = "SELECT count(*) FROM fct_impression WHERE note = 'ours' AND rule IS NULL";
    assert_eq!(
        (
            database.number(noted).await,
            database.number("SELECT count(*) FROM fct_impression").await
        ),
        (4, 5)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_do_not_fit_are_refused_with_what_to_do() {
    let world = World::new();
    let database = Database::new("unfit").await;
    deliver_small_world(&world).await;
    world.loader().run_once().await.unwrap();
    let client = database.client().await;
    client
        .batch_execute("CREATE TABLE events (inst varchar(16))")
        .await
        .unwrap();
    let error = database.loader(&world).load_once().await.unwrap_err();
    assert!(
        matches!(&error, WarehouseError::Tables(words) if words.contains("schema=")),
        "{error}"
    );
    assert!(!error.is_retryable());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warehouse_of_another_lake_is_left_alone() {
    let (world, other) = (World::new(), World::new());
    let database = Database::new("other").await;
    for world in [&world, &other] {
        deliver_small_world(world).await;
        world.loader().run_once().await.unwrap();
    }
    database.loader(&world).load_once().await.unwrap();
    let error = database.loader(&other).load_once().await.unwrap_err();
    assert!(matches!(error, WarehouseError::OtherLake { .. }), "{error}");
    assert_same(&world, &database.client().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_of_its_own_is_made_and_used() {
    let world = World::new();
    let database = Database::new("schema").await;
    deliver_small_world(&world).await;
    world.loader().run_once().await.unwrap();
    let address = format!("{}&schema=web", database.address);
    let warehouse = Postgres::open(&address.parse().unwrap()).unwrap();
    loader(&world, Box::new(warehouse))
        .load_once()
        .await
        .unwrap();
    let client = database.client().await;
    client
        .batch_execute("SET search_path TO web")
        .await
        .unwrap();
    assert_same(&world, &client).await;
    assert_eq!(
        database
            .number("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            .await,
        0
    );
}
