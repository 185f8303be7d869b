//! A child process that says JSON: started, listened to, stopped or killed, and never left behind.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// A running child whose standard output is one JSON object a line.
pub(crate) struct Process {
    name: &'static str,
    child: Child,
    said: Receiver<String>,
}

impl Process {
    /// Starts a child. What it says is read at once and kept, so that it never waits for a reader.
    pub(crate) fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let lines = BufReader::new(child.stdout.take().expect("standard output is piped")).lines();
        let (ear, said) = mpsc::channel();
        thread::spawn(move || {
            lines
                .map_while(Result::ok)
                .try_for_each(|line| ear.send(line))
        });
        Ok(Self { name, child, said })
    }

    /// The next object it says; `None` once it has ended.
    pub(crate) fn next(&mut self) -> Result<Option<Value>> {
        let Ok(line) = self.said.recv() else {
            return Ok(None);
        };
        let object = serde_json::from_str(&line);
        object
            .map(Some)
            .with_context(|| format!("{} said something that is not JSON: {line}", self.name))
    }

    /// Waits until it says an object with `field`, and gives that object.
    pub(crate) fn await_object(&mut self, field: &str) -> Result<Value> {
        while let Some(object) = self.next()? {
            if object.get(field).is_some() {
                return Ok(object);
            }
        }
        bail!("{} ended before it said its {field}", self.name)
    }

    /// Kills it at once, as `kill -9` does: it gets no chance to tidy up.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child
            .kill()
            .with_context(|| format!("cannot kill {}", self.name))?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop.
    pub(crate) fn ask_to_stop(&self) -> Result<()> {
        self.signal("TERM")
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) -> Result<()> {
        let ask = format!("kill -{name} {}", self.child.id());
        crate::steps::run(Command::new("sh").args(["-c", &ask]))
    }

    /// Asks it to stop and waits until it has: what it holds is written out first.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.ask_to_stop()?;
        let status = self.child.wait()?;
        ensure!(status.success(), "{} ended with {status}", self.name);
        Ok(())
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(mut self) -> Result<()> {
        let status = self.child.wait()?;
        ensure!(status.success(), "{} ended with {status}", self.name);
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Where it has ended already there is nothing to kill, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
