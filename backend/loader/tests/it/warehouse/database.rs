//! A PostgreSQL that the tests of this binary share, each with a database of its own.

use std::sync::OnceLock;
use std::time::Duration;

use eyeline_loader::warehouse::{Postgres, Warehouse, WarehouseLoader, WarehouseOptions};
use eyeline_redshift_sim::{LocalPostgres, connect};
use tokio_postgres::Client;

use crate::support::World;

/// The server; it ends with the process.
pub(crate) fn server() -> &'static LocalPostgres {
    static SERVER: OnceLock<LocalPostgres> = OnceLock::new();
    SERVER.get_or_init(|| LocalPostgres::start().unwrap())
}

/// A database of PostgreSQL, and where it is.
pub(crate) struct Database {
    pub(crate) address: String,
}

impl Database {
    pub(crate) async fn new(name: &str) -> Self {
        Self {
            address: server().database(name).await.unwrap(),
        }
    }

    pub(crate) fn warehouse(&self) -> Postgres {
        Postgres::open(&self.address.parse().unwrap()).unwrap()
    }

    /// A loader from the world's lake.
    pub(crate) fn loader(&self, world: &World) -> WarehouseLoader {
        loader(world, Box::new(self.warehouse()))
    }

    pub(crate) async fn client(&self) -> Client {
        connect(&self.address).await.unwrap()
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        self.client()
            .await
            .query_one(sql, &[])
            .await
            .unwrap()
            .get(0)
    }
}

/// A loader that pauses for nothing.
pub(crate) fn loader(world: &World, warehouse: Box<dyn Warehouse>) -> WarehouseLoader {
    with(world, warehouse, WarehouseOptions::default())
}

/// A loader that gives up at once.
pub(crate) fn one_attempt(world: &World, warehouse: Box<dyn Warehouse>) -> WarehouseLoader {
    let mut options = WarehouseOptions::default();
    options.attempts = 1;
    with(world, warehouse, options)
}

fn with(
    world: &World,
    warehouse: Box<dyn Warehouse>,
    mut options: WarehouseOptions,
) -> WarehouseLoader {
    options.first_pause = Duration::ZERO;
    options.clock = world.options.clock.clone();
    WarehouseLoader::new(world.loader().lake().clone(), warehouse, options).unwrap()
}
