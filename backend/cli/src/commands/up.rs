//! `eyeline up`: collector, loader and dashboard in one process.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use eyeline_cli::{Board, when_told};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::collect::Door;
use super::load::{Reach, load_every, loader};
use crate::Setting;

/// Run everything on this machine: collector, loader, dashboard
#[derive(Args)]
pub(crate) struct Up {
    #[command(flatten)]
    door: Door,
    /// The address of the dashboard
    #[arg(long, default_value = "127.0.0.1:8081")]
    dashboard: SocketAddr,
    /// Load this often
    #[arg(long, default_value = "5s", value_parser = humantime::parse_duration)]
    every: Duration,
    #[command(flatten)]
    reach: Reach,
}

impl Up {
    pub(crate) async fn run(self, setting: &Setting) -> Result<()> {
        let stop = when_told()?;
        let bound = self.door.bind(setting).await?;
        let address = bound.address.clone();
        let listener = TcpListener::bind(self.dashboard).await.with_context(|| {
            format!(
                "cannot listen at {}: is another process there? --dashboard takes another address",
                self.dashboard
            )
        })?;
        let dashboard = format!("http://{}", listener.local_addr()?);
        let loader = loader(setting, self.reach)?;
        let board = Board::new(loader.lake(), &setting.clock);
        let key = setting.place.first_key()?;
        setting.console.say(
            format_args!(
                "collector  {address}\ndashboard  {dashboard}\nwrite key  {} (affiliates: {})\ndata       {}\nCtrl-C ends it.",
                key.key,
                key.affiliates.join(", "),
                setting.place.data.display()
            ),
            &json!({ "listening": address, "dashboard": dashboard, "data": setting.place.data }),
        );
        // Should one part end badly, the others are told to stop too.
        let parts = stop.child_token();
        let serving = bound.serve(parts.clone().cancelled_owned());
        let showing = async {
            // Not gracefully: an open page listens for as long as it is open.
            tokio::select! {
                shown = axum::serve(listener, board.pages()) => shown.context("the dashboard ended"),
                () = parts.cancelled() => Ok(()),
            }
        };
        let loading = async {
            load_every(setting, &loader, self.every, &parts, |report| {
                board.committed(report.version);
            })
            .await;
            Ok(())
        };
        let counting = async {
            let mut commits = board.commits();
            while commits.changed().await.is_ok() {
                if let Err(error) = board.count().await {
                    tracing::warn!(%error, "the lake could not be counted");
                }
            }
            std::future::pending::<Infallible>().await
        };
        let all = async {
            tokio::join!(
                ending(serving, &parts),
                ending(showing, &parts),
                ending(loading, &parts)
            )
        };
        let (served, shown, loaded) = tokio::select! {
            ended = all => ended,
            never = counting => match never {},
        };
        served.and(shown).and(loaded)?;
        // What the collector wrote out while it stopped is loaded too: nothing waits for the next start.
        loader.run_once().await?;
        Ok(())
    }
}

/// Runs one part; when it ends, for whatever reason, the others are told to stop.
async fn ending(part: impl Future<Output = Result<()>>, parts: &CancellationToken) -> Result<()> {
    let outcome = part.await;
    parts.cancel();
    outcome
}
