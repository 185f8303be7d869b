//! Replays the traces of `tests/golden/viewability`, which the tests of the other platforms read too.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::{Dwell, Happened, Rule, ViewState};

/// One file: a rule, inputs in order of time, and after each input what happened and what is due.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trace {
    /// What the trace shows, in a sentence.
    #[serde(rename = "about")]
    _about: String,
    rule: TraceRule,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum TraceRule {
    Display,
    Video,
    Custom {
        name: String,
        fraction: f64,
        for_ms: u64,
        playing: bool,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    at: u64,
    #[serde(rename = "do")]
    what: Do,
    #[serde(default)]
    then: Vec<Expected>,
    due: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Do {
    Report {
        fraction: f64,
        width: f64,
        height: f64,
    },
    Focus(bool),
    Activity,
    Playing(bool),
    Tick,
    Background,
    Hide,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Expected {
    Viewable {
        at: u64,
        rule: String,
    },
    /// The keys of the wire.
    Dwell {
        at: u64,
        vis: u64,
        eng: u64,
        mx: u8,
        tiv: u32,
    },
}

impl From<Expected> for Happened {
    fn from(expected: Expected) -> Self {
        match expected {
            Expected::Viewable { at, rule } => Self::Viewable {
                at,
                rule: rule.into(),
            },
            Expected::Dwell {
                at,
                vis,
                eng,
                mx,
                tiv,
            } => Self::Dwell {
                at,
                dwell: Dwell {
                    visible_ms: vis,
                    engaged_ms: eng,
                    max_visible_pct: mx,
                    times_in_view: tiv,
                },
            },
        }
    }
}

fn replay(file: &str, trace: Trace) {
    let rule = match trace.rule {
        TraceRule::Display => Rule::Display,
        TraceRule::Video => Rule::Video,
        TraceRule::Custom {
            name,
            fraction,
            for_ms,
            playing,
        } => Rule::custom(&name, fraction, for_ms, playing).unwrap(),
    };
    let mut state = Some(ViewState::new(rule));
    for (number, step) in trace.steps.into_iter().enumerate() {
        let place = format!("{file}, step {number} (at {})", step.at);
        let happened = if matches!(step.what, Do::Hide) {
            state.take().expect(&place).hide(step.at)
        } else {
            apply(state.as_mut().expect(&place), step.at, &step.what)
        };
        let expected: Vec<Happened> = step.then.into_iter().map(Happened::from).collect();
        assert_eq!(happened, expected, "{place}");
        let due = state.as_ref().and_then(ViewState::next_due);
        assert_eq!(due, step.due, "due after {place}");
    }
}

fn apply(state: &mut ViewState, at: u64, what: &Do) -> Vec<Happened> {
    match *what {
        Do::Report {
            fraction,
            width,
            height,
        } => state.report(at, fraction, width, height),
        Do::Focus(active) => state.focus(at, active),
        Do::Activity => state.activity(at),
        Do::Playing(playing) => state.playing(at, playing),
        Do::Tick => state.tick(at),
        Do::Background => state.background(at),
        Do::Hide => Vec::new(),
    }
}

#[test]
fn every_golden_trace_comes_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/viewability");
    let mut traces = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".json") {
            traces.insert(name, std::fs::read_to_string(path).unwrap());
        }
    }
    assert!(traces.len() >= 12, "only {} traces found", traces.len());
    for (name, text) in traces {
        let trace = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        replay(&name, trace);
    }
}
