//! Scalars as compact JSON: the only places where the wire's bytes are made, so that the web needs no formatting library.

/// Appends a JSON string. Everything below 0x20 is escaped, so no raw control byte ever reaches a line.
pub(super) fn write_text(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    out.push(b'"');
    while let Some(at) = rest.iter().position(must_escape) {
        out.extend_from_slice(&rest[..at]);
        write_escape(rest[at], out);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn must_escape(byte: &u8) -> bool {
    *byte < 0x20 || matches!(byte, b'"' | b'\\')
}

fn write_escape(byte: u8, out: &mut Vec<u8>) {
    let short = match byte {
        8 => b'b',
        9 => b't',
        10 => b'n',
        12 => b'f',
        13 => b'r',
        0..0x20 => 0,
        _ => byte,
    };
    out.push(b'\\');
    if short == 0 {
        let hex = |four: u8| HEX[usize::from(four)];
        out.extend_from_slice(&[b'u', b'0', b'0', hex(byte >> 4), hex(byte & 15)]);
    } else {
        out.push(short);
    }
}

/// Appends a whole number.
pub(crate) fn write_whole(number: u64, out: &mut Vec<u8>) {
    let (digits, first) = digits(number);
    out.extend_from_slice(&digits[first..]);
}

/// Appends a whole number to text that is not JSON.
pub(crate) fn push_whole(number: u64, text: &mut String) {
    let (digits, first) = digits(number);
    for digit in &digits[first..] {
        text.push(char::from(*digit));
    }
}

/// A number's digits, and where the first one stands.
fn digits(mut number: u64) -> ([u8; 20], usize) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = take_digit(&mut number);
        if number == 0 {
            return (digits, first);
        }
    }
}

/// Appends a whole number that may be negative.
pub(super) fn write_signed(number: i64, out: &mut Vec<u8>) {
    if number < 0 {
        out.push(b'-');
    }
    write_whole(number.unsigned_abs(), out);
}

/// Takes the last digit off.
fn take_digit(number: &mut u64) -> u8 {
    let digit = b'0' + (*number % 10).to_le_bytes()[0];
    *number /= 10;
    digit
}

#[cfg(feature = "decode")]
pub(super) use shortest::write_float;
#[cfg(not(feature = "decode"))]
pub(super) use small::write_float;

#[cfg(feature = "decode")]
mod shortest {
    use super::small;

    /// Appends the shortest decimal that reads back as this number: a share as every host writes it, wherever that is exact.
    /// JSON has no NaN and no infinity: they are written as `null`, which no reader takes for a number.
    pub(in crate::wire) fn write_float(number: f64, out: &mut Vec<u8>) {
        if number > 0.0 && number <= 1.0 {
            let before = out.len();
            if small::write_share(number, out) {
                return;
            }
            out.truncate(before);
        }
        let written = serde_json::to_writer(out, &number);
        debug_assert!(written.is_ok(), "a vector takes every byte");
    }
}

/// For hosts that only write: all they send are shares, above 0 and at most 1 (propensity, sampling rate).
mod small {
    use super::{take_digit, write_whole};

    #[cfg(any(test, not(feature = "decode")))]
    pub(in crate::wire) fn write_float(share: f64, out: &mut Vec<u8>) {
        write_share(share, out);
    }

    /// Appends a share as the shortest decimal that reads back as it, where 15 digits do; one that needs 17 may lose its last
    /// bit. What lies beyond 22 places is dropped, and nothing is smaller than 10^-22. Whether it reads back as it.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a float below 2^57 that was rounded, and is not negative"
    )]
    pub(super) fn write_share(share: f64, out: &mut Vec<u8>) -> bool {
        let (mut scale, mut places) = (1.0, 0);
        let (mut number, exact) = loop {
            let number = (share * scale).round_ties_even() as u64;
            // Both sides of the division are exact, so it rounds as a reader of the decimal does.
            let exact = number as f64 / scale == share && number < EXACT_BELOW;
            if exact || places == PLACES_MAX || number >= EXACT_BELOW {
                break (number.max(1), exact);
            }
            scale *= 10.0;
            places += 1;
        };
        if places == 0 {
            write_whole(number, out);
            out.extend_from_slice(b".0");
            return exact;
        }
        let mut digits = [0; PLACES_MAX];
        for digit in digits[..places].iter_mut().rev() {
            *digit = take_digit(&mut number);
        }
        out.extend_from_slice(b"0.");
        out.extend_from_slice(&digits[..places]);
        exact
    }

    /// The largest power of ten that a float holds exactly.
    const PLACES_MAX: usize = 22;
    /// From here on a float skips whole numbers.
    const EXACT_BELOW: u64 = 1 << 53;
}

const HEX: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::{small, write_float, write_signed, write_text, write_whole};
    use proptest::prelude::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    fn share(share: f64) -> String {
        written(|out| small::write_float(share, out))
    }

    #[test]
    fn a_share_is_written_as_a_person_would() {
        for text in [
            "1.0",
            "0.5",
            "0.087",
            "0.000001",
            "0.123456789012345",
            "0.0333333333333333",
        ] {
            assert_eq!(share(text.parse().unwrap()), text);
        }
    }

    #[test]
    fn no_share_is_written_as_nothing() {
        assert_eq!(share(f64::MIN_POSITIVE), "0.0000000000000000000001");
    }

    #[test]
    fn a_number_that_is_no_share_is_written_as_serde_json_does() {
        for number in [0.0, -0.5, 1.5, 1e300, f64::NAN, 0.300_000_000_000_000_04] {
            let text = written(|out| write_float(number, out));
            assert_eq!(text, serde_json::to_string(&number).unwrap());
        }
    }

    proptest! {
        #[test]
        fn a_share_of_fifteen_digits_is_written_alike_everywhere(digits in 1..1_000_000_000_000_000_u64, places in 15..18) {
            let number: f64 = format!("{digits}e-{places}").parse().unwrap();
            prop_assert_eq!(written(|out| write_float(number, out)), share(number));
        }

        #[test]
        fn every_share_comes_back_exactly_where_it_is_read(number in 0.0..=1.0) {
            prop_assert_eq!(written(|out| write_float(number, out)).parse::<f64>(), Ok(number));
        }

        #[test]
        fn text_is_written_as_serde_json_does(text: String) {
            prop_assert_eq!(written(|out| write_text(&text, out)), serde_json::to_string(&text).unwrap());
        }

        #[test]
        fn whole_numbers_are_written_in_full(number: u64, signed: i64) {
            prop_assert_eq!(written(|out| write_whole(number, out)), number.to_string());
            prop_assert_eq!(written(|out| write_signed(signed, out)), signed.to_string());
        }

        #[test]
        fn a_share_of_a_millionth_or_more_loses_its_last_bit_at_most(number in 1e-6..=1.0) {
            let read: f64 = share(number).parse().unwrap();
            prop_assert!((read - number).abs() <= number * f64::EPSILON, "{number} {read}");
        }

        #[test]
        fn fifteen_digits_come_back_exactly(digits in 1..1_000_000_000_000_000_u64, places in 15..18) {
            let number: f64 = format!("{digits}e-{places}").parse().unwrap();
            prop_assert_eq!(share(number).parse::<f64>(), Ok(number));
        }
    }
}
