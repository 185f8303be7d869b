//! How far one value stands from its peers, when a few of the peers may be wild themselves.

/// Modified z scores, 0.6745 (x - median) / MAD: B. Iglewicz and D. C. Hoaglin, "How to detect and handle outliers" (ASQ,
/// 1993), who call |z| above 3.5 an outlier. Nothing below five values or where more than half are equal.
pub(in crate::report) fn robust_z(values: &[f64]) -> Option<Vec<f64>> {
    if values.len() < 5 {
        return None;
    }
    let middle = median(values);
    let distances: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    let mad = median(&distances);
    (mad > 0.0).then(|| {
        values
            .iter()
            .map(|value| 0.6745 * (value - middle) / mad)
            .collect()
    })
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) {
        f64::midpoint(sorted[half - 1], sorted[half])
    } else {
        sorted[half]
    }
}
