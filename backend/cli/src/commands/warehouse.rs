//! `eyeline warehouse`, and the part of `eyeline load` that takes the lake's commits over into one.

use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use eyeline_loader::Lake;
use eyeline_loader::warehouse::{WarehouseLoader, WarehouseOptions, WarehouseReport, open};
use serde_json::json;
use tokio::time::MissedTickBehavior;

use crate::Setting;

/// Say how far a warehouse is behind its lake, and what its tables need
#[derive(Args)]
pub(crate) struct Warehouse {
    /// The warehouse: postgres://USER:PASSWORD@HOST/DATABASE, redshift-serverless://WORKGROUP/DATABASE or redshift://CLUSTER/DATABASE
    #[arg(long, env = "EYELINE_WAREHOUSE", hide_env_values = true)]
    warehouse: String,
}

/// The warehouse of a load.
#[derive(Args, Clone)]
pub(super) struct Target {
    /// Take the lake over into a warehouse too: postgres://USER:PASSWORD@HOST/DATABASE, redshift-serverless://WORKGROUP/DATABASE or redshift://CLUSTER/DATABASE (docs/warehouse.md)
    #[arg(
        long,
        env = "EYELINE_WAREHOUSE",
        hide_env_values = true,
        default_value = "none",
        hide_default_value = true
    )]
    warehouse: String,
    /// Leave commits younger than this for a later load of the warehouse (at most 3h)
    #[arg(long, value_parser = humantime::parse_duration, default_value = "0s")]
    warehouse_min_age: Duration,
}

impl Warehouse {
    pub(crate) async fn run(self, setting: &Setting) -> Result<()> {
        let target = Target {
            warehouse: self.warehouse,
            warehouse_min_age: Duration::ZERO,
        };
        let loader = target
            .loader(setting)
            .await?
            .context("`none` is no warehouse: name one with --warehouse")?;
        let behind = loader.behind().await?;
        let advice = loader.advice().await?;
        let rows: u64 = behind.rows.values().sum();
        let words = if behind.loaded == behind.newest {
            format!("up to date: commit {}", behind.loaded)
        } else {
            format!(
                "behind: has commit {} of {}; {} files with {rows} rows wait, the oldest commit for {} s",
                behind.loaded,
                behind.newest,
                behind.files,
                behind.waits_ms / 1_000
            )
        };
        setting.console.say(words, &json!({"warehouse": behind}));
        for line in advice {
            setting
                .console
                .say(format_args!("advice: {line}"), &json!({"advice": line}));
        }
        Ok(())
    }
}

impl Target {
    /// The loader of the warehouse, where there is one.
    pub(super) async fn loader(&self, setting: &Setting) -> Result<Option<WarehouseLoader>> {
        let at = setting.place.lake();
        let Some(warehouse) = open(&self.warehouse, &at).await? else {
            return Ok(None);
        };
        let mut options = WarehouseOptions::default();
        options.min_age = self.warehouse_min_age;
        let clock = setting.clock.clone();
        options.clock = std::sync::Arc::new(move || clock.now());
        let lake = Lake::open(&at).context("cannot open the lake")?;
        Ok(Some(WarehouseLoader::new(lake, warehouse, options)?))
    }
}

/// Takes over what the lake has, once.
pub(super) async fn take_over(setting: &Setting, loader: &WarehouseLoader) -> Result<()> {
    let report = loader
        .load_once()
        .await
        .context("the warehouse was not loaded; it holds what it held")?;
    tell(setting, &report);
    Ok(())
}

/// Takes over every so often, for ever. An error is said, and the next time tries again.
pub(super) async fn take_over_every(setting: &Setting, loader: &WarehouseLoader, every: Duration) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match loader.load_once().await {
            Ok(report) => tell(setting, &report),
            Err(error) => setting.console.say(
                format_args!("the warehouse was not loaded, trying again: {error}"),
                &json!({"retry": error.to_string()}),
            ),
        }
    }
}

fn tell(setting: &Setting, report: &WarehouseReport) {
    let rows: u64 = report.rows.values().sum();
    let words = if report.by_another {
        "another loader has loaded the warehouse meanwhile; nothing was done".to_owned()
    } else if report.to == report.from {
        return;
    } else {
        format!(
            "warehouse: commits {} to {}, {} files with {rows} rows",
            report.from + 1,
            report.to,
            report.files
        )
    };
    setting.console.say(words, &json!({"warehouse": report}));
}
