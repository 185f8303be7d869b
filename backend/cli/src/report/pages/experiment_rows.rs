//! The counts behind an experiment: variants by segment, and sums over visitors.

use std::collections::BTreeMap;

use super::Scope;
use crate::report::cells::name;
use crate::report::error::ReportError;
use crate::report::options::Options;
use crate::report::rows::{Query, query};
use crate::report::stats::{ClusterSums, Counted};

const EXPERIMENT: Query = query!("experiment.sql");
const VISITORS: Query = query!("experiment_visitors.sql");

/// What one variant showed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Arm {
    pub(super) clicked: Counted,
    pub(super) viewable: Counted,
    pub(super) explored: u64,
}

/// Variants of one part of the traffic, by name.
pub(super) type Arms = BTreeMap<String, Arm>;

/// All of the traffic, and its parts.
#[derive(Debug, Default)]
pub(super) struct Segments {
    pub(super) all: Arms,
    /// By affiliate, then by placement where there are several.
    pub(super) parts: Vec<(String, Arms)>,
}

pub(super) async fn segments(scope: Scope<'_>) -> Result<Segments, ReportError> {
    let mut all = Arms::new();
    let mut affiliates: BTreeMap<String, Arms> = BTreeMap::new();
    let mut placements: BTreeMap<String, Arms> = BTreeMap::new();
    for row in EXPERIMENT.run(scope.ctx).await? {
        let variant = name(row.text("variant")?);
        let clicked = Counted::new(row.count("clicks")?, row.count("impressions")?);
        let viewable = Counted::new(row.count("viewables")?, row.count("measurable")?);
        let explored = row.count("explored")?;
        let affiliate = affiliates
            .entry(name(row.text("affiliate_id")?))
            .or_default();
        let placement = placements
            .entry(name(row.text("placement_id")?))
            .or_default();
        for arms in [&mut all, affiliate, placement] {
            let arm = arms.entry(variant.clone()).or_default();
            arm.clicked += clicked;
            arm.viewable += viewable;
            arm.explored += explored;
        }
    }
    let mut parts = Vec::new();
    for (what, by) in [("affiliate", affiliates), ("placement", placements)] {
        if by.len() > 1 {
            // A placement that only one affiliate has, and that is all it has, would say the same twice.
            let known: Vec<Arms> = parts
                .iter()
                .map(|part: &(String, Arms)| part.1.clone())
                .collect();
            let fresh = by.into_iter().filter(|(_, arms)| !known.contains(arms));
            parts.extend(fresh.map(|(name, arms)| (format!("{what} {name}"), arms)));
        }
    }
    Ok(Segments { all, parts })
}

/// The variant the others are compared with: the one asked for, `control`, the one with most exploration, or the first.
pub(super) fn control(arms: &Arms, options: &Options) -> Option<String> {
    let wanted = options.control.as_deref().unwrap_or("control");
    if arms.contains_key(wanted) {
        return Some(wanted.to_owned());
    }
    let explored = |arm: &Arm| Counted::new(arm.explored, arm.clicked.n).rate();
    // Of equals the first by name, so that the choice never depends on the order of rows.
    arms.iter()
        .rev()
        .max_by(|a, b| explored(a.1).total_cmp(&explored(b.1)))
        .map(|(name, _)| name.clone())
}

/// A variant's visitors.
pub(super) struct Visitors {
    pub(super) variant: String,
    pub(super) sums: ClusterSums,
    /// Those who saw another variant too.
    pub(super) mixed: u64,
}

pub(super) async fn visitors(scope: Scope<'_>) -> Result<Vec<Visitors>, ReportError> {
    let mut visitors = Vec::new();
    for row in VISITORS.run(scope.ctx).await? {
        let sum = |column| row.real(column).map(|x| x.unwrap_or(0.0));
        visitors.push(Visitors {
            variant: name(row.text("variant")?),
            sums: ClusterSums {
                visitors: row.count("visitors")?,
                n: sum("n")?,
                x: sum("x")?,
                nn: sum("nn")?,
                nx: sum("nx")?,
                xx: sum("xx")?,
            },
            mixed: row.count("mixed")?,
        });
    }
    Ok(visitors)
}
