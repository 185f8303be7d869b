//! One invocation: every record answered by its id, within what Lambda lets a function say.

use aws_lambda_events::event::firehose::{
    KinesisFirehoseEvent, KinesisFirehoseEventRecord, KinesisFirehoseResponse,
    KinesisFirehoseResponseRecord,
};
use eyeline_core::UnixMillis;

use crate::lines::judged;

/// Bytes of an answer: 6 MB (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>), taken as the smaller one.
const ANSWER_BYTES_MAX: usize = 6_000_000;
/// A record in the answer's JSON beside its id and data, and room for what is around all of them.
const RECORD_FRAME: usize = 128;

/// Judges every line of every record.
///
/// Rejects can be longer than what they were made of. Where the answer would be too long, the records that grew most are answered
/// `ProcessingFailed`: Firehose then keeps them whole under its error output, from where the loader reads them.
#[must_use]
pub fn transform(event: KinesisFirehoseEvent) -> KinesisFirehoseResponse {
    let mut judged: Vec<Judged> = event.records.into_iter().map(judge).collect();
    let mut bytes: usize = judged.iter().map(Judged::bytes).sum();
    while bytes > ANSWER_BYTES_MAX {
        let grown = judged.iter_mut().filter(|record| record.result == OK);
        let Some(most) = grown.max_by_key(|record| record.grown) else {
            break;
        };
        bytes -= most.bytes();
        (most.result, most.data) = (PROCESSING_FAILED, Vec::new());
        bytes += most.bytes();
    }
    let mut response = KinesisFirehoseResponse::default();
    response.records = judged.into_iter().map(Judged::answer).collect();
    response
}

/// A record and what is said of it.
struct Judged {
    id: Option<String>,
    result: &'static str,
    data: Vec<u8>,
    /// By how many bytes it is longer than it came.
    grown: usize,
}

fn judge(record: KinesisFirehoseEventRecord) -> Judged {
    let arrived = record.approximate_arrival_timestamp.0.timestamp_millis();
    let data = judged(&record.data.0, UnixMillis::from_i64(arrived)).into_owned();
    Judged {
        id: record.record_id,
        result: OK,
        grown: data.len().saturating_sub(record.data.0.len()),
        data,
    }
}

impl Judged {
    /// What it takes in the answer.
    fn bytes(&self) -> usize {
        let id = self.id.as_ref().map_or(0, String::len);
        self.data.len().div_ceil(3) * 4 + id + RECORD_FRAME
    }

    fn answer(self) -> KinesisFirehoseResponseRecord {
        let mut record = KinesisFirehoseResponseRecord::default();
        record.record_id = self.id;
        record.result = Some(self.result.to_owned());
        record.data.0 = self.data;
        record
    }
}

/// What Firehose knows (<https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html>).
const OK: &str = "Ok";
const PROCESSING_FAILED: &str = "ProcessingFailed";

#[cfg(test)]
mod tests {
    use super::*;

    fn event(records: &[&[u8]]) -> KinesisFirehoseEvent {
        let record = |(number, data): (usize, &&[u8])| {
            let mut record = KinesisFirehoseEventRecord::default();
            record.record_id = Some(number.to_string());
            record.data.0 = data.to_vec();
            record
        };
        let mut event = KinesisFirehoseEvent::default();
        event.records = records.iter().enumerate().map(record).collect();
        event
    }

    fn results(response: &KinesisFirehoseResponse) -> Vec<(&str, &str)> {
        let records = response.records.iter();
        records
            .map(|record| {
                (
                    record.record_id.as_deref().unwrap(),
                    record.result.as_deref().unwrap(),
                )
            })
            .collect()
    }

    const GOOD: &[u8] = b"{\"rcv\":1,\"aff\":\"a\",\"key\":\"k\",\"att\":1,\"b\":{}}\n";

    #[test]
    fn every_id_comes_back_in_order() {
        let response = transform(event(&[GOOD, b"bad\n", b""]));
        assert_eq!(results(&response), [("0", OK), ("1", OK), ("2", OK)]);
        assert_eq!(response.records[0].data.0, GOOD);
    }

    #[test]
    fn an_answer_that_would_be_too_long_leaves_the_record_that_grew_to_the_error_output() {
        let many = b"x\n".repeat(150_000);
        let good = GOOD.repeat(10_000);
        let response = transform(event(&[&good, &many, &good]));
        assert_eq!(
            results(&response),
            [("0", OK), ("1", PROCESSING_FAILED), ("2", OK)]
        );
        assert!(serde_json::to_vec(&response).unwrap().len() <= ANSWER_BYTES_MAX);
        assert_eq!(response.records[2].data.0, good);
    }

    #[test]
    fn a_full_event_of_good_lines_is_answered_whole() {
        // What 6 MB of an event hold: Firehose sends no more.
        let good = GOOD.repeat(4_400_000 / GOOD.len());
        let response = transform(event(&[&good]));
        assert_eq!(results(&response), [("0", OK)]);
        assert!(serde_json::to_vec(&response).unwrap().len() <= ANSWER_BYTES_MAX);
    }
}
