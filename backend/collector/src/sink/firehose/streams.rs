//! Which delivery stream a line goes to: the one with the longest prefix of its write key.
use std::ops::Range;
use std::str::FromStr;

use memchr::memmem;

/// A delivery stream, and the write keys whose lines it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Its name in Firehose.
    pub name: String,
    /// How its write keys begin; empty for every key that no other stream takes.
    pub key_prefix: String,
}

impl FromStr for Stream {
    type Err = String;

    /// Reads `NAME` or `PREFIX=NAME`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key_prefix, name) = text.split_once('=').unwrap_or(("", text));
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        if name.is_empty() || name.len() > 64 || !name.bytes().all(valid) {
            return Err(format!(
                "{name:?} is no name of a delivery stream: 1 to 64 letters, digits, `_`, `.` or `-`, behind `=` where only some write keys go there"
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            key_prefix: key_prefix.to_owned(),
        })
    }
}

/// Cuts lines into runs of the same stream, each with the stream's number. In order.
pub(super) fn runs(streams: &[Stream], lines: &[u8]) -> Vec<(usize, Range<usize>)> {
    let mut runs: Vec<(usize, Range<usize>)> = Vec::new();
    let mut start = 0;
    for line in lines.split_inclusive(|&byte| byte == b'\n') {
        let stream = of(streams, key(line));
        let end = start + line.len();
        match runs.last_mut() {
            Some((last, run)) if *last == stream => run.end = end,
            _ => runs.push((stream, start..end)),
        }
        start = end;
    }
    runs
}

/// The stream with the longest prefix of the key. One has an empty prefix.
fn of(streams: &[Stream], key: &[u8]) -> usize {
    let takes = |stream: &Stream| key.starts_with(stream.key_prefix.as_bytes());
    let streams = streams.iter().enumerate();
    streams
        .filter(|(_, stream)| takes(stream))
        .max_by_key(|(_, stream)| stream.key_prefix.len())
        .map_or(0, |(number, _)| number)
}

/// The write key of a raw line. Its member stands outside of what a client sent, and inside of a text quotes are escaped, so the
/// first `,"key":"` is the line's own.
fn key(line: &[u8]) -> &[u8] {
    const MEMBER: &[u8] = b",\"key\":\"";
    let Some(at) = memmem::find(line, MEMBER) else {
        return b"";
    };
    let key = &line[at + MEMBER.len()..];
    let end = memchr::memchr(b'"', key).unwrap_or(0);
    &key[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streams(texts: &[&str]) -> Vec<Stream> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn the_longest_prefix_of_the_key_decides() {
        let streams = streams(&["all", "jp_=japan", "jp_men_=men"]);
        for (key, stream) in [("wk_1", 0), ("jp_1", 1), ("jp_men_1", 2), ("", 0)] {
            assert_eq!(of(&streams, key.as_bytes()), stream, "{key}");
        }
    }

    #[test]
    fn lines_of_several_keys_are_cut_where_the_stream_changes() {
        let streams = streams(&["all", "jp_=japan"]);
        let lines = [
            r#"{"rcv":1,"aff":"a","ua":",\"key\":\"jp_","key":"x","b":{}}"#,
            r#"{"rcv":1,"key":"y","bad":[]}"#,
            r#"{"rcv":1,"aff":"a","key":"jp_1","b":{"key":"x"}}"#,
        ];
        let text = lines.map(|line| format!("{line}\n")).concat();
        let first = lines[0].len() + lines[1].len() + 2;
        let cut = runs(&streams, text.as_bytes());
        assert_eq!(cut, [(0, 0..first), (1, first..text.len())]);
    }

    #[test]
    fn a_name_that_firehose_would_refuse_is_refused_at_once() {
        for text in ["", "jp_=", "a b", "x=y=z"] {
            assert!(text.parse::<Stream>().is_err(), "{text}");
        }
    }
}
