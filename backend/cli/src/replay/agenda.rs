//! What happens next: the replay's steps in order of stepped time, first planned first where times are equal.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// One step of the replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// A row is rendered.
    Render(usize),
    /// It comes into view.
    Appear(usize),
    /// It is clicked.
    Click(usize),
    /// It goes out of view for good.
    Leave(usize),
    /// Time passes for a visit that has something in view.
    Tick(usize),
    /// A visit closes its app.
    End(usize),
}

impl Step {
    /// The visit it belongs to, given the visit of each row.
    pub(super) fn visit(self, visit_of: &[usize]) -> usize {
        match self {
            Self::Render(row) | Self::Appear(row) | Self::Click(row) | Self::Leave(row) => {
                visit_of[row]
            }
            Self::Tick(visit) | Self::End(visit) => visit,
        }
    }
}

/// Planned steps.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    steps: BinaryHeap<Reverse<(i64, u64, Step)>>,
    planned: u64,
}

impl Agenda {
    /// Plans a step at a time (ms since 1970).
    pub(super) fn plan(&mut self, at: i64, step: Step) {
        self.steps.push(Reverse((at, self.planned, step)));
        self.planned += 1;
    }

    /// Takes the next step and its time.
    pub(super) fn next(&mut self) -> Option<(i64, Step)> {
        self.steps.pop().map(|Reverse((at, _, step))| (at, step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_in_order_of_time_and_then_as_planned() {
        let mut agenda = Agenda::default();
        agenda.plan(20, Step::Leave(1));
        agenda.plan(10, Step::Render(1));
        agenda.plan(10, Step::Appear(1));
        let order: Vec<_> = std::iter::from_fn(|| agenda.next()).collect();
        assert_eq!(
            order,
            [
                (10, Step::Render(1)),
                (10, Step::Appear(1)),
                (20, Step::Leave(1))
            ]
        );
    }
}
