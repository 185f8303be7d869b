//! A child process that says one JSON object a line: started, listened to, stopped or killed, never left behind.

use std::io::{BufRead, BufReader, Lines};
use std::process::{ChildStdout, Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// A running child. Dropping it kills it.
#[derive(Debug)]
pub struct Child {
    child: std::process::Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Child {
    /// Starts it, with standard input open for as long as it should run.
    ///
    /// # Errors
    /// Where the program can't be started.
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {command:?}"))?;
        let stdout = child.stdout.take().context("standard output is piped")?;
        Ok(Self {
            child,
            said: BufReader::new(stdout).lines(),
        })
    }

    /// Waits until it says an object with `field`, and gives that field.
    ///
    /// # Errors
    /// Where it ends before, or says something that is not JSON.
    pub fn await_field(&mut self, field: &str) -> Result<Value> {
        for line in self.said.by_ref() {
            let line = line?;
            let mut object: Value =
                serde_json::from_str(&line).with_context(|| format!("not JSON: {line}"))?;
            if let Some(value) = object.get_mut(field) {
                return Ok(value.take());
            }
        }
        bail!("it ended before it said its {field}")
    }

    /// `kill -9`: it gets no chance to tidy up.
    ///
    /// # Errors
    /// Where it can't be killed.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Closes its standard input, on which our own programs stop, and waits until it has ended.
    ///
    /// # Errors
    /// Where it can't be waited for.
    pub fn stop(mut self) -> Result<ExitStatus> {
        drop(self.child.stdin.take());
        Ok(self.child.wait()?)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // One that has ended already needs no killing.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
