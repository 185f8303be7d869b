//! What every binding has to do the same way: scenarios as data, and how a host in Rust plays them.
//!
//! The format stands in `README.md` beside this package. [`play`] runs one scenario on a [`Host`] and gives its transcript;
//! [`Suite`] holds transcripts against the committed ones.

mod collector;
mod engine;
mod host;
mod mobile;
mod piped;
mod player;
mod report;
mod said;
mod scenario;
mod suite;
mod transcript;

pub use collector::Collector;
pub use engine::EngineHost;
pub use host::{Counts, Host, Request};
pub use mobile::MobileHost;
pub use piped::{PipedHost, Program};
pub use player::play;
pub use report::Report;
pub use scenario::{
    Answer, Call, Choice, Device, Given, Page, Render, Rule, Scenario, Served, Spoken, Step,
};
pub use suite::{Class, Suite};
pub use transcript::Transcript;
