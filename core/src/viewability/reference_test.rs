//! Properties of the state machine, first of all: it equals a reference that walks millisecond by millisecond.

use proptest::prelude::*;
use proptest::sample::select;

use super::{DWELL_SNAPSHOTS_MS, Dwell, ENGAGED_FOR_MS, Happened, LONGEST_GAP_MS, Rule, ViewState};

#[derive(Debug, Clone, Copy)]
enum Do {
    Report { percent: u8, large: bool },
    Focus(bool),
    Activity,
    Playing(bool),
    Tick,
    Background,
}

/// The slow and obvious one.
#[derive(Default)]
struct Reference {
    last: u64,
    percent: u8,
    large: bool,
    active: bool,
    playing: bool,
    last_activity: Option<u64>,
    was_in_view: bool,
    held_ms: u64,
    viewable: bool,
    totals: Dwell,
    told: Dwell,
}

impl Reference {
    fn apply(&mut self, rule: &Rule, at: u64, what: Do) -> Vec<Happened> {
        let mut happened = Vec::new();
        if at - self.last > LONGEST_GAP_MS {
            self.was_in_view = false;
            self.held_ms = 0;
        } else {
            for ms in self.last..at {
                self.live_one_ms(rule, ms, &mut happened);
            }
        }
        self.last = at;
        match what {
            Do::Report { percent, large } => (self.percent, self.large) = (percent, large),
            Do::Focus(active) => self.active = active,
            Do::Activity => self.last_activity = Some(at),
            Do::Playing(playing) => self.playing = playing,
            Do::Tick => {}
            Do::Background => {
                self.active = false;
                if self.totals != self.told {
                    self.tell_dwell(at, &mut happened);
                }
            }
        }
        if self.active {
            self.totals.max_visible_pct = self.totals.max_visible_pct.max(self.percent);
        }
        happened
    }

    fn live_one_ms(&mut self, rule: &Rule, ms: u64, happened: &mut Vec<Happened>) {
        let (needed, for_ms, needs_playing, name) = match rule {
            Rule::Display if self.large => (30, 1_000, false, "mrc30_1s_large"),
            Rule::Display => (50, 1_000, false, "mrc50_1s"),
            Rule::Video => (50, 2_000, true, "mrc50_2s_video"),
            Rule::Custom(_) => (80, 3_500, true, "own"),
        };
        let in_view = self.active && self.percent >= needed;
        if !in_view || (needs_playing && !self.playing) {
            self.held_ms = 0;
        } else {
            self.held_ms += 1;
            if self.held_ms == for_ms && !self.viewable {
                self.viewable = true;
                let (at, rule) = (ms + 1, name.into());
                happened.push(Happened::Viewable { at, rule });
            }
        }
        if in_view {
            if !self.was_in_view {
                self.totals.times_in_view += 1;
            }
            self.totals.visible_ms += 1;
            let fresh = self.last_activity.is_some_and(|a| ms - a < ENGAGED_FOR_MS);
            if self.playing || fresh {
                self.totals.engaged_ms += 1;
            }
            if DWELL_SNAPSHOTS_MS.contains(&self.totals.visible_ms) {
                self.tell_dwell(ms + 1, happened);
            }
        }
        self.was_in_view = in_view;
    }

    fn tell_dwell(&mut self, at: u64, happened: &mut Vec<Happened>) {
        self.told = self.totals;
        happened.push(Happened::Dwell {
            at,
            dwell: self.told,
        });
    }
}

fn apply(state: &mut ViewState, at: u64, what: Do) -> Vec<Happened> {
    match what {
        Do::Report { percent, large } => {
            let (width, height) = if large {
                (970.0, 250.0)
            } else {
                (300.0, 250.0)
            };
            state.report(at, f64::from(percent) / 100.0, width, height)
        }
        Do::Focus(active) => state.focus(at, active),
        Do::Activity => state.activity(at),
        Do::Playing(playing) => state.playing(at, playing),
        Do::Tick => state.tick(at),
        Do::Background => state.background(at),
    }
}

fn rules() -> impl Strategy<Value = Rule> {
    let own = Rule::custom("own", 0.8, 3_500, true).unwrap();
    select(vec![Rule::Display, Rule::Video, own])
}

fn step() -> impl Strategy<Value = Do> {
    let percent = select(vec![0_u8, 10, 29, 30, 49, 50, 51, 79, 80, 100, 100, 100]);
    prop_oneof![
        4 => (percent, any::<bool>()).prop_map(|(percent, large)| Do::Report { percent, large }),
        1 => Just(Do::Focus(false)),
        3 => Just(Do::Focus(true)),
        2 => Just(Do::Activity),
        1 => Just(Do::Playing(false)),
        3 => Just(Do::Playing(true)),
        4 => Just(Do::Tick),
        1 => Just(Do::Background),
    ]
}

/// Delays that fall on, just before and just after every boundary of the rules.
fn delay() -> impl Strategy<Value = u64> {
    prop_oneof![
        1 => Just(0),
        2 => 1..50_u64,
        3 => 990..1_010_u64,
        2 => 1_990..2_010_u64,
        3 => 4_990..5_010_u64,
        4 => 0..5_000_u64,
    ]
}

/// Inputs with the moment of each; most of them with the view on screen from the start.
fn trace() -> impl Strategy<Value = Vec<(u64, Do)>> {
    proptest::collection::vec((delay(), step()), 1..160).prop_map(|steps| {
        let mut at = 1_000;
        let shown = Do::Report {
            percent: 100,
            large: false,
        };
        let mut trace = vec![(at, Do::Focus(true)), (at, shown)];
        for (delay, what) in steps {
            at += delay;
            trace.push((at, what));
        }
        trace
    })
}

fn run(rule: &Rule, trace: &[(u64, Do)]) -> (Vec<Happened>, Dwell) {
    let mut state = ViewState::new(rule.clone());
    let mut all = Vec::new();
    for (at, what) in trace {
        all.extend(apply(&mut state, *at, *what));
    }
    let totals = state.snapshot();
    (all, totals)
}

/// The same inputs, with a tick whenever one is due: what a good host does.
fn run_with_due_ticks(rule: &Rule, trace: &[(u64, Do)]) -> Vec<(u64, Happened)> {
    let mut state = ViewState::new(rule.clone());
    let mut all = Vec::new();
    for (at, what) in trace {
        while let Some(due) = state.next_due().filter(|due| due < at) {
            all.extend(state.tick(due).into_iter().map(|h| (due, h)));
        }
        all.extend(apply(&mut state, *at, *what).into_iter().map(|h| (*at, h)));
    }
    all
}

fn moment(happened: &Happened) -> u64 {
    match happened {
        Happened::Viewable { at, .. } | Happened::Dwell { at, .. } => *at,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_equals_the_reference_after_every_input(rule in rules(), trace in trace()) {
        let mut state = ViewState::new(rule.clone());
        let mut reference = Reference { last: trace[0].0, ..Reference::default() };
        for (at, what) in trace {
            let expected = reference.apply(&rule, at, what);
            prop_assert_eq!(apply(&mut state, at, what), expected);
            prop_assert_eq!(state.snapshot(), reference.totals);
        }
    }

    #[test]
    fn extra_ticks_change_nothing(rule in rules(), trace in trace()) {
        let halved: Vec<_> = trace
            .windows(2)
            .flat_map(|pair| {
                let gap = pair[1].0 - pair[0].0;
                let middle = (gap <= LONGEST_GAP_MS).then_some((pair[0].0 + gap / 2, Do::Tick));
                [Some(pair[0]), middle]
            })
            .flatten()
            .chain(trace.last().copied())
            .collect();
        prop_assert_eq!(run(&rule, &halved), run(&rule, &trace));
    }

    #[test]
    fn a_host_that_ticks_when_due_hears_of_everything_at_its_moment(rule in rules(), trace in trace()) {
        for (heard, happened) in run_with_due_ticks(&rule, &trace) {
            prop_assert_eq!(heard, moment(&happened));
        }
    }

    #[test]
    fn what_is_due_lies_ahead_and_within_a_heartbeat(rule in rules(), trace in trace()) {
        let mut state = ViewState::new(rule);
        for (at, what) in trace {
            apply(&mut state, at, what);
            if let Some(due) = state.next_due() {
                prop_assert!(due > at && due <= at + super::HEARTBEAT_MS);
            }
        }
    }

    #[test]
    fn snapshots_only_grow_and_viewable_comes_once(rule in rules(), trace in trace()) {
        let (all, _) = run(&rule, &trace);
        prop_assert!(all.is_sorted_by_key(moment));
        let viewable = all.iter().filter(|h| matches!(h, Happened::Viewable { .. })).count();
        prop_assert!(viewable <= 1);
        let dwells: Vec<Dwell> = all
            .iter()
            .filter_map(|h| if let Happened::Dwell { dwell, .. } = h { Some(*dwell) } else { None })
            .collect();
        for pair in dwells.windows(2) {
            prop_assert!(pair[0].visible_ms <= pair[1].visible_ms);
            prop_assert!(pair[0].engaged_ms <= pair[1].engaged_ms);
            prop_assert!(pair[0].max_visible_pct <= pair[1].max_visible_pct);
            prop_assert!(pair[0].times_in_view <= pair[1].times_in_view);
        }
        for dwell in dwells {
            prop_assert!(dwell.engaged_ms <= dwell.visible_ms);
        }
    }
}

#[test]
fn a_clock_that_steps_back_neither_counts_nor_panics() {
    let mut state = ViewState::new(Rule::Display);
    assert_eq!(state.focus(10_000, true), vec![]);
    assert_eq!(state.report(10_000, 1.0, 10.0, 10.0), vec![]);
    assert_eq!(state.tick(3), vec![]);
    assert_eq!(state.snapshot().visible_ms, 0);
    assert_eq!(state.tick(11_000).len(), 2);
}
