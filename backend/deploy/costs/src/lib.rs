//! What the pipeline costs on AWS: a model of quantities, prices in one file, and the tables of docs/deploy.md.
//!
//! Quantities a event come from one measured run of the real data; what is assumed instead says so. Free tiers and discounts are left out.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        reason = "a test that panics has failed, which is the point"
    )
)]

mod bill;
mod month;
mod prices;
mod records;
mod tables;

pub use bill::{Bill, Charge};
pub use month::{Engine, Month, Query};
pub use prices::{Known, Price, Prices, Region};
pub use records::{Packing, billed_bytes};
pub use tables::tables;
