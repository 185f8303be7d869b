//! The items of the real data, and the choices that two policies made among them.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use serde::Serialize;

use super::slates::Policy;
use crate::replay::{self, Row};

/// The log, by what a page asks for.
#[derive(Debug)]
pub(super) struct Catalogue {
    /// By campaign, policy and position: which items were shown there, with which propensity; one entry an impression.
    choices: BTreeMap<(String, Policy, u32), Vec<Choice>>,
    /// By campaign: its items, the most clicked first.
    items: BTreeMap<String, Vec<Item>>,
}

/// One impression of the log.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    pub(super) item: u32,
    pub(super) propensity: f64,
}

/// What the log says of one item.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Item {
    pub(super) campaign: String,
    pub(super) item: u32,
    /// How often it was shown.
    pub(super) shown: u32,
    /// How often it was clicked.
    pub(super) clicks: u32,
}

impl Catalogue {
    /// Reads the log that is built into this program.
    pub(super) fn read() -> Result<Self> {
        Self::of(&replay::read_from(LOG, "the data built in")?)
    }

    fn of(rows: &[Row]) -> Result<Self> {
        let mut choices: BTreeMap<_, Vec<Choice>> = BTreeMap::new();
        let mut items: BTreeMap<String, BTreeMap<u32, Item>> = BTreeMap::new();
        for row in rows {
            let policy = Policy::named(&row.policy)?;
            let choice = Choice {
                item: row.item_id,
                propensity: row.propensity_score,
            };
            choices
                .entry((row.campaign.clone(), policy, row.position))
                .or_default()
                .push(choice);
            let item = items
                .entry(row.campaign.clone())
                .or_default()
                .entry(row.item_id)
                .or_default();
            item.shown += 1;
            item.clicks += u32::from(row.click);
        }
        ensure!(!items.is_empty(), "the data holds no item");
        let sorted = |(campaign, items): (String, BTreeMap<u32, Item>)| {
            let mut items: Vec<Item> = items
                .into_iter()
                .map(|(number, item)| Item {
                    campaign: campaign.clone(),
                    item: number,
                    ..item
                })
                .collect();
            items.sort_by_key(|item| (std::cmp::Reverse(item.clicks), item.item));
            (campaign, items)
        };
        Ok(Self {
            choices,
            items: items.into_iter().map(sorted).collect(),
        })
    }

    /// The items of a campaign, the most clicked first.
    pub(super) fn items(&self, campaign: &str) -> Option<&[Item]> {
        self.items.get(campaign).map(Vec::as_slice)
    }

    /// What a policy chose for a position; empty where the log has none.
    pub(super) fn choices(&self, campaign: &str, policy: Policy, position: u32) -> &[Choice] {
        let key = (campaign.to_owned(), policy, position);
        self.choices
            .get(&key)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}

/// 60,000 impressions of the Open Bandit Dataset (examples/data/README.md): built in, so that an installed program has them too.
const LOG: &[u8] = include_bytes!("../../../../examples/data/open-bandit.csv.gz");
