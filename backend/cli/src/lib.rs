//! The library behind the `eyeline` command, so that tests can call what the command runs.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        reason = "a test that can't get its value should fail there"
    )
)]

mod board;
mod clock;
mod console;
mod http;
mod place;
pub mod replay;
pub mod report;
pub mod seen;
pub mod site;
mod stop;

pub use board::Board;
pub use clock::{Clock, ClockFile, ClockOption};
pub use console::{Console, Progress};
pub use http::http;
pub use place::{FirstKey, Place};
pub use stop::when_told;
