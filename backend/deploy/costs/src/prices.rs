//! Prices, from one file that names the page of each.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Where the pipeline runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// us-east-1.
    Virginia,
    /// ap-northeast-1.
    Tokyo,
}

/// What one unit costs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// What is paid for.
    pub unit: String,
    #[serde(rename = "us-east-1")]
    virginia: f64,
    #[serde(rename = "ap-northeast-1")]
    tokyo: f64,
    /// `page`, or `memory` where nobody has looked it up there yet.
    pub known: Known,
    /// AWS's public page.
    pub page: String,
}

/// How a price came into the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Known {
    /// Read on its page.
    Page,
    /// Recalled; to be checked there.
    Memory,
}

/// All prices, and the day they are of.
#[derive(Debug, Deserialize)]
pub struct Prices {
    /// As 2026-11-24.
    pub read: String,
    /// By name.
    pub prices: BTreeMap<String, Price>,
}

impl Prices {
    /// What prices.json says.
    ///
    /// # Panics
    /// Where it is malformed, which a test finds.
    #[must_use]
    pub fn committed() -> Self {
        serde_json::from_str(include_str!("../prices.json")).expect("prices.json is well formed")
    }

    /// Dollars a unit.
    ///
    /// # Panics
    /// Where there is no such price; every name in the code is tested.
    #[must_use]
    pub fn usd(&self, name: &str, region: Region) -> f64 {
        let price = self
            .prices
            .get(name)
            .expect("a charge names a price of the file");
        match region {
            Region::Virginia => price.virginia,
            Region::Tokyo => price.tokyo,
        }
    }
}

#[cfg(test)]
impl Prices {
    /// Doubles one.
    pub(crate) fn raise(&mut self, name: &str) {
        let price = self.prices.get_mut(name).unwrap();
        price.virginia *= 2.0;
        price.tokyo *= 2.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_price_is_above_zero_and_names_its_page() {
        for (name, price) in Prices::committed().prices {
            assert!(price.virginia > 0.0 && price.tokyo > 0.0, "{name}");
            assert!(price.page.starts_with("https://aws.amazon.com/"), "{name}");
        }
    }
}
