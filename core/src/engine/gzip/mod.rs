//! gzip (RFC 1952), in one of two ways behind the same names.

#[cfg(any(test, target_family = "wasm"))]
mod small;
#[cfg(not(target_family = "wasm"))]
mod zlib;

#[cfg(target_family = "wasm")]
pub(super) use small::{compress, decompress};
#[cfg(not(target_family = "wasm"))]
pub(super) use zlib::{compress, decompress};

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

    proptest! {
        #[test]
        fn each_way_reads_what_either_wrote(raw: Vec<u8>) {
            for (compress, _) in WAYS {
                let read = zlib::decompress(&compress(&raw));
                prop_assert_eq!(read.as_ref(), Some(&raw));
            }
            prop_assert_eq!(small::decompress(&small::compress(&raw)), Some(raw));
        }

        #[test]
        fn a_cut_is_noticed(raw: Vec<u8>, at: usize) {
            for (compress, decompress) in WAYS {
                let mut zipped = compress(&raw);
                zipped.truncate(at % zipped.len());
                prop_assert_eq!(decompress(&zipped), None);
            }
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
