//! Raw objects as the loader may find them: every event ends as a row of events or a row of rejects.
#![no_main]

use std::sync::Mutex;

use eyeline_loader::decode::{Decoder, Lines, Salts};
use libfuzzer_sys::fuzz_target;

static DECODER: Mutex<Option<Decoder>> = Mutex::new(None);

fuzz_target!(|bytes: &[u8]| {
    let mut decoder = DECODER.lock().expect("one thread");
    let decoder = decoder.get_or_insert_with(|| Decoder::new(Salts::new(&[7; 32]).expect("32 bytes")));
    let Ok(mut lines) = Lines::new(bytes, 1 << 20) else { return };
    while let Ok(Some(chunk)) = lines.next_chunk() {
        decoder.push(chunk);
    }
    let tables = decoder.finish().expect("columns fit their schema");
    assert_eq!(tables.counts.written, tables.events.num_rows() as u64);
    assert_eq!(tables.counts.rejected, tables.rejects.num_rows() as u64);
    assert_eq!(tables.counts.read, tables.counts.written + tables.counts.rejected);
    assert_eq!(tables.counts.forgotten, tables.forgotten.len() as u64);
});
