//! What the page asks its server for: slates of recommendations, the list of articles, one item.

use std::sync::Arc;

use anyhow::{Result, bail};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::Site;
use super::catalogue::{Catalogue, Choice, Item};

/// Who chose the items of a slate, in the data's words.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Every item is equally likely.
    Random,
    /// Bernoulli Thompson sampling.
    Bts,
}

impl Policy {
    /// The policy of this name.
    ///
    /// # Errors
    /// Where the data has none of this name.
    pub fn named(name: &str) -> Result<Self> {
        match name {
            "random" => Ok(Self::Random),
            "bts" => Ok(Self::Bts),
            _ => bail!("no policy is named {name}"),
        }
    }

    /// `random` or `bts`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Bts => "bts",
        }
    }

    /// The one it is compared with.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Random => Self::Bts,
            Self::Bts => Self::Random,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct SlateWish {
    campaign: String,
    policy: Policy,
}

/// Three recommendations, as the policy would show them side by side.
#[derive(Debug, Serialize)]
pub(super) struct Slate {
    /// Names this answer: what the page shows of it carries this id.
    request: String,
    model: String,
    exploration: bool,
    items: Vec<Recommended>,
}

#[derive(Debug, Serialize)]
struct Recommended {
    #[serde(flatten)]
    item: Item,
    position: u32,
    propensity: f64,
}

pub(super) async fn slate(
    State(site): State<Arc<Site>>,
    Query(wish): Query<SlateWish>,
) -> Result<Json<Slate>, StatusCode> {
    let random = || getrandom::u64().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR);
    let request = format!("r{:016x}", random()?);
    let mut items: Vec<Recommended> = Vec::new();
    for position in 1..=POSITIONS {
        let choices = site
            .catalogue
            .choices(&wish.campaign, wish.policy, position);
        let taken: Vec<u32> = items.iter().map(|item| item.item.item).collect();
        let choice = draw(choices, &taken, random()?).ok_or(StatusCode::NOT_FOUND)?;
        let item =
            known(&site.catalogue, &wish.campaign, choice.item).ok_or(StatusCode::NOT_FOUND)?;
        items.push(Recommended {
            item,
            position,
            propensity: choice.propensity,
        });
    }
    Ok(Json(Slate {
        request,
        model: format!("{}@obd", wish.policy.as_str()),
        exploration: wish.policy == Policy::Random,
        items,
    }))
}

/// One logged choice, drawn evenly, so that items come as often as the policy chose them; none that the slate has already.
fn draw(choices: &[Choice], taken: &[u32], random: u64) -> Option<Choice> {
    let length = u64::try_from(choices.len())
        .ok()
        .filter(|length| *length > 0)?;
    let first = usize::try_from(random % length).ok()?;
    let from_there = choices[first..].iter().chain(&choices[..first]);
    from_there
        .copied()
        .find(|choice| !taken.contains(&choice.item))
}

#[derive(Debug, Deserialize)]
pub(super) struct FeedWish {
    campaign: String,
    #[serde(default)]
    from: usize,
}

/// A part of the list of articles.
#[derive(Debug, Serialize)]
pub(super) struct Feed {
    items: Vec<Item>,
    /// Where the next part begins; `null` at the end of the list.
    next: Option<usize>,
}

pub(super) async fn feed(
    State(site): State<Arc<Site>>,
    Query(wish): Query<FeedWish>,
) -> Result<Json<Feed>, StatusCode> {
    let all = site
        .catalogue
        .items(&wish.campaign)
        .ok_or(StatusCode::NOT_FOUND)?;
    let items: Vec<Item> = all
        .iter()
        .skip(wish.from)
        .take(FEED_PART)
        .cloned()
        .collect();
    let next = wish.from.saturating_add(FEED_PART);
    Ok(Json(Feed {
        items,
        next: (next < all.len()).then_some(next),
    }))
}

#[derive(Debug, Deserialize)]
pub(super) struct ItemWish {
    campaign: String,
    item: u32,
}

pub(super) async fn item(
    State(site): State<Arc<Site>>,
    Query(wish): Query<ItemWish>,
) -> Result<Json<Item>, StatusCode> {
    known(&site.catalogue, &wish.campaign, wish.item)
        .map(Json)
        .ok_or(StatusCode::NOT_FOUND)
}

fn known(catalogue: &Catalogue, campaign: &str, item: u32) -> Option<Item> {
    catalogue
        .items(campaign)?
        .iter()
        .find(|one| one.item == item)
        .cloned()
}

/// The data shows three items side by side.
const POSITIONS: u32 = 3;
/// How many articles the page gets at a time.
const FEED_PART: usize = 8;

#[cfg(test)]
mod tests {
    use super::{Choice, draw};

    #[test]
    fn a_slate_never_shows_an_item_twice() {
        let choices = [3, 3, 5].map(|item| Choice {
            item,
            propensity: 0.1,
        });
        for random in 0..3 {
            assert_eq!(
                draw(&choices, &[3], random).map(|choice| choice.item),
                Some(5)
            );
        }
        assert!(draw(&choices, &[3, 5], 1).is_none());
        assert!(draw(&[], &[], 1).is_none());
    }
}
