//! The collector as a program embeds it: built once, served until it is told to stop.
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::builder::Builder;
use crate::http::{self, App};
use crate::keys::KeysStatus;
use crate::server::{self, Bounds};
use crate::sink::SinkError;

/// The HTTP door of Eyeline.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
/// use eyeline_collector::{Collector, FileSink, FileSinkOptions};
///
/// let sink = FileSink::open("raw", FileSinkOptions::default())?;
/// let collector = Collector::builder().keys("keys.json").sink(Arc::new(sink)).build()?;
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
/// collector.serve(listener, async { drop(tokio::signal::ctrl_c().await) }).await?;
/// # Ok(())
/// # }
/// ```
pub struct Collector {
    pub(crate) app: Arc<App>,
    pub(crate) bounds: Bounds,
    pub(crate) keys_poll: Duration,
    pub(crate) beside: Router,
}

/// How serving ended badly.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Requests were still running when the drain timeout ended. Their clients have no answer and will send again.
    #[error("requests were cut off at the end of the drain timeout")]
    CutOff,
    /// The sink could not finish. What was acknowledged is durable; the next start finds it.
    #[error("the sink could not be closed: {0}")]
    Sink(#[from] SinkError),
}

impl Collector {
    /// Settings to start from.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Follows how the keys file's changes were taken.
    #[must_use]
    pub fn keys_status(&self) -> watch::Receiver<KeysStatus> {
        self.app.keys.status()
    }

    /// Serves until `shutdown` completes; then stops accepting, lets requests finish, and closes the sink.
    ///
    /// # Errors
    /// [`ServeError`], after everything that could still be done was done.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), ServeError> {
        let Self {
            app,
            bounds,
            keys_poll,
            beside,
        } = self;
        let stop = app.draining.clone();
        let _stops_when_dropped = stop.clone().drop_guard();
        let reloading = tokio::spawn(reload_keys(Arc::clone(&app), keys_poll));
        let routes = http::routes(Arc::clone(&app)).merge(beside.fallback(http::not_found));
        let serving = server::serve(
            listener,
            routes,
            bounds,
            app.metrics.connections.clone(),
            stop.clone(),
        );
        let told = async {
            shutdown.await;
            tracing::info!("draining");
            stop.cancel();
        };
        let (all_finished, ()) = tokio::join!(serving, told);
        reloading.abort();
        app.sink.close().await?;
        tracing::info!(all_finished, "stopped");
        if all_finished {
            Ok(())
        } else {
            Err(ServeError::CutOff)
        }
    }
}

/// Looks at the keys file again and again. It is small and local, so reading it here blocks nobody for long.
async fn reload_keys(app: Arc<App>, every: Duration) {
    let mut looks = tokio::time::interval(every);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        match app.keys.reload_if_changed() {
            None => {}
            Some(Ok(keys)) => {
                tracing::info!(keys, "keys reloaded");
                app.metrics.keys_loaded.increment(1);
                app.metrics.keys_stale.set(0.0);
            }
            Some(Err(error)) => {
                tracing::error!(%error, "the changed keys file is not used; the keys before it stay in force");
                app.metrics.keys_refused.increment(1);
                app.metrics.keys_stale.set(1.0);
            }
        }
    }
}
