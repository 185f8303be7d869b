//! What a binding has to offer so that scenarios can be played on it.

use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use eyeline_core::{HostAnswer, Now};
use flate2::read::GzDecoder;

use crate::scenario::{Call, Choice, Given};

/// A client of some binding, with clock, ids and network in the player's hands.
pub trait Host {
    /// Starts a client on what the store holds, with ids drawn from `seed`.
    ///
    /// # Errors
    /// Where it can't start.
    fn start(&mut self, now: Now, given: &Given, choice: Choice, seed: u64) -> Result<()>;

    /// The process dies: nothing is called any more, nothing is stored.
    ///
    /// # Errors
    /// Where it can't be killed.
    fn kill(&mut self) -> Result<()>;

    /// What an app, a page or the system does. Never a start, a kill or what concerns the collector.
    ///
    /// # Errors
    /// Where the scenario asks for what no host can do.
    fn call(&mut self, now: Now, call: &Call) -> Result<()>;

    /// The same, so many times at one moment.
    ///
    /// # Errors
    /// As [`Host::call`].
    fn call_times(&mut self, now: Now, call: &Call, times: u64) -> Result<()> {
        (0..times).try_for_each(|_| self.call(now, call))
    }

    /// The request that is due now, if any.
    ///
    /// # Errors
    /// Where its body can't be read.
    fn request(&mut self, now: Now) -> Result<Option<Request>>;

    /// What came of the request handed out last.
    ///
    /// # Errors
    /// Where it can't be reported.
    fn answer(&mut self, now: Now, answer: &HostAnswer) -> Result<()>;

    /// Whether the store holds a byte.
    ///
    /// # Errors
    /// Where it can't be looked at.
    fn is_store_used(&self) -> Result<bool>;

    /// What became of every event.
    ///
    /// # Errors
    /// Where it can't be asked.
    fn counts(&mut self, now: Now) -> Result<Counts>;
}

/// One request, as the collector sees it.
#[derive(Debug)]
pub struct Request {
    /// Path and query, without the write key.
    pub path: String,
    /// The body before gzip.
    pub body: String,
}

impl Request {
    /// One that a client sent to [`ADDRESS`] with [`KEY`].
    pub(crate) fn seen(url: &str, body: Vec<u8>) -> Result<Self> {
        let path = url.strip_prefix(ADDRESS).context("another address")?;
        Ok(Self {
            path: path.replace(&format!("&k={KEY}"), ""),
            body: unpacked(body)?,
        })
    }
}

/// Where clients with a transport of their own send.
pub(crate) const ADDRESS: &str = "https://collect.example.com";
/// Their write key.
pub(crate) const KEY: &str = "key-1";

/// What became of every event.
#[derive(Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of the README, which explains each")]
pub struct Counts {
    pub captured: u64,
    pub delivered: u64,
    pub queued: u64,
    pub erasures: u64,
    /// By reason, none of them zero, in the order of the wire.
    pub lost: Vec<(&'static str, u64)>,
}

/// A body as it was before gzip.
pub(crate) fn unpacked(body: Vec<u8>) -> Result<String> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return Ok(String::from_utf8(body)?);
    }
    let mut text = String::new();
    GzDecoder::new(&body[..]).read_to_string(&mut text)?;
    Ok(text)
}

/// Whether any file in a directory holds a byte.
pub(crate) fn holds_a_byte(directory: &Path) -> Result<bool> {
    for file in fs::read_dir(directory)? {
        if file?.metadata()?.len() > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}
