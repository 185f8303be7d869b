//! The engines that live in one page: its own, and those that send what pages before it left.

use std::cell::RefCell;

use eyeline_core::Entropy;

use crate::calls::{self, END, START};
use crate::clock::now;
use crate::core::Core;
use crate::message::{Reply, Said};
use crate::starting::start;

/// Engines by their numbers, from 1.
#[derive(Debug, Default)]
pub struct Tabs {
    cores: RefCell<Vec<Option<Box<Core>>>>,
}

impl Tabs {
    /// None so far.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            cores: RefCell::new(Vec::new()),
        }
    }

    /// Makes one call; `bits` gives random bits to an engine that starts.
    pub fn call(
        &self,
        core: u32,
        call: u32,
        m: f64,
        w: f64,
        said: &[u8],
        bits: impl FnOnce() -> Box<dyn Entropy + Send>,
    ) -> Vec<u8> {
        let (now, mut said, mut reply) = (now(m, w), Said::new(said), Reply::default());
        if call == START {
            if let Some(started) = start(now, &mut said, bits()) {
                reply.number(self.keep(started));
            }
        } else if let Some(mut known) = self.replace(core, None) {
            // A trap leaves the engine it happened in out of its place, and no other one blocked.
            calls::make(&mut known, call, now, &mut said, &mut reply);
            if call != END {
                self.replace(core, Some(known));
            }
        }
        reply.into_bytes()
    }

    /// Puts an engine in the first free place and gives its number.
    fn keep(&self, core: Core) -> f64 {
        let mut cores = self.cores.borrow_mut();
        let place = cores.iter().position(Option::is_none);
        let place = place.unwrap_or_else(|| {
            cores.push(None);
            cores.len() - 1
        });
        cores[place] = Some(Box::new(core));
        (place + 1) as f64
    }

    fn replace(&self, core: u32, with: Option<Box<Core>>) -> Option<Box<Core>> {
        let mut cores = self.cores.borrow_mut();
        let place = cores.get_mut((core as usize).wrapping_sub(1))?;
        std::mem::replace(place, with)
    }
}
