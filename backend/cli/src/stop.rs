//! When to stop: Ctrl-C or SIGTERM, once for a clean end, twice for an end at once.

use anyhow::{Context, Result};
use tokio_util::sync::CancellationToken;

/// A token that is cancelled at the first Ctrl-C or SIGTERM. A second Ctrl-C ends the process.
///
/// # Errors
/// Where the system lets no handler be installed.
pub fn when_told() -> Result<CancellationToken> {
    let token = CancellationToken::new();
    let told = token.clone();
    let mut terminate = terminate().context("cannot listen for SIGTERM")?;
    tokio::spawn(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = terminate.told() => {}
        }
        told.cancel();
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    });
    Ok(token)
}

#[cfg(unix)]
struct Terminate(tokio::signal::unix::Signal);

#[cfg(unix)]
impl Terminate {
    async fn told(&mut self) {
        self.0.recv().await;
    }
}

#[cfg(unix)]
fn terminate() -> std::io::Result<Terminate> {
    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).map(Terminate)
}

#[cfg(not(unix))]
struct Terminate;

#[cfg(not(unix))]
impl Terminate {
    async fn told(&mut self) {
        std::future::pending().await
    }
}

#[cfg(not(unix))]
fn terminate() -> std::io::Result<Terminate> {
    Ok(Terminate)
}
