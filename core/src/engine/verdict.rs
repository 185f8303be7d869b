//! The one place where a collector's answer is judged: what becomes of the batch it answers.

use super::loss::LossReason;
use super::retry_after::retry_after;
use crate::UnixMillis;
use crate::limits::REFUSED_KEY_PAUSE;
use crate::time::millis;

/// How an upload ended, as the host saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostAnswer {
    /// A whole HTTP answer came back.
    Http {
        /// The status code.
        code: u16,
        /// The `Retry-After` header as sent.
        retry_after: Option<String>,
        /// The body; one the engine did not ask for may be cut at [`ANSWER_BYTES_MAX`].
        body: Vec<u8>,
    },
    /// A 2xx whose body the host has read itself, where the core is built without `decode`.
    Taken {
        /// How many events were taken.
        ok: u64,
        /// The numbers of those that were not.
        rejected: Vec<u64>,
    },
    /// No connection, a reset, a TLS failure: nothing came back.
    Unreachable,
    /// The host stopped waiting.
    TimedOut,
}

/// Longest answer body the engine reads: 500 rejections take 20 KiB.
pub const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// What becomes of a batch after an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Taken, but for the events with these numbers, which are refused for good.
    Delivered { rejected: Vec<u64> },
    /// Keep it and try again, no sooner than the server asks.
    Keep { floor_ms: Option<u64>, fault: Fault },
    /// Too large as a whole: halve it.
    Split,
    /// Every event of it ends.
    End(LossReason),
    /// A person has to mend the key: stop sending for so many ms, keep everything.
    Pause(u64),
}

/// What kind of failure left a batch in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing came back: it may have arrived.
    NoAnswer,
    /// The server failed on it (5xx).
    Server,
    /// Anything else: a proxy, a captive portal, overload.
    Other,
}

/// Judges an answer to a batch of the events numbered `sent`. Total over its input.
///
/// Delivered means a 2xx whose body is ours and whose counts add up; a captive portal's page is not.
pub(super) fn judge(answer: &HostAnswer, sent: &[u64], wall: UnixMillis) -> Verdict {
    let keep = |fault| Verdict::Keep {
        floor_ms: None,
        fault,
    };
    match answer {
        HostAnswer::Unreachable | HostAnswer::TimedOut => keep(Fault::NoAnswer),
        HostAnswer::Taken { ok, rejected } => {
            taken(*ok, rejected, sent).unwrap_or(keep(Fault::Other))
        }
        HostAnswer::Http {
            code,
            retry_after: header,
            body,
        } => match code {
            200..=299 => ours(body)
                .and_then(|(ok, rejected)| taken(ok, &rejected, sent))
                .unwrap_or(keep(Fault::Other)),
            413 if sent.len() > 1 => Verdict::Split,
            400 | 413 => Verdict::End(LossReason::Refused),
            401 | 403 => Verdict::Pause(millis(REFUSED_KEY_PAUSE)),
            _ => Verdict::Keep {
                floor_ms: header
                    .as_deref()
                    .and_then(|header| retry_after(header, wall)),
                fault: if *code >= 500 {
                    Fault::Server
                } else {
                    Fault::Other
                },
            },
        },
    }
}

/// The counts must add up, and every refused number must be one that was sent, named once.
fn taken(ok: u64, rejected: &[u64], sent: &[u64]) -> Option<Verdict> {
    let mut known = Vec::new();
    for n in sent {
        if rejected.contains(n) {
            known.push(*n);
        }
    }
    let adds_up = ok.checked_add(rejected.len() as u64) == Some(sent.len() as u64);
    (known.len() == rejected.len() && adds_up).then_some(Verdict::Delivered { rejected: known })
}

#[cfg(feature = "decode")]
fn ours(body: &[u8]) -> Option<(u64, Vec<u64>)> {
    use crate::{limits, wire};
    if body.len() > ANSWER_BYTES_MAX {
        return None;
    }
    let answer = wire::Answer::decode(body).ok()?;
    let rejected = answer
        .rejected
        .iter()
        .map(|rejected| rejected.n)
        .collect::<Option<_>>()?;
    (answer.version == limits::WIRE_MODEL).then_some((answer.ok, rejected))
}

/// Without a JSON reader the host reads the body and says [`HostAnswer::Taken`].
#[cfg(not(feature = "decode"))]
fn ours(_body: &[u8]) -> Option<(u64, Vec<u64>)> {
    None
}

#[cfg(all(test, feature = "decode"))]
mod tests {
    use super::{Fault, HostAnswer, Verdict, judge};
    use crate::UnixMillis;
    use crate::engine::LossReason;
    use proptest::prelude::*;

    const WALL: UnixMillis = UnixMillis::from_i64(1_700_000_000_000);

    fn http(code: u16, body: &str) -> HostAnswer {
        HostAnswer::Http {
            code,
            retry_after: None,
            body: body.into(),
        }
    }

    fn keep(fault: Fault) -> Verdict {
        Verdict::Keep {
            floor_ms: None,
            fault,
        }
    }

    #[test]
    fn a_2xx_whose_counts_add_up_is_delivered() {
        let answer = http(
            200,
            r#"{"v":1,"ok":2,"rejected":[{"n":8,"why":"too_large"}]}"#,
        );
        assert_eq!(
            judge(&answer, &[7, 8, 9], WALL),
            Verdict::Delivered { rejected: vec![8] }
        );
    }

    #[test]
    fn a_captive_portals_page_is_not_a_delivery() {
        for body in [
            "",
            "<html>Welcome! Please log in</html>",
            "{}",
            r#"{"ok":1}"#,
            r#"{"v":2,"ok":1,"rejected":[]}"#,
        ] {
            assert_eq!(
                judge(&http(200, body), &[7], WALL),
                keep(Fault::Other),
                "{body}"
            );
        }
    }

    #[test]
    fn counts_that_do_not_add_up_are_not_a_delivery() {
        let one_short = http(200, r#"{"v":1,"ok":1,"rejected":[]}"#);
        let unknown = http(
            200,
            r#"{"v":1,"ok":1,"rejected":[{"n":99,"why":"too_large"}]}"#,
        );
        let twice = http(
            200,
            r#"{"v":1,"ok":0,"rejected":[{"n":7,"why":"too_large"},{"n":7,"why":"too_large"}]}"#,
        );
        for answer in [one_short, unknown, twice] {
            assert_eq!(judge(&answer, &[7, 8], WALL), keep(Fault::Other));
        }
    }

    #[test]
    fn a_malformed_batch_and_a_single_event_too_large_are_refused() {
        assert_eq!(
            judge(&http(400, ""), &[1, 2], WALL),
            Verdict::End(LossReason::Refused)
        );
        assert_eq!(
            judge(&http(413, ""), &[1], WALL),
            Verdict::End(LossReason::Refused)
        );
        assert_eq!(judge(&http(413, ""), &[1, 2], WALL), Verdict::Split);
    }

    #[test]
    fn a_wrong_key_pauses_for_a_day_and_keeps_everything() {
        for code in [401, 403] {
            assert_eq!(
                judge(&http(code, ""), &[1], WALL),
                Verdict::Pause(86_400_000)
            );
        }
    }

    #[test]
    fn a_server_delay_is_a_floor() {
        let answer = HostAnswer::Http {
            code: 503,
            retry_after: Some("9".into()),
            body: vec![],
        };
        let floor_ms = Some(9_000);
        assert_eq!(
            judge(&answer, &[1], WALL),
            Verdict::Keep {
                floor_ms,
                fault: Fault::Server
            }
        );
    }

    #[test]
    fn silence_may_mean_that_it_arrived() {
        assert_eq!(
            judge(&HostAnswer::Unreachable, &[1], WALL),
            keep(Fault::NoAnswer)
        );
        assert_eq!(
            judge(&HostAnswer::TimedOut, &[1], WALL),
            keep(Fault::NoAnswer)
        );
    }

    proptest! {
        #[test]
        fn only_400_and_413_delete_whatever_the_code(code: u16, body: Vec<u8>, events in 1..4u64) {
            let sent: Vec<u64> = (1..=events).collect();
            let answer = HostAnswer::Http { code, retry_after: None, body };
            let verdict = judge(&answer, &sent, WALL);
            let ends = matches!(verdict, Verdict::End(_));
            prop_assert_eq!(ends, code == 400 || code == 413 && events == 1);
            if matches!(verdict, Verdict::Delivered { .. }) {
                prop_assert!((200..300).contains(&code));
            }
        }

        #[test]
        fn host_parsed_counts_are_checked_the_same_way(ok: u64, rejected: Vec<u64>) {
            let delivered = ok == 0 && (rejected == [1, 2] || rejected == [2, 1])
                || ok == 1 && (rejected == [1] || rejected == [2])
                || ok == 2 && rejected.is_empty();
            let verdict = judge(&HostAnswer::Taken { ok, rejected }, &[1, 2], WALL);
            prop_assert_eq!(matches!(verdict, Verdict::Delivered { .. }), delivered);
        }
    }
}
