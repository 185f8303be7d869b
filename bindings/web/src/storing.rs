//! What the host stores: sealed batches and the engine's own state. The open batch stays in memory, because a write for each
//! event would cost the page more than the event is worth.

use eyeline_core::{Class, Key, Write, Writes};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::clock::now;
use crate::core::Core;
use crate::number::float;

#[wasm_bindgen]
extern "C" {
    /// A function of the host's, called for one change after another.
    #[wasm_bindgen(
        typescript_type = "(op: number, class_: number, number: number, value: Uint8Array) => void"
    )]
    #[derive(Debug)]
    pub type Each;
    #[wasm_bindgen(method, js_name = call)]
    fn call(this: &Each, receiver: &JsValue, op: u32, class: u32, number: f64, value: Vec<u8>);
}

#[wasm_bindgen]
impl Core {
    /// Hands out what has to be stored now, as one transaction: for each change its operation (0 set, 1 delete, 2 delete
    /// this number and all below, 3 delete everything in this slot), the class, the number and the value.
    pub fn writes(&mut self, each: &Each) {
        for (op, key, value) in self.changes() {
            let (class, number) = (class_number(key.class), float(key.number));
            each.call(&JsValue::UNDEFINED, op, class, number, value);
        }
    }

    /// The host could not store what it was handed last. The engine goes on in memory, counts it, and hands out a whole
    /// copy after a while.
    #[wasm_bindgen(js_name = storageFailed)]
    pub fn storage_failed(&mut self, m: f64, w: f64) {
        self.engine.storage_failed(now(m, w));
    }
}

impl Core {
    /// What [`Core::writes`] hands out: operation, key and value.
    pub fn changes(&mut self) -> impl Iterator<Item = (u32, Key, Vec<u8>)> {
        let Writes { ops } = self.engine.take_writes().unwrap_or_default();
        let changes = ops.into_iter().map(|write| match write {
            Write::Put { key, value } => (0, key, value),
            Write::Delete { key } => (1, key, Vec::new()),
            Write::DeleteThrough { class, upto } => (2, Key::new(class, upto), Vec::new()),
            Write::Wipe => (3, Key::new(Class::State, 0), Vec::new()),
        });
        changes.filter(|(_, key, _)| !key.is_of_open_batch())
    }
}

/// The class's number on the border.
fn class_number(class: Class) -> u32 {
    match class {
        Class::State => 0,
        Class::Event => 1,
        Class::Batch => 2,
        Class::Erasure => 3,
    }
}
