//! Who saw which row: cuts each log into visits, one SDK start each, contiguous in time, and gives each visit a visitor.

use std::collections::BTreeMap;

use super::data::Row;

/// One SDK start.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Visit {
    /// Row numbers in order of time, all of one policy and campaign.
    pub(super) rows: Vec<usize>,
    /// Whose visit it is: visitors come back, to the same policy and campaign.
    pub(super) visitor: usize,
}

/// Cuts the rows of each policy × campaign into visits of at most `renders` rows.
pub(super) fn visits(rows: &[Row], renders: usize) -> Vec<Visit> {
    let mut all: Vec<Visit> = Vec::new();
    let mut of_log: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        let log = of_log.entry((&row.policy, &row.campaign)).or_default();
        let visit = match log.last() {
            Some(last) if all[*last].rows.len() < renders.max(1) => *last,
            _ => {
                all.push(Visit::default());
                log.push(all.len() - 1);
                all.len() - 1
            }
        };
        all[visit].rows.push(number);
    }
    let mut visitors = 0;
    for log in of_log.values() {
        // Few visits follow each other too closely for one person.
        let people = if log.len() < 4 {
            log.len()
        } else {
            log.len().div_ceil(VISITS_OF_EACH)
        };
        for (place, visit) in log.iter().enumerate() {
            all[*visit].visitor = visitors + place % people;
        }
        visitors += people;
    }
    all
}

/// Visits of one visitor, days apart in a week's log.
const VISITS_OF_EACH: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn row(policy: &str, timestamp_ms: i64) -> Row {
        Row {
            timestamp_ms,
            policy: policy.into(),
            campaign: "men".into(),
            item_id: 1,
            position: 1,
            click: 0,
            propensity_score: 0.5,
        }
    }

    #[test]
    fn a_visit_holds_one_log_in_order_of_time_and_no_more_than_its_size() {
        let rows: Vec<_> = (0..7)
            .map(|number| row(if number % 2 == 0 { "bts" } else { "random" }, number))
            .collect();
        let cut: Vec<_> = visits(&rows, 3)
            .into_iter()
            .map(|visit| visit.rows)
            .collect();
        assert_eq!(cut, [vec![0, 2, 4], vec![1, 3, 5], vec![6]]);
    }

    #[test]
    fn a_visitor_comes_back_to_the_same_log_and_never_at_once() {
        let rows: Vec<_> = (0..80)
            .map(|number| row(if number % 2 == 0 { "bts" } else { "random" }, number))
            .collect();
        let cut = visits(&rows, 5);
        let visitors: Vec<_> = cut.iter().map(|visit| visit.visitor).collect();
        assert_eq!(visitors, [0, 4, 1, 5, 2, 6, 3, 7, 0, 4, 1, 5, 2, 6, 3, 7]);
    }
}
