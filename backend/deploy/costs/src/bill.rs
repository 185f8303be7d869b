//! A bill: charges, each a quantity of something with a price.

use crate::prices::{Prices, Region};

/// One line of a bill.
#[derive(Debug, Clone, PartialEq)]
pub struct Charge {
    /// What it is for, in words of the tables.
    pub what: &'static str,
    /// Dollars.
    pub usd: f64,
}

/// Charges in the order of the pipeline; those for the same thing are one.
#[derive(Debug)]
pub struct Bill<'a> {
    prices: &'a Prices,
    region: Region,
    charges: Vec<Charge>,
}

impl<'a> Bill<'a> {
    /// An empty one.
    #[must_use]
    pub fn new(prices: &'a Prices, region: Region) -> Self {
        Self {
            prices,
            region,
            charges: Vec::new(),
        }
    }

    /// Adds so many units of what has this price.
    pub fn add(&mut self, what: &'static str, price: &str, units: f64) {
        let usd = units * self.prices.usd(price, self.region);
        match self.charges.iter_mut().find(|charge| charge.what == what) {
            Some(charge) => charge.usd += usd,
            None => self.charges.push(Charge { what, usd }),
        }
    }

    /// Its charges.
    #[must_use]
    pub fn charges(&self) -> &[Charge] {
        &self.charges
    }

    /// Their sum in dollars.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.charges.iter().map(|charge| charge.usd).sum()
    }
}
