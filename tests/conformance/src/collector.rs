//! The scripted collector: what becomes of one request after another.

use eyeline_core::HostAnswer;

use crate::scenario::{Answer, Spoken};

/// Answers in the order of the script; the last answer stands for good.
#[derive(Debug)]
pub struct Collector {
    script: Vec<Answer>,
    next: usize,
}

impl Default for Collector {
    fn default() -> Self {
        Self::new(vec![Answer::Word(Spoken::Take)])
    }
}

impl Collector {
    /// One that answers so.
    #[must_use]
    pub fn new(script: Vec<Answer>) -> Self {
        Self { script, next: 0 }
    }

    /// The answer to a request with this body; `None` where none ever comes.
    ///
    /// # Panics
    /// Where the script is empty.
    pub fn answer(&mut self, body: &str) -> Option<HostAnswer> {
        let at = self.next.min(self.script.len() - 1);
        self.next += 1;
        Some(match &self.script[at] {
            Answer::Word(Spoken::Take) => taken(events(body), &[]),
            Answer::Word(Spoken::Reset | Spoken::Offline) => HostAnswer::Unreachable,
            Answer::Word(Spoken::Timeout) => HostAnswer::TimedOut,
            Answer::Word(Spoken::Silence) => return None,
            Answer::Reject { reject } => taken(events(body) - reject.len(), reject),
            Answer::Status {
                status,
                retry_after,
                body,
            } => HostAnswer::Http {
                code: *status,
                retry_after: retry_after.clone(),
                body: body.clone().into_bytes(),
            },
        })
    }
}

/// How many events a batch has; a request to forget counts as one.
fn events(body: &str) -> usize {
    let json: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    json["ev"].as_array().map_or(1, Vec::len)
}

fn taken(ok: usize, rejected: &[u64]) -> HostAnswer {
    let rejected: Vec<_> = rejected
        .iter()
        .map(|n| format!(r#"{{"n":{n},"why":"invalid"}}"#))
        .collect();
    HostAnswer::Http {
        code: 200,
        retry_after: None,
        body: format!(r#"{{"v":1,"ok":{ok},"rejected":[{}]}}"#, rejected.join(",")).into_bytes(),
    }
}
