//! A binding in another language: a program that makes the calls it reads from a pipe. `README.md` has the lines that are spoken.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use eyeline_core::{HostAnswer, LossReason, Now};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::host::{ADDRESS, Counts, Host, KEY, Request, holds_a_byte};
use crate::scenario::{Call, Choice, Given};

/// The program, which plays one scenario after another.
#[derive(Debug)]
pub struct Program {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Program {
    /// Starts it.
    ///
    /// # Errors
    /// Where it can't be started.
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let to = child.stdin.take();
        let from = child.stdout.take().context("its output is not piped")?;
        Ok(Self {
            child,
            to,
            from: BufReader::new(from),
        })
    }

    /// Ends its input and waits until it has ended.
    ///
    /// # Errors
    /// Where it ends with a fault.
    pub fn finish(mut self) -> Result<()> {
        self.to = None;
        let status = self.child.wait()?;
        anyhow::ensure!(status.success(), "the program ended with {status}");
        Ok(())
    }

    /// One line there, one line back.
    fn ask(&mut self, question: Value) -> Result<Map<String, Value>> {
        let to = self.to.as_mut().context("its input has ended")?;
        to.write_all((question.to_string() + "\n").as_bytes())
            .and_then(|()| to.flush())
            .context("the program reads no more")?;
        let mut line = String::new();
        if self.from.read_line(&mut line)? == 0 {
            bail!("the program ended without an answer");
        }
        let answer: Map<String, Value> =
            serde_json::from_str(&line).with_context(|| format!("not an answer: {line}"))?;
        match answer.get("fault") {
            Some(why) => bail!("the program says: {why}"),
            None => Ok(answer),
        }
    }
}

impl Drop for Program {
    /// One that was not finished may wait for what never comes.
    fn drop(&mut self) {
        if self.to.is_some() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// One device: a directory, and whatever client the program runs on it.
#[derive(Debug)]
pub struct PipedHost<'a> {
    program: &'a mut Program,
    directory: TempDir,
}

impl<'a> PipedHost<'a> {
    /// A device on which nothing ran yet.
    ///
    /// # Errors
    /// Where it gets no directory, or the program can't let go of the one before.
    pub fn new(program: &'a mut Program) -> Result<Self> {
        program.ask(json!({"do": "kill"}))?;
        Ok(Self {
            program,
            directory: TempDir::new().context("no directory for the journal")?,
        })
    }

    fn say(&mut self, now: Now, mut what: Value) -> Result<Map<String, Value>> {
        what["mono"] = now.mono.as_u64().into();
        what["wall"] = now.wall.as_i64().into();
        self.program.ask(what)
    }
}

impl Host for PipedHost<'_> {
    fn start(&mut self, now: Now, given: &Given, choice: Choice, seed: u64) -> Result<()> {
        let mut what = serde_json::to_value(given)?;
        what["do"] = "start".into();
        what["consent"] = serde_json::to_value(choice)?;
        what["seed"] = seed.into();
        what["endpoint"] = ADDRESS.into();
        what["write_key"] = KEY.into();
        what["directory"] = self.directory.path().to_string_lossy().into();
        self.say(now, what).map(drop)
    }

    fn kill(&mut self) -> Result<()> {
        self.program.ask(json!({"do": "kill"})).map(drop)
    }

    fn call(&mut self, now: Now, call: &Call) -> Result<()> {
        self.call_times(now, call, 1)
    }

    fn call_times(&mut self, now: Now, call: &Call, times: u64) -> Result<()> {
        let mut what = serde_json::to_value(call)?;
        what["times"] = times.into();
        self.say(now, what).map(drop)
    }

    fn request(&mut self, now: Now) -> Result<Option<Request>> {
        let answer = self.say(now, json!({"do": "request"}))?;
        let (Some(url), Some(body)) = (answer.get("url"), answer.get("body")) else {
            return Ok(None);
        };
        let body = BASE64_STANDARD
            .decode(body.as_str().context("a body is a text")?)
            .context("a body is in Base64")?;
        Request::seen(url.as_str().context("an address is a text")?, body).map(Some)
    }

    fn answer(&mut self, now: Now, answer: &HostAnswer) -> Result<()> {
        let what = match answer {
            HostAnswer::Http {
                code,
                retry_after,
                body,
            } => json!({
                "do": "answer",
                "status": code,
                "retry_after": retry_after,
                "body": String::from_utf8_lossy(body),
            }),
            HostAnswer::TimedOut => json!({"do": "answer", "fault": "timed_out"}),
            _ => json!({"do": "answer", "fault": "unreachable"}),
        };
        self.say(now, what).map(drop)
    }

    fn is_store_used(&self) -> Result<bool> {
        holds_a_byte(self.directory.path())
    }

    fn counts(&mut self, now: Now) -> Result<Counts> {
        let told = self.say(now, json!({"do": "counts"}))?;
        let count = |of: &Map<String, Value>, name: &str| {
            let count = of.get(name).and_then(Value::as_u64);
            count.with_context(|| format!("no count {name} in {of:?}"))
        };
        let reasons = told.get("lost").and_then(Value::as_object);
        let mut reasons = reasons.context("no losses")?.clone();
        let mut lost = Vec::new();
        for reason in LossReason::ALL {
            if reasons.contains_key(reason.as_str()) {
                lost.push((reason.as_str(), count(&reasons, reason.as_str())?));
                reasons.remove(reason.as_str());
            }
        }
        anyhow::ensure!(reasons.is_empty(), "no such reasons: {reasons:?}");
        Ok(Counts {
            captured: count(&told, "captured")?,
            delivered: count(&told, "delivered")?,
            queued: count(&told, "queued")?,
            erasures: count(&told, "erasures")?,
            lost,
        })
    }
}
