//! The lines that say how every scenario went: one each, and the result.

use std::process::ExitCode;

use anyhow::Result;

use crate::host::Host;
use crate::player::play;
use crate::suite::{Class, Suite};

/// Counts as it tells.
#[derive(Debug, Default)]
pub struct Report {
    passed: usize,
    failed: usize,
}

impl Report {
    /// One test.
    pub fn tell(&mut self, name: &str, outcome: Result<()>) {
        match outcome {
            Ok(()) => {
                self.passed += 1;
                println!("test {name} ... ok");
            }
            Err(why) => {
                self.failed += 1;
                println!("test {name} ... FAILED\n{why:#}");
            }
        }
    }

    /// Plays a scenario on a host that stores every event, and tells how its transcript compares.
    pub fn play<H: Host>(
        &mut self,
        suite: &Suite,
        name: &str,
        (word, host): (&str, Result<H>),
        bless: bool,
    ) {
        let outcome = host.and_then(|mut host| {
            let transcript = play(&suite.scenario(name)?, &mut host)?;
            suite.hold(name, Class::Events, transcript.as_str(), bless)
        });
        self.tell(&format!("conformance::{word}::{name}"), outcome);
    }

    /// The closing line, and what the process ends with.
    #[must_use]
    pub fn close(&self) -> ExitCode {
        let Self { passed, failed } = self;
        let word = if *failed == 0 { "ok" } else { "FAILED" };
        println!("test result: {word}. {passed} passed; {failed} failed");
        if *failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}
