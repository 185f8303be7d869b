//! The engine built for this machine behind the surface of the web build: what WebAssembly and JavaScript are compared with.
//!
//! Each line of standard input is a call as the host makes it, in words: the core's number, the call's, the two clocks, and
//! what it says in hex; each line of standard output is the reply in hex. Random bits are `SplitMix64`, from the number in
//! the first argument plus that of the start, so that ids are the same everywhere.

use std::io::{BufRead, Write};

use eyeline_core::Entropy;
use eyeline_web::Tabs;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut seed: u64 = std::env::args().nth(1).ok_or("say the seed")?.parse()?;
    let tabs = Tabs::new();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let mut words = line.split(' ');
        let mut word = || words.next().ok_or("a call has five words");
        let (core, call) = (word()?.parse()?, word()?.parse()?);
        let (m, w) = (word()?.parse()?, word()?.parse()?);
        let reply = tabs.call(core, call, m, w, &bytes(word()?)?, || {
            seed += 1;
            Box::new(Seeded(seed))
        });
        writeln!(out, "{}", hex(&reply))?;
    }
    Ok(())
}

fn bytes(hex: &str) -> Result<Vec<u8>, Failure> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|pair| Ok(u8::from_str_radix(str::from_utf8(pair)?, 16)?))
        .collect()
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
