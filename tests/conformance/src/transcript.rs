//! What a scenario comes to, as text that is compared to the byte.

use std::fmt::Write;

use crate::host::{Counts, Request};

/// Every request in order, and the counts at the end.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Transcript(String);

impl Transcript {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn request(&mut self, request: &Request) {
        let Request { path, body } = request;
        self.line(format_args!("POST {path}\n{body}"));
    }

    pub(crate) fn store(&mut self, used: bool) {
        let word = if used { "used" } else { "empty" };
        self.line(format_args!("store {word}"));
    }

    pub(crate) fn end(&mut self, counts: &Counts) {
        let Counts {
            captured,
            delivered,
            queued,
            erasures,
            lost,
        } = counts;
        self.line(format_args!(
            "captured {captured}\ndelivered {delivered}\nqueued {queued}\nerasures {erasures}"
        ));
        for (reason, count) in lost {
            self.line(format_args!("lost {reason} {count}"));
        }
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        writeln!(self.0, "{line}").expect("a string takes any text");
    }
}
