//! Bytes of a request's body: reading never panics, agrees with itself, and loses nothing.
#![no_main]

use eyeline_core::wire::{Answer, Batch, Envelope, Event, Forget, Why};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let whole = Batch::decode(bytes);
    let apart = Envelope::open(bytes);
    if let Ok(envelope) = &apart {
        let alone: Vec<_> = envelope.events.iter().map(|sent| (sent, Event::decode(sent.raw().as_bytes()))).collect();
        for (sent, event) in &alone {
            let verdict = match event {
                _ if sent.raw().len() > eyeline_core::limits::EVENT_BYTES_MAX => Err(Why::TooLarge),
                Ok(event) => event.check().map(|()| event.dt),
                Err(error) => Err(error.why),
            };
            assert_eq!(sent.verdict(), verdict);
            if let Ok(event) = event {
                assert_eq!(sent.number(), Some(event.n).filter(|n| *n <= eyeline_core::limits::INTEGER_MAX));
            }
        }
        let all = alone.iter().all(|(_, event)| event.is_ok());
        // Beyond the limit events are passed over unread, so only batches within it must agree.
        if envelope.events.len() <= eyeline_core::limits::BATCH_EVENTS_MAX {
            assert_eq!(whole.is_ok(), all);
        }
        assert_eq!(envelope.check().is_ok(), whole.as_ref().map_or(envelope.check().is_ok(), |batch| batch.check().is_ok()));
    }
    if let Ok(batch) = whole {
        assert!(apart.is_ok());
        let _ = batch.events.iter().map(Event::check).collect::<Vec<_>>();
        let written = batch.encode();
        assert!(written.iter().all(|byte| *byte >= 0x20));
        assert_eq!(Batch::decode(&written).as_ref(), Ok(&batch));
    }
    if let Ok(answer) = Answer::decode(bytes) {
        assert_eq!(Answer::decode(&answer.encode()).as_ref(), Ok(&answer));
    }
    if let Ok(forget) = Forget::decode(bytes) {
        assert_eq!(Forget::decode(&forget.encode()).as_ref(), Ok(&forget));
    }
});
