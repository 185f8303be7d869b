//! `eyeline up`: collector, loader, dashboard and the demo's media page in one process.

use std::convert::Infallible;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use clap::Args;
use eyeline_cli::seen::SeenSink;
use eyeline_cli::{Board, when_told};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::collect::Door;
use super::load::{Reach, load_every, loader};
use super::page::Page;
use crate::Setting;

/// Run everything on this machine: collector, loader, dashboard, and a media page to see it work
#[derive(Args)]
pub(crate) struct Up {
    #[command(flatten)]
    door: Door,
    /// The address of the dashboard
    #[arg(long, default_value = "127.0.0.1:8081")]
    dashboard: SocketAddr,
    #[command(flatten)]
    page: Page,
    /// Load this often
    #[arg(long, default_value = "5s", value_parser = humantime::parse_duration)]
    every: Duration,
    #[command(flatten)]
    reach: Reach,
}

impl Up {
    pub(crate) async fn run(self, setting: &Setting) -> Result<()> {
        let stop = when_told()?;
        let mut shown = None;
        let bound = self.door.bind(setting, |sink| {
            let (sink, lines) = SeenSink::new(sink);
            shown = Some(lines);
            Arc::new(sink)
        });
        let bound = bound.await?;
        let shown = shown.context("the door asks for its sink once")?;
        let address = bound.address.clone();
        let listener = TcpListener::bind(self.dashboard).await.with_context(|| {
            format!(
                "cannot listen at {}: is another process there? --dashboard takes another address",
                self.dashboard
            )
        })?;
        let dashboard = format!("http://{}", listener.local_addr()?);
        let page = self.page.bind(setting, &address, &dashboard).await?;
        let loader = loader(setting, self.reach)?;
        let board = Board::new(loader.lake(), &setting.clock);
        let key = setting.place.first_key()?;
        let mut words = format!("collector  {address}\ndashboard  {dashboard}\n");
        if let Some(page) = &page {
            writeln!(words, "{page}")?;
        }
        write!(
            words,
            "write key  {} (affiliates: {})\ndata       {}\nCtrl-C ends it.",
            key.key,
            key.affiliates.join(", "),
            setting.place.data.display()
        )?;
        setting.console.say(
            words,
            &json!({
                "listening": address,
                "dashboard": dashboard,
                "site": page.as_ref().map(|page| &page.address),
                "sdk": page.as_ref().and_then(|page| page.sdk()),
                "data": setting.place.data,
            }),
        );
        // Should one part end badly, the others are told to stop too.
        let parts = stop.child_token();
        let serving = bound.serve(parts.clone().cancelled_owned());
        let showing = serve(listener, board.pages(), "the dashboard ended", &parts);
        let open = async {
            match page {
                Some(page) => {
                    serve(page.listener, page.pages, "the media page ended", &parts).await
                }
                None => {
                    parts.cancelled().await;
                    Ok(())
                }
            }
        };
        let loading = async {
            let (_, nobody_tells) = mpsc::channel(1);
            load_every(
                setting,
                &loader,
                self.every,
                nobody_tells,
                &parts,
                |report| {
                    board.committed(report.version);
                },
            )
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
        let following = async {
            board.follow(shown).await;
            std::future::pending::<Infallible>().await
        };
        let all = async {
            tokio::join!(
                ending(serving, &parts),
                ending(showing, &parts),
                ending(open, &parts),
                ending(loading, &parts)
            )
        };
        let (served, shown, opened, loaded) = tokio::select! {
            ended = all => ended,
            never = counting => match never {},
            never = following => match never {},
        };
        served.and(shown).and(opened).and(loaded)?;
        // What the collector wrote out while it stopped is loaded too: nothing waits for the next start.
        loader.run_once().await?;
        Ok(())
    }
}

/// Serves pages until the parts are told to stop. Not gracefully: an open page listens for as long as it is open.
async fn serve(
    listener: TcpListener,
    pages: Router,
    ended: &'static str,
    parts: &CancellationToken,
) -> Result<()> {
    let pages = pages.into_make_service_with_connect_info::<SocketAddr>();
    tokio::select! {
        served = axum::serve(listener, pages) => served.context(ended),
        () = parts.cancelled() => Ok(()),
    }
}

/// Runs one part; when it ends, for whatever reason, the others are told to stop.
async fn ending(part: impl Future<Output = Result<()>>, parts: &CancellationToken) -> Result<()> {
    let outcome = part.await;
    parts.cancel();
    outcome
}
