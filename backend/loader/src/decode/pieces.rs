//! A raw object, piece by piece: how much of it is decoded at once, so that memory does not grow with what it holds.

use std::borrow::Cow;
use std::io::{self, Read};

use super::decoder::Decoder;
use super::lines::Lines;

type Unpack = fn(&[u8]) -> Cow<'_, [u8]>;

/// Hands the lines of one raw object, gzip or plain, to a decoder.
///
/// ```
/// use eyeline_loader::decode::{Decoder, Pieces, Salts};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut decoder = Decoder::new(Salts::new(b"a secret of thirty-two bytes ...")?);
/// let mut pieces = Pieces::new(&b"no line of ours\n"[..])?;
/// let mut rejected = 0;
/// loop {
///     let more = pieces.fill(&mut decoder)?;
///     rejected += decoder.finish()?.rejects.num_rows();
///     if !more {
///         break;
///     }
/// }
/// assert_eq!(rejected, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Pieces<R> {
    lines: Lines<R>,
    /// Gives the raw lines that a line of the object holds, where it is none itself.
    unpack: Option<Unpack>,
    chunk: Vec<u8>,
    /// Bytes at the front of the chunk that were pushed.
    done: usize,
}

impl<R: Read> Pieces<R> {
    /// Begins to read an object.
    ///
    /// # Errors
    /// What reading its first bytes reports.
    pub fn new(from: R) -> io::Result<Self> {
        Self::begin(from, None)
    }

    /// Begins to read an object whose lines hold raw lines in another form.
    #[cfg(feature = "engine")]
    pub(crate) fn unpacking(from: R, unpack: Unpack) -> io::Result<Self> {
        Self::begin(from, Some(unpack))
    }

    fn begin(from: R, unpack: Option<Unpack>) -> io::Result<Self> {
        Ok(Self {
            lines: Lines::new(from, OBJECT_BYTES_MAX)?,
            unpack,
            chunk: Vec::new(),
            done: 0,
        })
    }

    /// Pushes lines until the decoder holds a piece, to be [finished](Decoder::finish) then, or the object ends. Says whether more
    /// may come.
    ///
    /// # Errors
    /// As [`Lines::next_chunk`]. What the decoder holds by then is part of an object that can't be read as a whole.
    pub fn fill(&mut self, decoder: &mut Decoder) -> io::Result<bool> {
        loop {
            let rest = &self.chunk[self.done..];
            let left = decoder.push_some(rest, PIECE_TEXT_BYTES).len();
            self.done = self.chunk.len() - left;
            if decoder.rows() >= PIECE_ROWS || decoder.text_bytes() >= PIECE_TEXT_BYTES {
                return Ok(true);
            }
            let Some(chunk) = self.lines.next_chunk()? else {
                return Ok(false);
            };
            self.chunk.clear();
            let Some(unpack) = self.unpack else {
                self.chunk.extend_from_slice(chunk);
                self.done = 0;
                continue;
            };
            for line in chunk.split_inclusive(|byte| *byte == b'\n') {
                self.chunk.extend_from_slice(&unpack(line));
                // A record need not end as a line does.
                if !self.chunk.ends_with(b"\n") {
                    self.chunk.push(b'\n');
                }
            }
            self.done = 0;
        }
    }
}

/// Rows decoded at once, about. Larger pieces cost memory, smaller ones cost a small copy each for every bucket they go to.
const PIECE_ROWS: u64 = 16 << 10;

/// Bytes of text decoded at once; several times what as many rows hold otherwise.
const PIECE_TEXT_BYTES: usize = 32 << 20;

/// No delivery holds more: Firehose buffers at most 128 MB.
const OBJECT_BYTES_MAX: u64 = 4 << 30;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::Salts;

    /// A batch whose context is `bytes` long, and is repeated by each of its 400 events.
    fn line(number: usize, bytes: usize) -> String {
        let pairs: Vec<String> = (0..bytes / 256)
            .map(|pair| format!(r#""{pair:0128}":"{pair:0128}""#))
            .collect();
        let events: Vec<String> = (1..=400)
            .map(|n| format!(r#"{{"k":"page","n":{n},"dt":0}}"#))
            .collect();
        format!(
            r#"{{"rcv":1795168800000,"aff":"shop","gpc":0,"key":"web","w":1795168800000,"s":0,"att":1,"b":{{"v":"1-0-0","inst":"inst000000000001","bn":{number},"sdk":"web/1.0.0","t0":1795168800000,"src":{{"aff":"shop"}},"con":{{"mode":"full","gpc":0,"coppa":0}},"exp":{{{}}},"ev":[{}]}}}}"#,
            pairs.join(","),
            events.join(",")
        ) + "\n"
    }

    #[test]
    fn rows_far_larger_than_their_lines_come_in_small_pieces() {
        let text: String = (0..48).map(|number| line(number, 8 << 10)).collect();
        let salts = Salts::new(b"a secret of thirty-two bytes ...").unwrap();
        let mut decoder = Decoder::new(salts);
        let mut object = Pieces::new(text.as_bytes()).unwrap();
        let (mut rows, mut pieces, mut more) = (0, 0, true);
        while more {
            more = object.fill(&mut decoder).unwrap();
            assert!(decoder.text_bytes() < 2 * PIECE_TEXT_BYTES);
            rows += decoder.finish().unwrap().events.num_rows();
            pieces += 1;
        }
        assert_eq!(rows, 48 * 400);
        assert!(pieces > 1);
    }
}
