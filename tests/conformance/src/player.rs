//! Plays a scenario on a host: at each step's moment whatever is due, the step, and whatever is due then.

use anyhow::{Context, Result, bail};
use eyeline_core::{MonoMillis, Now, UnixMillis};

use crate::collector::Collector;
use crate::host::Host;
use crate::scenario::{Call, Scenario, Step};
use crate::transcript::Transcript;

/// The scenario's transcript on this host.
///
/// # Errors
/// Where the host can't do what the scenario asks.
pub fn play(scenario: &Scenario, host: &mut dyn Host) -> Result<Transcript> {
    let mut stage = Stage {
        scenario,
        host,
        collector: Collector::default(),
        transcript: Transcript::default(),
        starts: 0,
        is_silent: false,
    };
    for (at, step) in scenario.when.iter().enumerate() {
        stage
            .step(step)
            .with_context(|| format!("step {} of {}", at + 1, scenario.when.len()))?;
    }
    let last = scenario.when.last().context("nothing happens")?;
    let counts = stage.host.counts(moment(step_end(last), last))?;
    stage.transcript.end(&counts);
    Ok(stage.transcript)
}

struct Stage<'a> {
    scenario: &'a Scenario,
    host: &'a mut dyn Host,
    collector: Collector,
    transcript: Transcript,
    starts: u64,
    /// A request is on its way to which no answer will come.
    is_silent: bool,
}

impl Stage<'_> {
    fn step(&mut self, step: &Step) -> Result<()> {
        let now = moment(0, step);
        match &step.call {
            Call::Start { consent } => {
                let given = &self.scenario.given;
                let seed = given.seed + self.starts;
                self.starts += 1;
                let choice = consent.unwrap_or(given.consent);
                self.host.start(now, given, choice, seed)?;
            }
            Call::Kill {} => {
                self.host.kill()?;
                self.is_silent = false;
                return Ok(());
            }
            Call::Collector { answers } => {
                self.collector = Collector::new(answers.clone());
                return Ok(());
            }
            Call::Store {} => {
                self.transcript.store(self.host.is_store_used()?);
                return Ok(());
            }
            Call::Tick { every } => {
                for tick in 0..step.times {
                    self.send_what_is_due(moment(tick * every, step))?;
                }
                return Ok(());
            }
            call => {
                self.send_what_is_due(now)?;
                self.host.call_times(now, call, step.times)?;
            }
        }
        self.send_what_is_due(now)
    }

    fn send_what_is_due(&mut self, now: Now) -> Result<()> {
        if self.is_silent {
            bail!("after a silence nothing can follow but a kill");
        }
        while let Some(request) = self.host.request(now)? {
            self.transcript.request(&request);
            match self.collector.answer(&request.body) {
                Some(answer) => self.host.answer(now, &answer)?,
                None => {
                    self.is_silent = true;
                    break;
                }
            }
        }
        Ok(())
    }
}

/// How long after its beginning a step ends.
fn step_end(step: &Step) -> u64 {
    match step.call {
        Call::Tick { every } => every * step.times.saturating_sub(1),
        _ => 0,
    }
}

fn moment(after_ms: u64, step: &Step) -> Now {
    Now {
        mono: MonoMillis::from_u64(step.mono + after_ms),
        wall: UnixMillis::from_i64(step.wall.saturating_add_unsigned(after_ms)),
    }
}
