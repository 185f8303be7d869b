//! The lines of one record.

use std::borrow::Cow;

use eyeline_core::wire::{BadEvent, BadLine, Extra, Line, Why};
use eyeline_core::{UnixMillis, limits};

/// What is delivered for a record: its good lines in their order, then bad lines for those that can't be read.
pub(crate) fn judged(data: &[u8], arrived: UnixMillis) -> Cow<'_, [u8]> {
    let mut bad = Vec::new();
    let mut good = Vec::new();
    for line in data.split_inclusive(|&byte| byte == b'\n') {
        if line == b"\n" {
            continue;
        }
        match <Line<'_>>::decode(line) {
            Ok(_) => good.push(line),
            Err(error) => bad.push(reject(line, error.why)),
        }
    }
    let is_whole = data.ends_with(b"\n") || data.is_empty();
    if bad.is_empty() && is_whole {
        return Cow::Borrowed(data);
    }
    let mut lines = good.concat();
    if !lines.is_empty() && !lines.ends_with(b"\n") {
        lines.push(b'\n');
    }
    while !bad.is_empty() {
        let rest = bad.split_off(bad.len().min(limits::BATCH_EVENTS_MAX));
        let line = BadLine {
            received: arrived,
            // Which key it came by stood in the line.
            key: Cow::Borrowed(""),
            bad: std::mem::replace(&mut bad, rest),
            extra: Extra::default(),
        };
        lines.extend(line.encode());
    }
    Cow::Owned(lines)
}

/// A line as an event that was refused: at most as long as one may be.
fn reject(line: &[u8], why: Why) -> BadEvent<'static> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let text = String::from_utf8_lossy(&line[..line.len().min(limits::EVENT_BYTES_MAX)]);
    let end = text.floor_char_boundary(limits::EVENT_BYTES_MAX);
    BadEvent::new(None, None, why, text[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = r#"{"rcv":1574553634000,"aff":"a","key":"k","att":1,"b":{"v":"1-0-0"}}"#;
    const FORGET: &str =
        r#"{"rcv":1574553634000,"key":"k","forget":{"aff":"a","anon":"anonanonanonano1"}}"#;

    fn out(data: &[u8]) -> String {
        let lines = judged(data, UnixMillis::from_i64(1_574_553_634_000));
        String::from_utf8(lines.into_owned()).unwrap()
    }

    fn rejects(lines: &str) -> Vec<(Why, String)> {
        let lines = lines
            .lines()
            .map(|line| <Line<'_>>::decode(line.as_bytes()).unwrap());
        let bad = lines.filter_map(|line| match line {
            Line::Bad(bad) => Some(bad.bad),
            _ => None,
        });
        bad.flatten()
            .map(|event| (event.why, event.raw.into_owned()))
            .collect()
    }

    #[test]
    fn good_lines_pass_byte_for_byte() {
        let data = format!("{GOOD}\n{FORGET}\n");
        assert!(matches!(
            judged(data.as_bytes(), UnixMillis::from_i64(0)),
            Cow::Borrowed(_)
        ));
        assert_eq!(out(data.as_bytes()), data);
    }

    #[test]
    fn a_bad_line_becomes_a_reject_and_its_neighbours_stay() {
        let lines = out(format!("{GOOD}\n{{\"rcv\":\n{FORGET}\n").as_bytes());
        assert!(lines.starts_with(&format!("{GOOD}\n{FORGET}\n")), "{lines}");
        assert_eq!(rejects(&lines), [(Why::BadJson, "{\"rcv\":".to_owned())]);
    }

    #[test]
    fn records_that_end_without_a_line_feed_do_not_run_into_the_next() {
        assert_eq!(out(GOOD.as_bytes()), format!("{GOOD}\n"));
    }

    #[test]
    fn what_is_not_even_text_is_a_reject_of_bounded_length() {
        let lines = out(&vec![0xff; 100_000]);
        let rejects = rejects(&lines);
        assert_eq!(rejects.len(), 1);
        assert!(rejects[0].1.len() <= limits::EVENT_BYTES_MAX);
    }

    #[test]
    fn more_rejects_than_a_line_may_hold_take_several() {
        assert_eq!(rejects(&out("x\n".repeat(1_201).as_bytes())).len(), 1_201);
    }

    proptest! {
        #[test]
        fn every_line_goes_on_or_is_a_reject(lines in prop::collection::vec(prop_oneof![Just(GOOD.to_owned()), Just(FORGET.to_owned()), "[a-z{}\":]{1,20}"], 0..30)) {
            let data: String = lines.iter().map(|line| format!("{line}\n")).collect();
            let delivered = out(data.as_bytes());
            let is_good = |line: &&str| *line == GOOD || *line == FORGET;
            let expected: Vec<&str> = lines.iter().map(String::as_str).filter(is_good).collect();
            let passed: Vec<&str> = delivered.lines().filter(is_good).collect();
            prop_assert_eq!(&passed, &expected);
            prop_assert_eq!(rejects(&delivered).len(), lines.len() - expected.len());
        }
    }
}
