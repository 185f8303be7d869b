//! The state machine of one impression: accounts for the time between two reports, then takes the new report.

use super::dwell::{DWELL_SNAPSHOTS_MS, Dwell, Happened};
use super::rule::{LARGE_AREA, Rule, Share};

/// What one impression's view has been through, and whether it was viewable.
///
/// Every call carries `now`, in milliseconds of a clock that runs through sleep. What a host
/// reported holds from that moment until it reports otherwise. A state that lasted no time adds no
/// time and meets no rule; only the largest share seen takes it in, because it was on screen. A `now`
/// before the last one counts as the last one.
///
/// A host calls [`tick`](Self::tick) when [`next_due`](Self::next_due) says so. If more than
/// [`LONGEST_GAP_MS`] pass without any call, the host slept or froze: nothing after the last call
/// counts, and continuous time starts again at the next.
#[derive(Debug, Clone)]
pub struct ViewState {
    rule: Rule,
    /// Moment of the last call: all time before it is accounted for.
    last: Option<u64>,
    showing: Showing,
    active: bool,
    playing: bool,
    last_activity: Option<u64>,
    in_view: bool,
    /// Since when the rule's conditions hold without a break.
    holding_since: Option<u64>,
    viewable: bool,
    totals: Dwell,
    max_share: Share,
    next_snapshot: usize,
    told: Dwell,
}

/// What of a view shows, and whether its size makes it large.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Showing {
    pub(super) share: Share,
    pub(super) large: bool,
}

impl ViewState {
    /// A view of which nothing shows yet, in an app or page not yet known to be active: no time
    /// counts until [`focus`](Self::focus) and [`report`](Self::report) say so.
    #[must_use]
    pub fn new(rule: Rule) -> Self {
        Self {
            rule,
            last: None,
            showing: Showing::default(),
            active: false,
            playing: false,
            last_activity: None,
            in_view: false,
            holding_since: None,
            viewable: false,
            totals: Dwell::default(),
            max_share: Share::NONE,
            next_snapshot: 0,
            told: Dwell::default(),
        }
    }

    /// The host measured the view: `fraction` of it is visible (0 to 1), its full size is
    /// `width` × `height` in CSS px, dp or pt.
    pub fn report(&mut self, now: u64, fraction: f64, width: f64, height: f64) -> Vec<Happened> {
        let happened = self.advance(now);
        self.showing = Showing {
            share: Share::from_fraction(fraction),
            large: width.max(0.0) * height.max(0.0) >= LARGE_AREA,
        };
        self.note_share();
        happened
    }

    /// Time passed, nothing else.
    pub fn tick(&mut self, now: u64) -> Vec<Happened> {
        self.advance(now)
    }

    /// The app or page is (no longer) in the foreground, on a lit screen, with focus.
    pub fn focus(&mut self, now: u64, active: bool) -> Vec<Happened> {
        let happened = self.advance(now);
        self.active = active;
        self.note_share();
        happened
    }

    /// The user did something: scroll, touch, key, pointer.
    pub fn activity(&mut self, now: u64) -> Vec<Happened> {
        let happened = self.advance(now);
        self.last_activity = self.last;
        happened
    }

    /// The view's media started or stopped moving; a paused or stalled player is not playing.
    pub fn playing(&mut self, now: u64, playing: bool) -> Vec<Happened> {
        let happened = self.advance(now);
        self.playing = playing;
        happened
    }

    /// The app goes to the background, from where it may never return: stops counting until
    /// [`focus`](Self::focus) and takes a snapshot, unless the last one said the same.
    pub fn background(&mut self, now: u64) -> Vec<Happened> {
        let mut happened = self.focus(now, false);
        self.snapshot_if_new(&mut happened);
        happened
    }

    /// The impression ends (view unbound, page left): the last snapshot, unless the one before said the same.
    #[must_use]
    pub fn hide(mut self, now: u64) -> Vec<Happened> {
        self.background(now)
    }

    /// When the host should call [`tick`](Self::tick) next, if it has nothing else to report:
    /// exactly when something is due, and at least every [`HEARTBEAT_MS`] while in view.
    /// `None`: nothing can happen until the next report.
    #[must_use]
    pub fn next_due(&self) -> Option<u64> {
        let last = self.last?;
        if !self.is_in_view() {
            return None;
        }
        let mut due = last.saturating_add(HEARTBEAT_MS);
        if let Some(snapshot) = self.snapshot_at(last) {
            due = due.min(snapshot);
        }
        if self.holds() && !self.viewable {
            due = due.min(self.meets_at(last));
        }
        Some(due)
    }

    /// The totals up to the last call.
    #[must_use]
    pub fn snapshot(&self) -> Dwell {
        Dwell {
            max_visible_pct: self.max_share.percent(),
            ..self.totals
        }
    }

    /// Whether the rule has been met.
    #[must_use]
    pub fn is_viewable(&self) -> bool {
        self.viewable
    }

    /// Accounts for the time since the last call under the state it left.
    fn advance(&mut self, now: u64) -> Vec<Happened> {
        let mut happened = Vec::new();
        let from = self.last.unwrap_or(now);
        let to = now.max(from);
        self.last = Some(to);
        if to - from > LONGEST_GAP_MS || !self.is_in_view() && to > from {
            self.in_view = false;
            self.holding_since = None;
        } else if to > from {
            self.count(from, to, &mut happened);
        }
        happened
    }

    /// Adds an unbroken stretch in view, telling what fell due within it in order of time.
    fn count(&mut self, from: u64, to: u64, happened: &mut Vec<Happened>) {
        if !self.in_view {
            self.in_view = true;
            self.totals.times_in_view = self.totals.times_in_view.saturating_add(1);
        }
        let met = self.met_by(from, to);
        let mut done = from;
        while let Some(at) = self.snapshot_at(done).filter(|at| *at <= to) {
            if met.is_some_and(|met| met <= at) {
                self.tell_viewable(met, happened);
            }
            self.add(done, at);
            done = at;
            self.next_snapshot += 1;
            self.tell_dwell(at, happened);
        }
        self.tell_viewable(met, happened);
        self.add(done, to);
    }

    /// The moment in this stretch at which the rule is met, if it still can be.
    fn met_by(&mut self, from: u64, to: u64) -> Option<u64> {
        if !self.holds() {
            self.holding_since = None;
            return None;
        }
        let at = self.meets_at(from);
        self.holding_since.get_or_insert(from);
        (!self.viewable && at <= to).then_some(at)
    }

    fn add(&mut self, from: u64, to: u64) {
        self.totals.visible_ms += to - from;
        let engaged_until = match self.last_activity {
            _ if self.playing => to,
            Some(activity) => activity.saturating_add(ENGAGED_FOR_MS).min(to),
            None => from,
        };
        self.totals.engaged_ms += engaged_until.saturating_sub(from);
    }

    fn tell_viewable(&mut self, met: Option<u64>, happened: &mut Vec<Happened>) {
        if let Some(at) = met.filter(|_| !self.viewable) {
            self.viewable = true;
            let rule = self.rule.name(self.showing.large);
            happened.push(Happened::Viewable { at, rule });
        }
    }

    fn tell_dwell(&mut self, at: u64, happened: &mut Vec<Happened>) {
        self.told = self.snapshot();
        happened.push(Happened::Dwell {
            at,
            dwell: self.told,
        });
    }

    fn snapshot_if_new(&mut self, happened: &mut Vec<Happened>) {
        if let Some(at) = self.last.filter(|_| self.snapshot() != self.told) {
            self.tell_dwell(at, happened);
        }
    }

    fn note_share(&mut self) {
        if self.active {
            self.max_share = self.max_share.max(self.showing.share);
        }
    }

    fn is_in_view(&self) -> bool {
        self.active && self.rule.enough(self.showing)
    }

    fn holds(&self) -> bool {
        self.is_in_view() && (self.playing || !self.rule.needs_playing())
    }

    /// When the rule is met if its conditions go on holding from `from`.
    fn meets_at(&self, from: u64) -> u64 {
        let since = self.holding_since.unwrap_or(from);
        since.saturating_add(self.rule.for_ms())
    }

    /// When the next snapshot falls due if the view stays in view from `from`.
    fn snapshot_at(&self, from: u64) -> Option<u64> {
        let due = DWELL_SNAPSHOTS_MS.get(self.next_snapshot)?;
        Some(from.saturating_add(due - self.totals.visible_ms))
    }
}

/// A longer silence than this between two calls means the host slept or froze. Ours: long enough
/// for a busy main thread, short enough that a nap under it distorts no dwell time much.
pub const LONGEST_GAP_MS: u64 = 5_000;

/// While a view is in view, the longest a host waits before it ticks again: half the gap, so that
/// a timer that fires late loses nothing.
pub const HEARTBEAT_MS: u64 = LONGEST_GAP_MS / 2;

/// How long after the user's last activity visible time still counts as engaged. Ours.
pub const ENGAGED_FOR_MS: u64 = 5_000;
