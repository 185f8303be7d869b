//! What a command says: lines and progress bars for people, one JSON object a line for machines.

use std::fmt::Display;
use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

/// Where a command's words go.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    json: bool,
}

impl Console {
    /// `json`: one JSON object a line on standard output, and nothing else there.
    #[must_use]
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether a machine reads.
    #[must_use]
    pub fn is_json(self) -> bool {
        self.json
    }

    /// Says one thing, in words or as an object.
    #[expect(clippy::print_stdout, reason = "a command's output")]
    pub fn say(self, words: impl Display, object: &Value) {
        if self.json {
            println!("{object}");
        } else {
            println!("{words}");
        }
    }

    /// Says what went wrong: the whole chain of causes, on standard error or as an object.
    #[expect(clippy::print_stderr, reason = "a command's complaint")]
    pub fn fail(self, error: &anyhow::Error) {
        let words = causes(error);
        if self.json {
            self.say("", &json!({ "error": words }));
        } else {
            eprintln!("error: {words}");
        }
    }

    /// Begins work of `length` steps. A terminal gets a bar, a log a line every tenth, a machine an object every hundredth.
    #[must_use]
    pub fn progress(self, what: &'static str, length: u64) -> Progress {
        let bar =
            ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr_with_hz(8));
        let template = "{msg} {bar:32} {human_pos}/{human_len} {elapsed}";
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_message(what);
        let on_terminal = stderr().is_terminal();
        if self.json || !on_terminal {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let lines = if self.json {
            100
        } else if on_terminal {
            0
        } else {
            10
        };
        Progress {
            console: self,
            what,
            bar,
            lines,
            told: 0,
        }
    }
}

/// An error and its causes. Some libraries repeat a cause in their own words: it is said once.
fn causes(error: &anyhow::Error) -> String {
    error
        .chain()
        .map(ToString::to_string)
        .fold(String::new(), |said, cause| match said {
            said if said.is_empty() => cause,
            said if said.contains(&cause) => said,
            said => format!("{said}: {cause}"),
        })
}

/// Work under way.
#[derive(Debug)]
pub struct Progress {
    console: Console,
    what: &'static str,
    bar: ProgressBar,
    /// Into how many lines the work is told; 0 where a bar shows it.
    lines: u64,
    told: u64,
}

impl Progress {
    /// `done` steps are done.
    pub fn reach(&mut self, done: u64) {
        self.bar.set_position(done);
        let length = self.bar.length().unwrap_or(0).max(1);
        let part = done.saturating_mul(self.lines) / length;
        if part > self.told {
            self.told = part;
            let seconds = self.seconds();
            let words = format!("{}: {done} of {length} ({seconds:.0} s)", self.what);
            self.console.say(
                words,
                &json!({"progress": self.what, "done": done, "of": length, "seconds": seconds}),
            );
        }
    }

    /// How long the work has taken.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.bar.elapsed()
    }

    /// Ends the work and clears the bar.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }

    fn seconds(&self) -> f64 {
        (self.elapsed().as_secs_f64() * 10.0).round() / 10.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_its_error_repeats_is_said_once() {
        let error = anyhow::anyhow!("no field x")
            .context("query: no field x")
            .context("cannot ask");
        assert_eq!(causes(&error), "cannot ask: query: no field x");
    }
}
