//! The service: where it listens, what it has, what goes wrong.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::Result;
use axum::Router;
use axum::routing::post;
use object_store::ObjectStore;
use object_store::path::Path;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::api;
use crate::conflicts::Conflicts;
use crate::faults::Faults;
use crate::statement::Statements;

/// The one bucket that COPY can read.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// Its name, as in `s3://NAME/…`.
    pub name: String,
    /// What it holds.
    pub store: Arc<dyn ObjectStore>,
    /// The folder of the store that is the bucket's top.
    pub root: Path,
}

/// A Redshift that listens on this machine until it is dropped.
#[derive(Debug)]
pub struct RedshiftSim {
    url: String,
    service: Arc<Service>,
    serving: JoinHandle<()>,
}

impl RedshiftSim {
    /// Starts it over a database of PostgreSQL's, given by its address.
    ///
    /// # Errors
    /// Where it can't listen.
    pub async fn start(listen: &str, database: &str, bucket: Bucket) -> Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let service = Arc::new(Service {
            database: database.to_owned(),
            bucket,
            statements: Mutex::default(),
            conflicts: Conflicts::default(),
            faults: Mutex::default(),
            calls: AtomicU64::new(0),
        });
        let router = Router::new()
            .route("/", post(api::call))
            .with_state(Arc::clone(&service));
        let serving = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self {
            url,
            service,
            serving,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on this goes wrong.
    pub fn set_faults(&self, faults: Faults) {
        *self
            .service
            .faults
            .lock()
            .expect("nothing panics while it is held") = faults;
    }

    /// The batches that were submitted, each with its statements.
    #[must_use]
    pub fn batches(&self) -> Vec<Vec<String>> {
        let statements = self.service.statements();
        let mut batches: Vec<_> = statements
            .by_id
            .iter()
            .filter(|(_, each)| each.sqls.len() > 1)
            .collect();
        batches.sort_by_key(|(id, _)| id.as_str());
        batches
            .into_iter()
            .map(|(_, each)| each.sqls.clone())
            .collect()
    }
}

impl Drop for RedshiftSim {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) database: String,
    pub(crate) bucket: Bucket,
    statements: Mutex<Statements>,
    pub(crate) conflicts: Conflicts,
    faults: Mutex<Faults>,
    calls: AtomicU64,
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Fine,
    Throttled,
    AnswerLost,
}

impl Service {
    pub(crate) fn statements(&self) -> MutexGuard<'_, Statements> {
        self.statements
            .lock()
            .expect("nothing panics while it is held")
    }

    pub(crate) fn fate(&self) -> Fate {
        let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let faults = *self.faults.lock().expect("nothing panics while it is held");
        let due = |every: u64| every > 0 && call.is_multiple_of(every);
        match (due(faults.throttle_every), due(faults.lose_every)) {
            (true, _) => Fate::Throttled,
            (_, true) => Fate::AnswerLost,
            _ => Fate::Fine,
        }
    }

    /// Whether this batch is to be aborted.
    pub(crate) fn aborts(&self) -> bool {
        let mut faults = self.faults.lock().expect("nothing panics while it is held");
        let due = faults.abort_batches > 0;
        faults.abort_batches -= u64::from(due);
        due
    }
}
