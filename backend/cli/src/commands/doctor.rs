//! `eyeline doctor`: follows one event through a set-up, and says where it stops and what to fix.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use eyeline::{Client, Flushed};
use eyeline_core::{Consent, ContentId, Impression, Label, Pairs, PlacementId};
use eyeline_loader::{Lake, LakeReader};
use serde_json::json;

use super::load::{Reach, loader};
use crate::Setting;

/// Check a set-up end to end: send an event and follow it to the fact table
///
/// The event stays in the lake: an impression of the placement eyeline-doctor.
#[derive(Args)]
pub(crate) struct Doctor {
    /// The collector's address
    #[arg(
        long,
        default_value = "http://127.0.0.1:8080",
        env = "EYELINE_COLLECTOR"
    )]
    to: String,
    /// The write key to send with [default: the first in the data folder's keys.json]
    #[arg(long, env = "EYELINE_WRITE_KEY", requires = "affiliate")]
    key: Option<String>,
    /// The affiliate to send for [default: the first of the key]
    #[arg(long)]
    affiliate: Option<String>,
    /// How long to wait for the raw file and the load
    #[arg(long, default_value = "60s", value_parser = humantime::parse_duration)]
    patience: Duration,
}

/// What is sent, and how it is found again.
struct Probe {
    key: String,
    affiliate: String,
    content: String,
}

impl Doctor {
    pub(crate) async fn run(self, setting: &Setting) -> Result<()> {
        let checks = Checks { setting };
        let probe = checks.say(
            "keys file",
            "make the data folder with `eyeline up`, or name it with --data",
            self.probe(setting),
        )?;
        let fix = format!(
            "start `eyeline up` or `eyeline collect`, or name its address with --to (now {})",
            self.to
        );
        checks.say("collector answers", &fix, self.reach("health").await)?;
        let fix = "see what the collector logs (EYELINE_LOG=info): its raw folder is full or can't be written";
        checks.say("collector can store", fix, self.reach("ready").await)?;
        let fix =
            "use a write key of the collector's keys file, and an affiliate that stands under it";
        checks.say("event accepted", fix, self.send(&probe).await)?;
        let fix = "does the collector write to the same --raw folder as this command reads? is --patience longer than its --rotate-after?";
        checks.say("event loaded", fix, self.await_fact(setting, &probe).await)?;
        setting
            .console
            .say("everything works", &json!({"doctor": "ok"}));
        Ok(())
    }

    fn probe(&self, setting: &Setting) -> Result<Probe> {
        let content = format!("doctor-{}", setting.clock.now().as_i64());
        if let (Some(key), Some(affiliate)) = (&self.key, &self.affiliate) {
            return Ok(Probe {
                key: key.clone(),
                affiliate: affiliate.clone(),
                content,
            });
        }
        let first = setting.place.first_key()?;
        let affiliate = self
            .affiliate
            .clone()
            .or_else(|| first.affiliates.first().cloned());
        Ok(Probe {
            key: first.key,
            affiliate: affiliate.context("the first key names no affiliate")?,
            content,
        })
    }

    async fn reach(&self, what: &str) -> Result<()> {
        let answer = eyeline_cli::http()?
            .get(format!("{}/{what}", self.to))
            .send()
            .await
            .context("no answer")?;
        ensure!(
            answer.status().is_success(),
            "it answers {} to /{what}",
            answer.status()
        );
        Ok(())
    }

    async fn send(&self, probe: &Probe) -> Result<()> {
        let client = Client::builder(&self.to, &probe.key, &probe.affiliate)
            .in_memory()
            .consent(Consent::MeasureOnly)
            .dimensions(Pairs::dimensions([("probe", "doctor")])?)
            .build()?;
        let view = client.impression(Impression::new(
            ContentId::new(&probe.content)?,
            PlacementId::new(PLACEMENT)?,
        ));
        view.hide(&Label::new("done")?)
            .context("the SDK refused the event")?;
        let flushed = client.flush(SEND_TIMEOUT).await;
        let stats = client.stats();
        client.shutdown(SEND_TIMEOUT).await;
        let lost: u64 = stats.lost.values().sum();
        ensure!(lost == 0, "the collector refused the event");
        match flushed {
            Flushed::Complete => Ok(()),
            Flushed::Kept { .. } => bail!(
                "the collector did not take the event: the write key or the affiliate may be unknown to it"
            ),
            _ => bail!(
                "the collector did not answer within {} s",
                SEND_TIMEOUT.as_secs()
            ),
        }
    }

    /// Loads until the impression stands in the fact table. Another loader may be first, which is as good.
    async fn await_fact(&self, setting: &Setting, probe: &Probe) -> Result<()> {
        let loader = loader(setting, Reach::default())?;
        let lake = Lake::open(&setting.place.lake())?;
        let sql = format!(
            "SELECT inst FROM fct_impression WHERE content_id = '{}'",
            probe.content
        );
        let began = std::time::Instant::now();
        loop {
            loader.run_once().await?;
            let rows = LakeReader::open(&lake).await?.query(&sql).await?;
            if rows.iter().any(|batch| batch.num_rows() > 0) {
                return Ok(());
            }
            ensure!(
                began.elapsed() < self.patience,
                "not in the fact table after {} s",
                self.patience.as_secs()
            );
            tokio::time::sleep(POLL).await;
        }
    }
}

struct Checks<'a> {
    setting: &'a Setting,
}

impl Checks<'_> {
    /// Says how a check went; a failed one ends the examination with what to fix.
    fn say<T>(&self, check: &str, fix: &str, outcome: Result<T>) -> Result<T> {
        let object = |ok| json!({"check": check, "ok": ok});
        match outcome {
            Ok(value) => {
                self.setting
                    .console
                    .say(format_args!("ok      {check}"), &object(true));
                Ok(value)
            }
            Err(error) => {
                self.setting
                    .console
                    .say(format_args!("FAILED  {check}"), &object(false));
                Err(error.context(format!("{check} failed. To fix it: {fix}. What happened")))
            }
        }
    }
}

const PLACEMENT: &str = "eyeline-doctor";
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(500);
