//! What the host stores: sealed batches and the engine's own state. The open batch stays in memory, because a write for each
//! event would cost the page more than the event is worth.

use eyeline_core::{Class, Key, Write, Writes};

use crate::core::Core;
use crate::message::Reply;
use crate::number::float;

impl Core {
    pub(crate) fn writes(&mut self, reply: &mut Reply) {
        let Writes { ops } = self.engine.take_writes().unwrap_or_default();
        for write in ops {
            let (op, key, value) = match write {
                Write::Put { key, value } => (0.0, key, value),
                Write::Delete { key } => (1.0, key, Vec::new()),
                Write::DeleteThrough { class, upto } => (2.0, Key::new(class, upto), Vec::new()),
                Write::Wipe => (3.0, Key::new(Class::State, 0), Vec::new()),
            };
            if !key.is_of_open_batch() {
                reply.number(op);
                reply.number(class_number(key.class));
                reply.number(float(key.number));
                reply.bytes(&value);
            }
        }
    }
}

/// The class's number on the border.
fn class_number(class: Class) -> f64 {
    match class {
        Class::State => 0.0,
        Class::Event => 1.0,
        Class::Batch => 2.0,
        Class::Erasure => 3.0,
    }
}
