//! The engine built for this machine behind the surface of the web build, driven line by line: what WebAssembly and
//! JavaScript are compared with.
//!
//! Each line of standard input is a JSON array, a call and its arguments (`null` for NaN); each line of standard output is
//! its result. Random bits are `SplitMix64` from the seed in the first argument, so that ids are the same everywhere.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use eyeline_core::{Class, Entropy, Key};
use eyeline_web::{Core, Restore};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let seed = std::env::args().nth(1).ok_or("say the seed")?.parse()?;
    let mut tab = Tab {
        core: None,
        store: BTreeMap::new(),
        seed,
    };
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line: Vec<Value> = serde_json::from_str(&line?)?;
        writeln!(out, "{}", tab.call(&line)?)?;
    }
    Ok(())
}

/// One tab, and what its slot in the browser's store holds.
struct Tab {
    core: Option<Core>,
    store: BTreeMap<Key, Vec<u8>>,
    seed: u64,
}

/// The arguments of one call, by their place.
struct Arguments<'a>(&'a [Value]);

impl Arguments<'_> {
    fn float(&self, at: usize) -> f64 {
        self.0.get(at).and_then(Value::as_f64).unwrap_or(f64::NAN)
    }

    fn text(&self, at: usize) -> &str {
        self.0[at].as_str().unwrap_or_default()
    }

    fn flag(&self, at: usize) -> bool {
        self.0[at].as_bool().unwrap_or_default()
    }

    fn number<T: TryFrom<u64>>(&self, at: usize) -> Result<T, Failure> {
        let number = self.0[at]
            .as_u64()
            .and_then(|number| number.try_into().ok());
        number.ok_or_else(|| format!("argument {at} is no number of that size").into())
    }
}

impl Tab {
    fn call(&mut self, line: &[Value]) -> Result<Value, Failure> {
        let name = line[0].as_str().unwrap_or_default();
        let a = Arguments(&line[1..]);
        if name == "start" {
            return self.start(&a);
        }
        let core = self.core.as_mut().ok_or("the first call must be a start")?;
        let (m, w) = (a.float(0), a.float(1));
        match name {
            "render" => {
                return Ok(json!(core.render(
                    m,
                    w,
                    a.text(2),
                    a.text(3),
                    a.float(4),
                    a.text(5),
                    a.text(6),
                    a.float(7),
                    a.number(8)?,
                    a.text(9),
                    a.float(10),
                    a.float(11),
                    a.text(12),
                )));
            }
            "visible" => core.visible(m, w, a.float(2), a.float(3), a.float(4), a.float(5)),
            "click" => core.click(m, w, a.float(2), a.flag(3), a.text(4)),
            "media" => core.media(
                m,
                w,
                a.float(2),
                a.number(3)?,
                a.float(4),
                a.float(5),
                a.float(6),
                a.number(7)?,
            ),
            "hide" => core.hide(m, w, a.float(2), a.text(3)),
            "serve" => core.serve(
                m,
                w,
                a.text(2),
                a.text(3),
                a.float(4),
                a.text(5),
                a.text(6),
                a.float(7),
                a.number(8)?,
            ),
            "convert" => core.convert(m, w, a.text(2), a.float(3), a.text(4), a.text(5)),
            "page" => core.page(m, w, a.text(2), a.text(3), a.text(4)),
            "device" => core.device(m, w, a.text(2), a.float(3), a.float(4), a.float(5)),
            "active" => core.active(m, w, a.flag(2)),
            "activity" => core.activity(m, w),
            "consent" => core.consent(m, w, a.number(2)?),
            "gpc" => core.gpc(m, w, a.flag(2)),
            "forget" => core.forget(m, w),
            "flush" => core.flush(m, w),
            "background" => core.background(m, w),
            "shutdown" => core.shutdown(m, w),
            "storageFailed" => core.storage_failed(m, w),
            "stats" => return Ok(json!(core.stats(m, w))),
            "preview" => return Ok(shown(core.preview(m, w), core)),
            "waiting" => {
                let body = core.waiting(m, w, a.number(2)?);
                return Ok(shown(body, core));
            }
            "turn" => return Ok(turn(core, m, w)),
            "answer" => {
                let ticket = core.ticket();
                let rejected: Vec<f64> = serde_json::from_value(a.0[4].clone())?;
                let retry_after = a.text(5).to_owned();
                core.answer(
                    m,
                    w,
                    ticket,
                    a.number(2)?,
                    a.float(3),
                    &rejected,
                    retry_after,
                );
            }
            "store" => return Ok(self.store()),
            other => return Err(format!("no call is named {other}").into()),
        }
        Ok(Value::Null)
    }

    /// Starts on what the slot holds.
    fn start(&mut self, a: &Arguments<'_>) -> Result<Value, Failure> {
        let mut restore = Restore::new();
        for (key, value) in &self.store {
            restore.put(key.class as u32, key.number as f64, value.clone());
        }
        self.seed += 1;
        self.core = restore.start_with(
            Box::new(Seeded(self.seed)),
            a.float(0),
            a.float(1),
            a.text(2),
            a.text(3),
            a.text(4),
            a.text(5),
            a.float(6),
            a.float(7),
            a.float(8),
            a.text(9),
            a.text(10),
            a.number(11)?,
            a.number(12)?,
            a.float(13),
        );
        Ok(json!(self.core.is_some()))
    }

    /// Stores what is to be stored; what a sealed batch holds is compared when it is sent.
    fn store(&mut self) -> Value {
        let changes: Vec<_> = self.core.iter_mut().flat_map(Core::changes).collect();
        let mut said = Vec::new();
        for (op, key, value) in changes {
            let shown = if key.class == Class::Batch {
                String::new()
            } else {
                hex(&value)
            };
            said.push(json!([op, key.class as u32, key.number, shown]));
            match op {
                0 => drop(self.store.insert(key, value)),
                1 => drop(self.store.remove(&key)),
                2 => self
                    .store
                    .retain(|kept, _| kept.class != key.class || kept.number > key.number),
                _ => self.store.clear(),
            }
        }
        Value::Array(said)
    }
}

/// What is due, and if it is an upload all about it.
fn turn(core: &mut Core, m: f64, w: f64) -> Value {
    let next = core.next(m, w);
    if next == -1.0 {
        json!([
            next,
            core.ticket(),
            core.path(),
            core.kind(),
            core.events(),
            hex(&core.body())
        ])
    } else {
        json!([next])
    }
}

fn shown(body: Option<Vec<u8>>, core: &Core) -> Value {
    body.map_or(Value::Null, |body| json!([core.preview_path(), hex(&body)]))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `SplitMix64`.
struct Seeded(u64);

impl Entropy for Seeded {
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
