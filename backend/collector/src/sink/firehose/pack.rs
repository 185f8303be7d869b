//! Lines into records, records into calls: as few and as full as Firehose's limits allow.
//!
//! A record is billed rounded up to 5 KiB (<https://aws.amazon.com/firehose/pricing/>), so whatever waits together shares one: at
//! most one step is wasted for each record, not for each batch.
use bytes::{Bytes, BytesMut};

/// Bytes of a record before base64 (<https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html>).
pub(super) const RECORD_BYTES_MAX: usize = 1_000 * 1_024;
/// Records of a call (the same page).
const CALL_RECORDS_MAX: usize = 500;
/// Bytes of a call (the same page). It does not say on which side of base64; counted behind it they are right on both.
const CALL_BYTES_MAX: usize = 4 * 1_024 * 1_024;
/// A record in the call's JSON, beside its data: `{"Data":""},`.
const RECORD_FRAME: usize = 12;
/// The call's own JSON: the stream's name, of at most 64 characters, and the list.
const CALL_FRAME: usize = 128;
/// What a record's size is rounded up to on the bill.
const BILLED_STEP: u64 = 5 * 1_024;

/// Lines that belong together, and what is to be told once they are taken or not.
#[derive(Debug)]
pub(super) struct Piece<T> {
    pub(super) lines: Bytes,
    pub(super) waiting: T,
}

/// What goes to Firehose as one record, and who waits for it.
#[derive(Debug)]
pub(super) struct Record<T> {
    pub(super) data: Bytes,
    pub(super) waiting: Vec<T>,
}

/// The records of one call while it is filled. Lines keep the order in which they came.
#[derive(Debug)]
pub(super) struct Call<T> {
    full: Vec<Record<T>>,
    data: BytesMut,
    waiting: Vec<T>,
    /// Of the full records, as they stand in the request.
    bytes: usize,
}

impl<T> Call<T> {
    pub(super) fn new(first: Piece<T>) -> Self {
        Self {
            full: Vec::new(),
            data: first.lines.into(),
            waiting: vec![first.waiting],
            bytes: CALL_FRAME,
        }
    }

    /// Adds a piece; gives it back where it has to wait for the next call.
    pub(super) fn push(&mut self, piece: Piece<T>) -> Result<(), Piece<T>> {
        let joined = self.data.len() + piece.lines.len();
        if joined <= RECORD_BYTES_MAX && self.bytes + in_request(joined) <= CALL_BYTES_MAX {
            self.data.extend_from_slice(&piece.lines);
            self.waiting.push(piece.waiting);
            return Ok(());
        }
        let closed = self.bytes + in_request(self.data.len());
        if self.full.len() + 2 > CALL_RECORDS_MAX
            || closed + in_request(piece.lines.len()) > CALL_BYTES_MAX
        {
            return Err(piece);
        }
        self.bytes = closed;
        self.full.push(Record {
            data: std::mem::replace(&mut self.data, piece.lines.into()).freeze(),
            waiting: std::mem::replace(&mut self.waiting, vec![piece.waiting]),
        });
        Ok(())
    }

    pub(super) fn into_records(mut self) -> Vec<Record<T>> {
        self.full.push(Record {
            data: self.data.freeze(),
            waiting: self.waiting,
        });
        self.full
    }
}

/// Cuts lines into pieces that each fit a record, between lines only. `None` where one line alone does not fit.
pub(super) fn cut(mut lines: Bytes) -> Option<Vec<Bytes>> {
    let mut pieces = Vec::with_capacity(1);
    while lines.len() > RECORD_BYTES_MAX {
        let end = memchr::memrchr(b'\n', &lines[..RECORD_BYTES_MAX])?;
        pieces.push(lines.split_to(end + 1));
    }
    pieces.push(lines);
    Some(pieces)
}

/// What Firehose bills for a record of this size.
pub(super) fn billed(bytes: u64) -> u64 {
    bytes.div_ceil(BILLED_STEP) * BILLED_STEP
}

/// Bytes that a record takes in the request: its base64 and its frame.
fn in_request(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4 + RECORD_FRAME
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(bytes: usize) -> Bytes {
        let mut line = vec![b'x'; bytes];
        line[bytes - 1] = b'\n';
        line.into()
    }

    fn calls(sizes: &[usize]) -> Vec<Vec<Record<usize>>> {
        let mut pieces = sizes.iter().enumerate().map(|(waiting, &bytes)| Piece {
            lines: line(bytes),
            waiting,
        });
        let mut call = Call::new(pieces.next().unwrap());
        let mut calls = Vec::new();
        for piece in pieces {
            if let Err(piece) = call.push(piece) {
                calls.push(std::mem::replace(&mut call, Call::new(piece)).into_records());
            }
        }
        calls.push(call.into_records());
        calls
    }

    #[test]
    fn small_batches_share_one_billed_step() {
        let calls = calls(&[1_000; 5]);
        assert_eq!((calls.len(), calls[0].len()), (1, 1));
        assert_eq!(billed(calls[0][0].data.len() as u64), 5_120);
    }

    #[test]
    fn a_record_is_full_to_the_last_byte_and_no_further() {
        let calls = calls(&[RECORD_BYTES_MAX - 10, 10, 1]);
        let sizes: Vec<_> = calls[0].iter().map(|record| record.data.len()).collect();
        assert_eq!(sizes, [RECORD_BYTES_MAX, 1]);
    }

    #[test]
    fn lines_are_cut_between_lines() {
        let lines = [line(600_000), line(600_000), line(10)].concat();
        let pieces = cut(lines.clone().into()).unwrap();
        assert_eq!(
            pieces.iter().map(Bytes::len).collect::<Vec<_>>(),
            [600_000, 600_010]
        );
        assert_eq!(pieces.concat(), lines);
    }

    #[test]
    fn a_line_that_no_record_holds_is_told_apart() {
        assert_eq!(cut(line(RECORD_BYTES_MAX + 1)), None);
        assert_eq!(cut(line(RECORD_BYTES_MAX)).unwrap().len(), 1);
    }

    proptest! {
        #[test]
        fn every_line_is_in_one_record_in_order_and_no_limit_is_passed(
            sizes in prop::collection::vec(prop_oneof![1..2_000usize, 1..RECORD_BYTES_MAX], 1..40),
        ) {
            let calls = calls(&sizes);
            let mut told = Vec::new();
            for records in &calls {
                prop_assert!(records.len() <= CALL_RECORDS_MAX);
                let request: usize = records.iter().map(|record| in_request(record.data.len())).sum();
                prop_assert!(request + CALL_FRAME <= CALL_BYTES_MAX);
                for record in records {
                    prop_assert!(record.data.len() <= RECORD_BYTES_MAX);
                    let waiting: usize = record.waiting.iter().map(|&piece| sizes[piece]).sum();
                    prop_assert_eq!(record.data.len(), waiting);
                    told.extend_from_slice(&record.waiting);
                }
            }
            prop_assert_eq!(told, (0..sizes.len()).collect::<Vec<_>>());
        }

        #[test]
        fn less_than_a_step_a_record_is_wasted(sizes in prop::collection::vec(1..50_000usize, 1..200)) {
            let calls = calls(&sizes);
            let records: Vec<_> = calls.iter().flatten().map(|record| record.data.len() as u64).collect();
            let all: u64 = records.iter().sum();
            let bill: u64 = records.iter().copied().map(billed).sum();
            prop_assert!(bill < all + BILLED_STEP * records.len() as u64);
            // Two neighbours never fit one record, so there are at most twice as many as there have to be.
            prop_assert!(records.len() as u64 <= 2 * all.div_ceil(RECORD_BYTES_MAX as u64) + calls.len() as u64);
        }
    }
}
