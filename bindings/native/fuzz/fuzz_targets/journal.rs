//! Whatever lies between two stretches of whole records, reading finds both and never panics.
#![no_main]

use eyeline::journal::read_segment;
use libfuzzer_sys::fuzz_target;

const GOLDEN: &[u8] = include_bytes!("../../tests/golden/journal-1.journal");
const HEADER_BYTES: usize = 8;

fuzz_target!(|damage: &[u8]| {
    let _ = read_segment(damage);
    let whole = read_segment(GOLDEN);
    let found = read_segment(&[GOLDEN, damage, &GOLDEN[HEADER_BYTES..]].concat());
    assert!(found.starts_with(&whole) && found.ends_with(&whole));
});
