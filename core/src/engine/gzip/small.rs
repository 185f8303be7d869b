//! gzip for wasm in a tenth of the code of a general library: one deflate block with fixed codes, read back only as written here.
#![expect(
    clippy::cast_possible_truncation,
    reason = "a batch is far below 4 GiB, and bits are taken off a number from its low end"
)]

use crate::limits::BATCH_BYTES_MAX;

pub(in crate::engine) fn compress(raw: &[u8]) -> Vec<u8> {
    let mut to = BitWriter {
        out: HEAD.to_vec(),
        ..BitWriter::default()
    };
    to.put(LAST_BLOCK_WITH_FIXED_CODES, 3);
    let mut seen = Seen::new(raw.len());
    let mut at = 0;
    while at < raw.len() {
        let (len, back) = seen.longest(raw, at);
        let next = if len < REPEAT_MIN {
            to.symbol(u32::from(raw[at]));
            at + 1
        } else {
            to.repeat(len, back);
            at + len
        };
        while at < next {
            seen.note(raw, at);
            at += 1;
        }
    }
    to.symbol(END);
    // The last byte's unused bits.
    to.put(0, 7);
    to.out.extend_from_slice(&crc32(raw).to_le_bytes());
    to.out.extend_from_slice(&(raw.len() as u32).to_le_bytes());
    to.out
}

/// `None` when the input is damaged, not of [`compress`], or larger than a batch may be.
pub(in crate::engine) fn decompress(zipped: &[u8]) -> Option<Vec<u8>> {
    let body = zipped.strip_prefix(&HEAD)?;
    let (deflated, tail) = body.split_at(body.len().checked_sub(8)?);
    let mut from = BitReader {
        bytes: deflated,
        at: 0,
    };
    if from.bits(3)? != LAST_BLOCK_WITH_FIXED_CODES {
        return None;
    }
    let mut raw = Vec::new();
    loop {
        let symbol = from.symbol()?;
        if symbol == END {
            break;
        }
        let (len, back) = if symbol < END {
            raw.push(symbol as u8);
            (0, 0)
        } else {
            let len = from.number(symbol - END - 1, LENGTH)? + 3;
            let code = from.code(5, 0)?;
            (len as usize, from.number(code, DISTANCE)? as usize + 1)
        };
        let start = raw.len().checked_sub(back)?;
        if raw.len() + len > BATCH_BYTES_MAX {
            return None;
        }
        for at in start..start + len {
            raw.push(raw[at]);
        }
    }
    let mut end = crc32(&raw).to_le_bytes().to_vec();
    end.extend_from_slice(&(raw.len() as u32).to_le_bytes());
    // Nothing may follow but the bits that fill the last byte.
    (tail == end && from.at.div_ceil(8) == deflated.len()).then_some(raw)
}

/// Where the same four bytes stood before: by hash the last place, and for each place the one before it. Places count from 1.
struct Seen {
    last: Vec<u32>,
    before: Vec<u32>,
}

impl Seen {
    fn new(len: usize) -> Self {
        Self {
            last: vec![0; 1 << HASH_BITS],
            before: vec![0; len],
        }
    }

    /// `None` where fewer than four bytes are left.
    fn slot(&mut self, raw: &[u8], at: usize) -> Option<&mut u32> {
        let four = raw.get(at..at + REPEAT_MIN)?;
        let hash = four.iter().fold(0, |hash: u32, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(0x9e37_79b1)
        });
        self.last.get_mut((hash >> (32 - HASH_BITS)) as usize)
    }

    fn note(&mut self, raw: &[u8], at: usize) {
        if let Some(slot) = self.slot(raw, at) {
            let before = std::mem::replace(slot, at as u32 + 1);
            self.before[at] = before;
        }
    }

    /// The longest earlier run of the bytes at `at`, and how far back it starts.
    fn longest(&mut self, raw: &[u8], at: usize) -> (usize, usize) {
        let mut best = (0, 0);
        let mut place = self.slot(raw, at).map_or(0, |slot| *slot) as usize;
        let rest = &raw[at..raw.len().min(at + REPEAT_MAX)];
        for _ in 0..LOOKS {
            if place == 0 || at + 1 - place > WINDOW {
                break;
            }
            let same = rest.iter().zip(&raw[place - 1..]);
            let len = same.take_while(|(a, b)| a == b).count();
            if len > best.0 {
                best = (len, at + 1 - place);
            }
            place = self.before[place - 1] as usize;
        }
        best
    }
}

/// How deflate writes a large number: the first bits of it in the code, the rest as they are (RFC 1951 §3.2.5).
#[derive(Clone, Copy)]
struct Shape {
    /// Bits after the leading one that are in the code.
    head_bits: u32,
}

const LENGTH: Shape = Shape { head_bits: 2 };
const DISTANCE: Shape = Shape { head_bits: 1 };

#[derive(Default)]
struct BitWriter {
    out: Vec<u8>,
    held: u32,
    count: u32,
}

impl BitWriter {
    /// Appends the low `count` bits, at most 16, lowest first.
    #[inline(never)]
    fn put(&mut self, bits: u32, count: u32) {
        self.held |= bits << self.count;
        self.count += count;
        while self.count >= 8 {
            self.out.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// Appends a code: highest bit first.
    fn code(&mut self, code: u32, count: u32) {
        for bit in (0..count).rev() {
            self.put(code >> bit & 1, 1);
        }
    }

    fn symbol(&mut self, symbol: u32) {
        match symbol {
            0..=143 => self.code(0x30 + symbol, 8),
            144..=255 => self.code(0x190 - 144 + symbol, 9),
            // Up to 279; those above stand for runs longer than REPEAT_MAX.
            _ => self.code(symbol - END, 7),
        }
    }

    fn repeat(&mut self, len: usize, back: usize) {
        let (code, rest, bits) = LENGTH.split(len as u32 - 3);
        self.symbol(END + 1 + code);
        self.put(rest, bits);
        let (code, rest, bits) = DISTANCE.split(back as u32 - 1);
        self.code(code, 5);
        self.put(rest, bits);
    }
}

impl Shape {
    /// The code, what is left, and of how many bits that is.
    fn split(self, number: u32) -> (u32, u32, u32) {
        let head = self.head_bits;
        let bits = (31 - head).saturating_sub((number | 1).leading_zeros());
        (
            (bits << head) + (number >> bits),
            number & ((1 << bits) - 1),
            bits,
        )
    }
}

struct BitReader<'a> {
    bytes: &'a [u8],
    /// In bits.
    at: usize,
}

impl BitReader<'_> {
    fn bit(&mut self) -> Option<u32> {
        let byte = *self.bytes.get(self.at / 8)?;
        let bit = byte >> (self.at % 8) & 1;
        self.at += 1;
        Some(u32::from(bit))
    }

    /// Lowest first.
    fn bits(&mut self, count: u32) -> Option<u32> {
        let mut bits = 0;
        for place in 0..count {
            bits |= self.bit()? << place;
        }
        Some(bits)
    }

    /// `count` more bits of a code, highest first.
    fn code(&mut self, count: u32, mut code: u32) -> Option<u32> {
        for _ in 0..count {
            code = code << 1 | self.bit()?;
        }
        Some(code)
    }

    fn symbol(&mut self) -> Option<u32> {
        let seven = self.code(7, 0)?;
        if seven < 0x18 {
            return Some(END + seven);
        }
        let eight = self.code(1, seven)?;
        match eight {
            0x30..=0xbf => Some(eight - 0x30),
            0xc0..=0xc7 => None,
            _ => Some(self.code(1, eight)? + 144 - 0x190),
        }
    }

    fn number(&mut self, code: u32, shape: Shape) -> Option<u32> {
        let head = shape.head_bits;
        let bits = (code >> head).saturating_sub(1);
        let upper = code - (bits << head);
        Some((upper << bits) + self.bits(bits)?)
    }
}

/// A bit at a time: batches are small, and a table costs more bytes than it saves time.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

/// Deflate, no flags, no time, unknown system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
const LAST_BLOCK_WITH_FIXED_CODES: u32 = 0b011;
const END: u32 = 256;
const HASH_BITS: u32 = 12;
/// Ours: three bytes again save nothing over three literals that far apart.
const REPEAT_MIN: usize = 4;
/// One short of 115, the longest run whose code has seven bits.
const REPEAT_MAX: usize = 114;
/// How far back deflate can point.
const WINDOW: usize = 32 * 1024;
/// Ours: more places looked at gain less than 1 %.
const LOOKS: usize = 32;
