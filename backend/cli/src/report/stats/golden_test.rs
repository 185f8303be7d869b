//! Our statistics against those of statsmodels and SciPy, and against truths that a generator knows.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Binomial, Distribution};
use serde_json::Value;

use super::{
    ClusterSums, Counted, FLOOR, Interval, Together, clicks_over_expected, clustered_error,
    compare, confidence_sequence, goodness_of_fit, homogeneity, lift, mean, promotions, rate_ratio,
    robust_z, wilson,
};

fn golden(name: &str) -> Vec<Value> {
    let text = include_str!("../../../tests/golden/statistics.json");
    let all: Value = serde_json::from_str(text).unwrap();
    all[name].as_array().unwrap().clone()
}

fn real(row: &Value, name: &str) -> f64 {
    row[name].as_f64().unwrap()
}

fn whole(row: &Value, name: &str) -> u64 {
    row[name].as_u64().unwrap()
}

fn counted(pair: &Value) -> Counted {
    Counted::new(pair[0].as_u64().unwrap(), pair[1].as_u64().unwrap())
}

#[track_caller]
fn same(ours: f64, theirs: f64, within: f64) {
    assert!((ours - theirs).abs() <= within, "{ours} is not {theirs}");
}

#[test]
fn wilson_intervals_equal_those_of_statsmodels() {
    for row in golden("wilson") {
        let interval = wilson(Counted::new(whole(&row, "hits"), whole(&row, "n"))).unwrap();
        same(interval.low, real(&row, "low"), 1e-12);
        same(interval.high, real(&row, "high"), 1e-12);
    }
}

#[test]
fn comparisons_equal_those_of_statsmodels() {
    for row in golden("compare") {
        let ours = compare(counted(&row["control"]), counted(&row["treatment"])).unwrap();
        same(
            ours.z,
            real(&row, "z"),
            1e-12 * real(&row, "z").abs().max(1.0),
        );
        same(ours.p, real(&row, "p"), 1e-12);
        same(ours.difference.low, real(&row, "low"), 1e-12);
        same(ours.difference.high, real(&row, "high"), 1e-12);
    }
}

#[test]
fn intervals_of_clicks_over_expected_equal_those_of_scipy() {
    for row in golden("poisson") {
        let interval = clicks_over_expected(whole(&row, "clicks"), real(&row, "expected")).unwrap();
        same(
            interval.low,
            real(&row, "low"),
            1e-9 * real(&row, "low").max(1.0),
        );
        same(
            interval.high,
            real(&row, "high"),
            1e-9 * real(&row, "high").max(1.0),
        );
    }
}

#[test]
fn chi_square_tests_equal_those_of_scipy() {
    for row in golden("goodness_of_fit") {
        let counts: Vec<u64> = row["counts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n.as_u64().unwrap())
            .collect();
        let shares: Vec<f64> = row["shares"]
            .as_array()
            .unwrap()
            .iter()
            .map(|x| x.as_f64().unwrap())
            .collect();
        let test = goodness_of_fit(&counts, &shares).unwrap();
        same(test.statistic, real(&row, "statistic"), 1e-9);
        same(test.p, real(&row, "p"), 1e-11);
    }
    for row in golden("homogeneity") {
        let groups: Vec<Counted> = row["groups"]
            .as_array()
            .unwrap()
            .iter()
            .map(counted)
            .collect();
        let test = homogeneity(&groups).unwrap();
        same(test.statistic, real(&row, "statistic"), 1e-9);
        same(test.p, real(&row, "p"), 1e-11);
    }
}

#[test]
fn means_equal_those_of_scipy() {
    for row in golden("mean") {
        let interval = mean(whole(&row, "n"), real(&row, "sum"), real(&row, "squares")).unwrap();
        same(interval.low, real(&row, "low").max(0.0), 1e-9);
        same(interval.high, real(&row, "high"), 1e-9);
    }
}

/// Looks at an experiment without a difference every 500 impressions; whether its line ever leaves 0 out.
fn ever_wrong(seed: u64, rate: f64) -> bool {
    let mut bits = ChaCha8Rng::seed_from_u64(seed);
    let clicks = Binomial::new(500, rate).unwrap();
    let (mut control, mut treatment) = (Counted::default(), Counted::default());
    (0..80).any(|_| {
        control += Counted::new(clicks.sample(&mut bits), 500);
        treatment += Counted::new(clicks.sample(&mut bits), 500);
        confidence_sequence(control, treatment, 0.05).is_some_and(|line| !line.holds(0.0))
    })
}

#[test]
fn a_decision_line_watched_all_along_is_wrong_in_at_most_one_of_twenty() {
    for rate in [0.005, 0.05, 0.5] {
        let wrong = (0..1_000).filter(|&seed| ever_wrong(seed, rate)).count();
        assert!(
            wrong <= 50,
            "wrong {wrong} times in 1,000 at a rate of {rate}"
        );
    }
}

#[test]
fn the_fixed_test_watched_all_along_is_wrong_far_more_often() {
    let peeked = |seed| {
        let mut bits = ChaCha8Rng::seed_from_u64(seed);
        let clicks = Binomial::new(500, 0.05).unwrap();
        let (mut a, mut b) = (Counted::default(), Counted::default());
        (0..80).any(|_| {
            a += Counted::new(clicks.sample(&mut bits), 500);
            b += Counted::new(clicks.sample(&mut bits), 500);
            compare(a, b).is_some_and(|test| test.p < 0.05)
        })
    };
    let wrong = (0..500).filter(|&seed| peeked(seed)).count();
    assert!(
        wrong > 100,
        "{wrong} of 500: if peeking did no harm, the sequence would be of no use"
    );
}

#[test]
fn a_decision_line_settles_a_real_difference() {
    let line =
        confidence_sequence(Counted::new(460, 100_000), Counted::new(690, 100_000), 0.05).unwrap();
    assert!(line.low > 0.0, "{line:?}");
}

#[test]
fn a_decision_line_is_tightest_where_it_was_tuned() {
    let widened = |n: u64| {
        let counted = Counted::new(n / 100, n);
        let line = confidence_sequence(counted, counted, 0.05).unwrap();
        (line.high - line.low) * (n as f64).sqrt()
    };
    assert!(widened(10_000) < widened(8_000) && widened(10_000) < widened(12_500));
}

#[test]
fn too_few_clicks_draw_no_decision_line() {
    assert_eq!(
        confidence_sequence(Counted::new(19, 1_000), Counted::new(500, 1_000), 0.05),
        None
    );
}

#[test]
fn a_robust_score_finds_the_one_that_stands_apart() {
    let scores = robust_z(&[1.0, 1.1, 0.9, 1.05, 0.95, 9.0]).unwrap();
    // Median 1.025, MAD 0.075: by hand.
    same(scores[5], 0.6745 * (9.0 - 1.025) / 0.075, 1e-9);
    assert!(scores[..5].iter().all(|z| z.abs() < 3.5));
    assert_eq!(robust_z(&[1.0, 2.0, 3.0, 4.0]), None);
    assert_eq!(robust_z(&[1.0, 1.0, 1.0, 1.0, 5.0]), None);
}

#[test]
fn visitors_that_never_vary_need_no_correction_and_clumped_clicks_do() {
    let sums = |visitors: &[(f64, f64)]| ClusterSums {
        visitors: visitors.len() as u64,
        n: visitors.iter().map(|one| one.0).sum(),
        x: visitors.iter().map(|one| one.1).sum(),
        nn: visitors.iter().map(|one| one.0 * one.0).sum(),
        nx: visitors.iter().map(|one| one.0 * one.1).sum(),
        xx: visitors.iter().map(|one| one.1 * one.1).sum(),
    };
    let alike = clustered_error(sums(&[(10.0, 1.0); 40])).unwrap();
    same(alike, 0.0, 1e-8);
    let mut clumped = [(10.0, 0.0); 40];
    clumped[..4].fill((10.0, 10.0));
    // All of a visitor's clicks at once: the error of 40 independent visitors, with the sample's n - 1.
    same(
        clustered_error(sums(&clumped)).unwrap(),
        (0.1_f64 * 0.9 / 39.0).sqrt(),
        1e-12,
    );
}

#[test]
fn ratios_hold_the_truth_about_as_often_as_they_say() {
    let mut bits = ChaCha8Rng::seed_from_u64(1);
    let (now, before) = (
        Binomial::new(20_000, 0.02).unwrap(),
        Binomial::new(60_000, 0.01).unwrap(),
    );
    let held = (0..1_000)
        .filter(|_| {
            let ratio = rate_ratio(
                Counted::new(now.sample(&mut bits), 20_000),
                Counted::new(before.sample(&mut bits), 60_000),
            );
            ratio.is_some_and(|ratio| ratio.holds(2.0))
        })
        .count();
    assert!((930..=970).contains(&held), "{held} of 1,000");
}

#[test]
fn the_lift_of_independent_contents_holds_1_about_as_often_as_it_says() {
    let mut bits = ChaCha8Rng::seed_from_u64(2);
    let held = (0..1_000)
        .filter(|_| {
            let left = Binomial::new(5_000, 0.3).unwrap().sample(&mut bits);
            let both = Binomial::new(left, 0.2).unwrap().sample(&mut bits);
            let right = both + Binomial::new(5_000 - left, 0.2).unwrap().sample(&mut bits);
            lift(Together {
                both,
                left,
                right,
                all: 5_000,
            })
            .is_some_and(|lift| lift.holds(1.0))
        })
        .count();
    assert!((930..=970).contains(&held), "{held} of 1,000");
}

#[test]
fn promotion_favours_the_best_and_gives_everybody_the_floor() {
    let contents = [
        Counted::new(10, 1_000),
        Counted::new(60, 1_000),
        Counted::new(0, 10),
    ];
    let promoted = promotions(&contents).unwrap();
    same(promoted.iter().map(|one| one.share).sum(), 1.0, 1e-9);
    assert!(promoted[1].best > 0.8, "{promoted:?}");
    assert!(
        promoted[2].best > promoted[0].best,
        "what is hardly known may still be the best: {promoted:?}"
    );
    assert!(promoted.iter().all(|one| one.share >= FLOOR / 3.0));
    assert_eq!(promotions(&contents), Some(promoted), "the seed is fixed");
}

#[test]
fn what_can_not_be_known_is_not_made_up() {
    assert_eq!(wilson(Counted::new(0, 0)), None);
    assert_eq!(compare(Counted::new(0, 10), Counted::new(0, 10)), None);
    assert_eq!(clicks_over_expected(3, 0.0), None);
    assert_eq!(
        homogeneity(&[Counted::new(0, 10), Counted::new(0, 10)]),
        None
    );
    assert_eq!(promotions(&[Counted::new(0, 10)]), None);
    assert_eq!(mean(1, 3.0, 9.0), None);
    assert_eq!(
        rate_ratio(Counted::new(0, 10), Counted::new(1, 10)),
        None::<Interval>
    );
}
