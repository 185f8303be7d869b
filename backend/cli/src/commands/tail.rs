//! `eyeline tail`: accepted events as they come, for debugging.

use anyhow::{Context, Result, bail};
use clap::Args;
use eyeline_cli::when_told;
use reqwest::StatusCode;
use serde_json::Value;

use crate::Setting;

/// Show events as the collector accepts them
#[derive(Args)]
pub(crate) struct Tail {
    /// The collector's address
    #[arg(
        long,
        default_value = "http://127.0.0.1:8080",
        env = "EYELINE_COLLECTOR"
    )]
    to: String,
    /// An admin token of the keys file [default: the first in the data folder's keys.json]
    #[arg(long, env = "EYELINE_ADMIN_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Only batches sent with this debug tag
    #[arg(long)]
    tag: Option<String>,
}

impl Tail {
    pub(crate) async fn run(self, setting: &Setting) -> Result<()> {
        let stop = when_told()?;
        let token = match self.token {
            Some(token) => token,
            None => setting
                .place
                .first_key()?
                .admin_token
                .context("the keys file holds no admin token: pass --token")?,
        };
        let tag = self
            .tag
            .as_ref()
            .map(|tag| format!("?g={tag}"))
            .unwrap_or_default();
        let request = eyeline_cli::http()?
            .get(format!("{}/v1/tail{tag}", self.to))
            .bearer_auth(token);
        let mut answer = request
            .send()
            .await
            .with_context(|| format!("no collector answers at {}", self.to))?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                bail!("the collector does not take this admin token")
            }
            status => bail!(
                "the collector answered {status}: is {} a collector?",
                self.to
            ),
        }
        let mut rest = Vec::new();
        loop {
            let chunk = tokio::select! {
                chunk = answer.chunk() => chunk.context("the stream broke")?,
                () = stop.cancelled() => return Ok(()),
            };
            let Some(chunk) = chunk else {
                bail!("the collector closed the stream")
            };
            rest.extend_from_slice(&chunk);
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = rest.drain(..=end).collect();
                if let Some(data) = line.strip_prefix(b"data: ") {
                    show(setting, data)?;
                }
            }
        }
    }
}

fn show(setting: &Setting, data: &[u8]) -> Result<()> {
    let event: Value =
        serde_json::from_slice(data).context("the collector sent something that is not JSON")?;
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    if let Some(skipped) = event["skipped"].as_u64() {
        setting.console.say(
            format_args!("… {skipped} events skipped: they come faster than they are read"),
            &event,
        );
        return Ok(());
    }
    let shown = &event["ev"];
    let words = format!(
        "{} {:<8} {:<20} {:<16} {:<16} n={} inst={}",
        event["rcv"],
        text(&shown["k"]),
        text(&shown["c"]),
        text(&shown["pl"]),
        text(&event["aff"]),
        shown["n"],
        text(&event["inst"]),
    );
    setting.console.say(words, &event);
    Ok(())
}
