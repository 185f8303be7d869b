//! Spans of time, few enough to stand in one statement.

/// Spans of time (ms, from and until), in order and apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Spans(Vec<(i64, i64)>);

impl Spans {
    /// The spans of one length that hold these moments; neighbours become one. Where there are many, those that lie closest are joined
    /// with what is between them.
    pub(crate) fn of(moments: impl Iterator<Item = i64>, length_ms: i64) -> Self {
        let mut starts: Vec<i64> = moments
            .map(|at| at.div_euclid(length_ms) * length_ms)
            .collect();
        starts.sort_unstable();
        starts.dedup();
        let apart = |starts: &[i64], gap: i64| {
            let mut spans: Vec<(i64, i64)> = Vec::new();
            for start in starts {
                match spans.last_mut() {
                    Some(last) if start - last.1 <= gap => last.1 = start + length_ms,
                    _ => spans.push((*start, start + length_ms)),
                }
            }
            spans
        };
        let mut gap = 0;
        let mut spans = apart(&starts, gap);
        while spans.len() > MOST {
            gap = (2 * gap).max(length_ms);
            spans = apart(&starts, gap);
        }
        Self(spans)
    }

    pub(crate) fn hold(&self, at_ms: i64) -> bool {
        self.0
            .iter()
            .any(|(from, until)| (*from..*until).contains(&at_ms))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, i64)> {
        self.0.iter().copied()
    }
}

/// Spans in one statement: a few KiB of it.
const MOST: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(moments: &[i64]) -> Vec<(i64, i64)> {
        Spans::of(moments.iter().copied(), 10).iter().collect()
    }

    #[test]
    fn neighbours_become_one_span() {
        assert_eq!(spans(&[25, 3, 11, 12]), [(0, 30)]);
        assert_eq!(spans(&[3, 25, 41]), [(0, 10), (20, 30), (40, 50)]);
        assert_eq!(spans(&[-1]), [(-10, 0)]);
    }

    #[test]
    fn however_many_there_are_each_moment_is_held_by_few_spans() {
        let moments: Vec<i64> = (0..1_000).map(|number| number * number * 20).collect();
        let spans = Spans::of(moments.iter().copied(), 10);
        assert!(spans.iter().count() <= MOST);
        assert!(moments.iter().all(|at| spans.hold(*at)));
    }
}
