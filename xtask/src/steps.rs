//! Runs commands and names the steps: what runs, how long it took, how many passed.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The steps of one run, printed as they begin and end.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(String, Duration)>,
    failed: Vec<String>,
    passed_tests: usize,
    failed_tests: usize,
}

impl Steps {
    /// Runs one step. A failure is remembered and the next step still runs, so that one run shows every fault.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<Tally>) {
        println!("\n── {name}");
        let begun = Instant::now();
        let outcome = work();
        let took = begun.elapsed();
        match outcome {
            Ok(tally) => {
                self.passed_tests += tally.passed;
                self.failed_tests += tally.failed;
                if tally.failed > 0 {
                    self.failed.push(name.to_owned());
                }
            }
            Err(error) => {
                println!("{error:#}");
                self.failed_tests += 1;
                self.failed.push(name.to_owned());
            }
        }
        let word = if self.failed.last().is_some_and(|last| last == name) {
            "FAILED"
        } else {
            "ok"
        };
        println!("── {name}: {word} ({:.1} s)", took.as_secs_f64());
        self.done.push((name.to_owned(), took));
    }

    /// The closing table and the two closing lines.
    ///
    /// # Errors
    /// Where any step failed.
    pub(crate) fn close(self) -> Result<()> {
        println!("\ntimings");
        for (name, took) in &self.done {
            println!("  {:>8.1} s  {name}", took.as_secs_f64());
        }
        let total: Duration = self.done.iter().map(|(_, took)| *took).sum();
        let verdict = if self.failed.is_empty() {
            "ok"
        } else {
            "FAILED"
        };
        println!(
            "\ntest {verdict}: {} steps in {:.0} s{}",
            self.done.len(),
            total.as_secs_f64(),
            list(&self.failed)
        );
        println!("{} passed, {} failed", self.passed_tests, self.failed_tests);
        if self.failed.is_empty() {
            Ok(())
        } else {
            std::process::exit(1)
        }
    }
}

fn list(failed: &[String]) -> String {
    if failed.is_empty() {
        String::new()
    } else {
        format!("; failed: {}", failed.join(", "))
    }
}

/// How many checks or tests a step ran.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    /// How many passed.
    pub(crate) passed: usize,
    /// How many failed.
    pub(crate) failed: usize,
}

impl Tally {
    /// A step that is one check and passed.
    pub(crate) const ONE: Self = Self {
        passed: 1,
        failed: 0,
    };

    /// Both together.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
        }
    }

    /// An error where any failed, for a command that is no step.
    pub(crate) fn verdict(self) -> Result<()> {
        println!("{} passed, {} failed", self.passed, self.failed);
        if self.failed > 0 {
            bail!("{} tests failed", self.failed);
        }
        Ok(())
    }

    /// Adds what one line of Cargo's test runner says, `test result: ok. 12 passed; 0 failed; …`, of Node's, `ℹ pass 12`, of Swift's,
    /// `✔ Test "a name" passed after 0.1 seconds.`, or the last of a module under Maven, `[INFO] Tests run: 12, Failures: 0, Errors: 0, Skipped: 0`.
    fn add_line(&mut self, line: &str) {
        self.add_line_of_maven(line);
        self.add_line_of_pytest(line);
        let of_node = |word: &str| {
            line.strip_prefix("ℹ ")?
                .strip_prefix(word)?
                .trim()
                .parse()
                .ok()
        };
        self.passed += of_node("pass ").unwrap_or(0);
        self.failed += of_node("fail ").unwrap_or(0);
        let of_swift = |mark: &str, word: &str| {
            let one = line.strip_prefix(mark);
            one.is_some_and(|test| !test.starts_with("run with ") && test.contains(word))
        };
        self.passed += usize::from(of_swift("✔ Test ", " passed after "));
        self.failed += usize::from(of_swift("✘ Test ", " failed after "));
        let Some(rest) = line.trim_start().strip_prefix("test result: ") else {
            return;
        };
        let count = |word: &str| {
            let before = rest.split(word).next()?;
            before
                .trim_end()
                .rsplit(|c: char| !c.is_ascii_digit())
                .next()?
                .parse::<usize>()
                .ok()
        };
        self.passed += count(" passed").unwrap_or(0);
        self.failed += count(" failed").unwrap_or(0);
    }

    /// `2 failed, 19 passed in 24.87s`.
    fn add_line_of_pytest(&mut self, line: &str) {
        let line = line.trim_matches(['=', ' ']);
        let Some((counts, _)) = line
            .rsplit_once(" in ")
            .filter(|(_, took)| took.ends_with('s'))
        else {
            return;
        };
        for part in counts.split(", ") {
            match part.split_once(' ') {
                Some((number, "passed")) => self.passed += number.parse().unwrap_or(0),
                Some((number, "failed" | "error" | "errors")) => {
                    self.failed += number.parse().unwrap_or(0);
                }
                _ => {}
            }
        }
    }

    fn add_line_of_maven(&mut self, line: &str) {
        // With a time it is one class; the module's own line follows.
        let Some((_, counts)) = line.split_once("Tests run: ") else {
            return;
        };
        if line.contains("Time elapsed") {
            return;
        }
        let numbers: Vec<usize> = counts
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|number| number.parse().ok())
            .collect();
        if let [run, failures, errors, skipped] = numbers[..] {
            self.failed += failures + errors;
            self.passed += run.saturating_sub(failures + errors + skipped);
        }
    }
}

/// Runs a command; its output goes to the terminal.
///
/// # Errors
/// Where it can't start or does not exit with 0.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs a command and gives back what it wrote to standard output.
///
/// # Errors
/// Where it can't start or does not exit with 0.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        bail!("{} ended with {}", shown(command), output.status);
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("{} did not write UTF-8", shown(command)))
}

/// Runs a test command, shows its output and counts the tests in it.
///
/// # Errors
/// Where it can't start, or fails without a failed test (it did not compile).
pub(crate) fn tests(command: &mut Command) -> Result<Tally> {
    tests_told(command, |_| {})
}

/// The same, and tells each line of the output.
///
/// # Errors
/// As above.
pub(crate) fn tests_told(command: &mut Command, mut tell: impl FnMut(&str)) -> Result<Tally> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    let mut tally = Tally::default();
    for line in BufReader::new(child.stdout.take().expect("standard output is piped")).lines() {
        let line = line?;
        tell(&line);
        tally.add_line(&line);
        // One line a passing test would bury the failing one.
        let passed = line.starts_with("test ") && line.ends_with("... ok")
            || ["✔ ", "◇ ", "↳ "].iter().any(|mark| line.starts_with(mark));
        if !passed && !line.is_empty() {
            println!("{line}");
        }
    }
    let status = child.wait()?;
    if !status.success() && tally.failed == 0 {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(tally)
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_runners_closing_lines_are_added_up() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 11 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        ] {
            tally.add_line(line);
        }
        assert_eq!((tally.passed, tally.failed), (14, 2));
    }

    #[test]
    fn a_module_under_maven_is_added_up_once() {
        let mut tally = Tally::default();
        for line in [
            "[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.680 s -- in dev.eyeline.DeliveryTest",
            "[INFO] Tests run: 7, Failures: 0, Errors: 0, Skipped: 1",
            "[ERROR] Tests run: 5, Failures: 1, Errors: 2, Skipped: 0",
        ] {
            tally.add_line(line);
        }
        assert_eq!((tally.passed, tally.failed), (8, 3));
    }

    #[test]
    fn pytests_closing_line_is_added_up() {
        let mut tally = Tally::default();
        for line in [
            "....F.                      [100%]",
            "FAILED test_a.py::test_b - assert 1 passed in 2",
            "2 failed, 19 passed, 1 error in 24.87s",
            "===== 3 passed in 1.02s =====",
        ] {
            tally.add_line(line);
        }
        assert_eq!((tally.passed, tally.failed), (22, 3));
    }

    #[test]
    fn swifts_tests_are_added_up() {
        let mut tally = Tally::default();
        for line in [
            "◇ Test \"a redirect\" started.",
            "✔ Test \"a redirect\" passed after 0.062 seconds.",
            "✔ Suite TransportTests passed after 0.062 seconds.",
            "✘ Test \"an answer\" recorded an issue at T.swift:4:39: Expectation failed: false",
            "✘ Test \"an answer\" failed after 0.001 seconds with 1 issue.",
            "✘ Test run with 2 tests failed after 0.062 seconds with 1 issue.",
        ] {
            tally.add_line(line);
        }
        assert_eq!((tally.passed, tally.failed), (1, 1));
    }

    #[test]
    fn nodes_closing_lines_are_added_up() {
        let mut tally = Tally::default();
        for line in ["✔ pass 9 (2 ms)", "ℹ tests 11", "ℹ pass 10", "ℹ fail 1"] {
            tally.add_line(line);
        }
        assert_eq!((tally.passed, tally.failed), (10, 1));
    }
}
