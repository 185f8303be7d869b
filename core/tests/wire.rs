//! The wire contract against its golden files.

use eyeline_core::wire::{Batch, Envelope};

#[test]
fn the_full_batch_reads_and_writes_back_to_the_byte() {
    let golden = include_bytes!("golden/full-batch.json").trim_ascii_end();
    let batch = Batch::decode(golden).unwrap();
    assert_eq!(batch.check(), Ok(()));
    assert!(batch.events.iter().all(|event| event.check() == Ok(())));
    assert_eq!(batch.encode(), golden);
    assert_eq!(Envelope::open(golden).unwrap().encode(), golden);
}
