//! gzip (RFC 1952), in one of two ways behind the same names.

#[cfg(any(test, target_family = "wasm", feature = "fuzzing"))]
mod small;
#[cfg(not(target_family = "wasm"))]
mod zlib;

#[cfg(target_family = "wasm")]
pub(super) use small::{compress, decompress};
#[cfg(not(target_family = "wasm"))]
pub(super) use zlib::{compress, decompress};

/// What the fuzz target drives.
#[cfg(feature = "fuzzing")]
pub mod fuzzing {
    use super::small;

    /// One gzip member.
    #[must_use]
    pub fn compress(raw: &[u8]) -> Vec<u8> {
        small::compress(raw)
    }

    /// `None` when the input is damaged, not of [`compress`], or larger than a batch may be.
    #[must_use]
    pub fn decompress(zipped: &[u8]) -> Option<Vec<u8>> {
        small::decompress(zipped)
    }
}

#[cfg(test)]
mod tests {
    use super::{small, zlib};
    use proptest::prelude::*;

    type Compress = fn(&[u8]) -> Vec<u8>;
    type Decompress = fn(&[u8]) -> Option<Vec<u8>>;

    const WAYS: [(Compress, Decompress); 2] = [
        (small::compress, small::decompress),
        (zlib::compress, zlib::decompress),
    ];

    /// Text that repeats itself near and far, as events do, and bytes that do not.
    fn any_raw() -> impl Strategy<Value = Vec<u8>> {
        let words = prop_oneof![
            Just(b"\"imp\":17,\"c\":\"item-men-14\",\"pl\":\"recs-top\"".to_vec()),
            (0..3_u8, 1..400_usize).prop_map(|(byte, times)| vec![byte; times]),
            proptest::collection::vec(any::<u8>(), 0..2_000),
        ];
        proptest::collection::vec(words, 0..60).prop_map(|words| words.concat())
    }

    #[test]
    fn a_repeat_at_the_end_of_the_window_is_read() {
        let mut bits = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            bits = bits.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            bits.to_be_bytes()[0]
        })
        .take(32 * 1024)
        .collect();
        for gap in 0..3 {
            let raw = [&noise[..], &noise[..gap], &noise[..500]].concat();
            assert_eq!(zlib::decompress(&small::compress(&raw)), Some(raw));
        }
    }

    proptest! {
        #[test]
        fn each_way_reads_what_either_wrote(raw in any_raw()) {
            for (compress, _) in WAYS {
                let read = zlib::decompress(&compress(&raw));
                prop_assert_eq!(read.as_ref(), Some(&raw));
            }
            prop_assert_eq!(small::decompress(&small::compress(&raw)), Some(raw));
        }

        #[test]
        fn a_cut_is_noticed(raw in any_raw(), at: usize) {
            for (compress, decompress) in WAYS {
                let mut zipped = compress(&raw);
                zipped.truncate(at % zipped.len());
                prop_assert_eq!(decompress(&zipped), None);
            }
        }
    }

    proptest! {
        #[test]
        fn damage_is_noticed(raw in any_raw(), at: usize) {
            let mut zipped = small::compress(&raw);
            let at = at % (8 * zipped.len());
            zipped[at / 8] ^= 1 << (at % 8);
            // A flip may point a repeat at another place where the same bytes stand.
            prop_assert!(small::decompress(&zipped).is_none_or(|read| read == raw));
        }
    }

    #[test]
    fn a_bomb_is_refused() {
        let bomb = vec![0; crate::limits::BATCH_BYTES_MAX + 1];
        for (compress, decompress) in WAYS {
            assert_eq!(decompress(&compress(&bomb)), None);
        }
    }
}
