//! The library behind the `eyeline` command, so that tests can call what the command runs.

pub mod report;
