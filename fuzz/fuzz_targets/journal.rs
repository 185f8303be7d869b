//! A segment of a client's journal as a broken disk may return it: reading gives whole records only and never panics.
#![no_main]

use eyeline::journal::read_segment;
use eyeline_core::Writes;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let records = read_segment(bytes);
    for record in records.into_iter().chain(Writes::decode(bytes).ok()) {
        let again = Writes::decode(&record.encode());
        assert!(again.is_ok_and(|again| again == record));
    }
});
