//! Checked numbers: shares, sampling rates and money that exist only when they make sense.

/// A number is outside the range of what it was meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be {range}")]
pub struct InvalidNumber {
    /// The kind of number, such as `propensity`.
    pub what: &'static str,
    /// The allowed range in words.
    pub range: &'static str,
}

/// The probability with which the content was chosen for its position: above 0, at most 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Propensity(f64);

impl Propensity {
    /// Checks a propensity.
    ///
    /// # Errors
    /// [`InvalidNumber`] unless it is above 0 and at most 1: inverse propensity weights divide by it.
    pub fn new(value: f64) -> Result<Self, InvalidNumber> {
        if value > 0.0 && value <= 1.0 {
            Ok(Self(value))
        } else {
            Err(InvalidNumber {
                what: "propensity",
                range: "above 0 and at most 1",
            })
        }
    }

    /// The probability.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.0
    }
}

/// The share of sessions that is recorded: above 0, at most 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct SamplingRate(f64);

impl SamplingRate {
    /// Every session is recorded.
    pub const ALL: Self = Self(1.0);

    /// Checks a sampling rate.
    ///
    /// # Errors
    /// [`InvalidNumber`] unless it is above 0 and at most 1. To record nothing, deny consent.
    pub fn new(value: f64) -> Result<Self, InvalidNumber> {
        if value > 0.0 && value <= 1.0 {
            Ok(Self(value))
        } else {
            Err(InvalidNumber {
                what: "sampling rate",
                range: "above 0 and at most 1",
            })
        }
    }

    /// The share.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.0
    }
}

/// An amount of money in minor units (cents, yen) with its ISO 4217 currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    minor_units: i64,
    currency: [u8; 3],
}

impl Money {
    /// Checks an amount.
    ///
    /// # Errors
    /// [`InvalidNumber`] unless the currency is three capital letters and the amount within ±10^12
    /// ([`limits::VALUE_MAX`](crate::limits::VALUE_MAX)).
    pub fn new(minor_units: i64, currency: &str) -> Result<Self, InvalidNumber> {
        let letters: [u8; 3] = currency
            .as_bytes()
            .try_into()
            .ok()
            .filter(|letters: &[u8; 3]| letters.iter().all(u8::is_ascii_uppercase))
            .ok_or(InvalidNumber {
                what: "currency",
                range: "three capital letters of ISO 4217",
            })?;
        if minor_units.unsigned_abs() > crate::limits::VALUE_MAX {
            return Err(InvalidNumber {
                what: "amount",
                range: "within 10^12 minor units",
            });
        }
        Ok(Self {
            minor_units,
            currency: letters,
        })
    }

    /// The amount in minor units.
    #[must_use]
    pub fn minor_units(&self) -> i64 {
        self.minor_units
    }

    /// The currency's three letters.
    #[must_use]
    pub fn currency(&self) -> &str {
        std::str::from_utf8(&self.currency).expect("a currency is made of capital letters only")
    }
}

#[cfg(test)]
mod tests {
    use super::{Money, Propensity, SamplingRate};

    #[test]
    fn a_propensity_of_zero_or_nan_does_not_exist() {
        for value in [0.0, -0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(Propensity::new(value).is_err(), "{value}");
            assert!(SamplingRate::new(value).is_err(), "{value}");
        }
        assert!(Propensity::new(1.0).is_ok());
    }

    #[test]
    fn money_needs_a_currency_of_three_capital_letters() {
        assert_eq!(Money::new(1_200, "JPY").unwrap().currency(), "JPY");
        for currency in ["", "jpy", "YENS", "¥¥"] {
            assert!(Money::new(1, currency).is_err(), "{currency}");
        }
    }

    #[test]
    fn money_is_bound_as_the_wire_is() {
        assert!(Money::new(-1_000_000_000_000, "JPY").is_ok());
        assert!(Money::new(1_000_000_000_001, "JPY").is_err());
    }
}
