//! `cargo xtask demo`: the whole system on 60,000 real impressions, to look at or to verify.

mod check;
mod cloud;
mod show;
mod stage;
mod verify;
mod warehouse;

pub(crate) use check::{Way, check};
pub(crate) use show::show;
