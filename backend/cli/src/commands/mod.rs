//! The commands, one file each.

mod collect;
mod delivery;
mod doctor;
mod erase;
mod load;
mod page;
mod query;
mod replay;
mod report;
mod tail;
mod up;
mod warehouse;

use anyhow::Result;
use clap::Subcommand;

use crate::Setting;

/// What `eyeline` can do.
#[derive(Subcommand)]
pub(crate) enum Command {
    Up(up::Up),
    Collect(collect::Collect),
    Load(load::Load),
    Report(report::Report),
    Query(query::Query),
    Replay(replay::Replay),
    Tail(tail::Tail),
    Erase(erase::Erase),
    Warehouse(warehouse::Warehouse),
    Doctor(doctor::Doctor),
}

impl Command {
    pub(crate) async fn run(self, setting: &Setting) -> Result<()> {
        match self {
            Self::Up(up) => up.run(setting).await,
            Self::Collect(collect) => collect.run(setting).await,
            Self::Load(load) => load.run(setting).await,
            Self::Report(report) => report.run(setting).await,
            Self::Query(query) => query.run(setting).await,
            Self::Replay(replay) => replay.run(setting).await,
            Self::Tail(tail) => tail.run(setting).await,
            Self::Erase(erase) => erase.run(setting).await,
            Self::Warehouse(warehouse) => warehouse.run(setting).await,
            Self::Doctor(doctor) => doctor.run(setting).await,
        }
    }
}
