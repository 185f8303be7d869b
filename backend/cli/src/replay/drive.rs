//! The replay itself: one stepped clock, moved from step to step, and no step before what was due is answered.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use eyeline::{Client, SteppedClock, View};
use eyeline_core::{HEARTBEAT_MS, Label, MonoMillis, Now, Stats, UnixMillis};
use futures::future::try_join_all;

use super::agenda::{Agenda, Step};
use super::data::Row;
use super::overlay::Sighting;
use super::plan::{Visit, visits};
use super::visitor::{self, Network};
use crate::clock::ClockFile;
use crate::console::Progress;

/// A replay under way.
pub(super) struct Drive<'a> {
    rows: &'a [Row],
    visits: Vec<Visit>,
    /// The visit of each row.
    visit_of: Vec<usize>,
    network: Network,
    clock_file: Option<ClockFile>,
    directory: PathBuf,
    agenda: Agenda,
    open: BTreeMap<usize, Opened>,
    views: HashMap<usize, View>,
    /// What the SDK says of each visitor's directory after its last visit so far.
    stats: BTreeMap<usize, Stats>,
    outcome: Outcome,
}

/// One open app.
struct Opened {
    client: Client,
    in_view: usize,
    ticking: bool,
    /// Rows that have not left yet.
    left: usize,
    /// All rows have left: it waits for its queue to be empty.
    over: bool,
}

/// What the replay did.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Impressions rendered.
    pub renders: u64,
    /// Clicks made.
    pub clicks: u64,
    /// SDK starts.
    pub instances: u64,
    /// Events that the SDK took.
    pub captured: u64,
    /// Events that the collector took.
    pub delivered: u64,
    /// Events still queued at the end.
    pub queued: u64,
    /// Events that the SDK counted as lost.
    pub lost: u64,
}

impl<'a> Drive<'a> {
    /// Plans the replay of `rows`, whose times are as they shall be replayed.
    pub(super) fn new(
        rows: &'a [Row],
        renders: usize,
        network: Network,
        clock_file: Option<ClockFile>,
        directory: PathBuf,
    ) -> Self {
        let visits = visits(rows, renders);
        let mut visit_of = vec![0; rows.len()];
        let mut agenda = Agenda::default();
        for (visit, rows_of) in visits.iter().enumerate() {
            rows_of.rows.iter().for_each(|row| visit_of[*row] = visit);
            agenda.plan(
                rows[rows_of.rows[0]].timestamp_ms,
                Step::Render(rows_of.rows[0]),
            );
        }
        Self {
            rows,
            visits,
            visit_of,
            network,
            clock_file,
            directory,
            agenda,
            open: BTreeMap::new(),
            views: HashMap::new(),
            stats: BTreeMap::new(),
            outcome: Outcome::default(),
        }
    }

    /// Runs to the end, and on until every queue is empty.
    pub(super) async fn run(mut self, progress: &mut Progress) -> Result<Outcome> {
        while let Some((at, step)) = self.agenda.next() {
            self.move_clock(at).await?;
            self.take(at, step).await?;
            progress.reach(self.outcome.renders);
        }
        self.drain().await?;
        for stats in self.stats.values() {
            self.outcome.captured += stats.captured;
            self.outcome.delivered += stats.delivered;
            self.outcome.queued += stats.queued;
            self.outcome.lost += stats.lost.values().sum::<u64>();
        }
        Ok(self.outcome)
    }

    async fn take(&mut self, at: i64, step: Step) -> Result<()> {
        match step {
            Step::Render(row) => self.render(at, row).await?,
            Step::Appear(row) => self.appear(at, row)?,
            Step::Click(row) => {
                visitor::click(self.view(row)?)?;
                self.outcome.clicks += 1;
            }
            Step::Leave(row) => self.leave(at, row)?,
            Step::Tick(visit) => {
                if let Some(opened) = self.open.get_mut(&visit) {
                    opened.ticking = opened.in_view > 0;
                    if opened.ticking {
                        self.agenda.plan(at + HEARTBEAT, Step::Tick(visit));
                    }
                }
            }
            Step::End(visit) => {
                let opened = self.opened(visit)?;
                opened.client.background();
                opened.over = true;
            }
        }
        let acted = self.open.get(&step.visit(&self.visit_of));
        if let Some(opened) = acted {
            visitor::settle(&opened.client).await?;
        }
        Ok(())
    }

    async fn render(&mut self, at: i64, number: usize) -> Result<()> {
        let visit = self.visit_of[number];
        let row = &self.rows[number];
        if !self.open.contains_key(&visit) {
            self.start(visit, row).await?;
        }
        let view = visitor::render(&self.opened(visit)?.client, number, row)?;
        self.views.insert(number, view);
        self.outcome.renders += 1;
        let seen = Sighting::draw(number, row.click == 1);
        self.agenda
            .plan(at + millis(seen.appears_after), Step::Appear(number));
        let rows_of = &self.visits[visit].rows;
        let next = rows_of
            .binary_search(&number)
            .ok()
            .and_then(|place| rows_of.get(place + 1));
        if let Some(next) = next {
            self.agenda
                .plan(self.rows[*next].timestamp_ms, Step::Render(*next));
        }
        Ok(())
    }

    /// Opens the app of a visit; the visitor's visit before is closed first, whatever it still holds.
    async fn start(&mut self, visit: usize, row: &Row) -> Result<()> {
        let visitor = self.visits[visit].visitor;
        let before = self
            .open
            .keys()
            .copied()
            .find(|open| self.visits[*open].visitor == visitor);
        if let Some(before) = before {
            self.close(before).await?;
        }
        let directory = self.directory.join(format!("visitor-{visitor}"));
        let client = visitor::open(&self.network, directory, row)?;
        let left = self.visits[visit].rows.len();
        self.open.insert(
            visit,
            Opened {
                client,
                in_view: 0,
                ticking: false,
                left,
                over: false,
            },
        );
        self.outcome.instances += 1;
        Ok(())
    }

    fn appear(&mut self, at: i64, row: usize) -> Result<()> {
        let seen = Sighting::draw(row, self.rows[row].click == 1);
        let visit = self.visit_of[row];
        let opened = self
            .open
            .get_mut(&visit)
            .context("a row appears in an app that is open")?;
        let view = self
            .views
            .get(&row)
            .context("a row appears after its render")?;
        visitor::appear(&opened.client, view, seen.fraction);
        opened.in_view += 1;
        if !opened.ticking {
            opened.ticking = true;
            self.agenda.plan(at + HEARTBEAT, Step::Tick(visit));
        }
        if let Some(after) = seen.clicked_after {
            self.agenda.plan(at + millis(after), Step::Click(row));
        }
        self.agenda.plan(at + millis(seen.stays), Step::Leave(row));
        Ok(())
    }

    fn leave(&mut self, at: i64, row: usize) -> Result<()> {
        let view = self
            .views
            .remove(&row)
            .context("a row leaves after its render")?;
        view.hide(&Label::new("scrolled")?)
            .context("the SDK refused an end")?;
        let visit = self.visit_of[row];
        let opened = self.opened(visit)?;
        opened.in_view -= 1;
        opened.left -= 1;
        if opened.left == 0 {
            self.agenda.plan(at + AFTER_LAST, Step::End(visit));
        }
        Ok(())
    }

    async fn move_clock(&mut self, at: i64) -> Result<()> {
        let now = self.network.clock.now();
        let ahead = u64::try_from(at - now.wall.as_i64()).unwrap_or(0);
        let wall = now.wall.as_i64().max(at);
        if let Some(file) = &self.clock_file {
            file.show(wall)?;
        }
        self.network
            .clock
            .set(now_at(wall, now.mono.as_u64() + ahead));
        self.settle().await
    }

    /// Waits until nothing is due in any open app, and closes those that are done.
    async fn settle(&mut self) -> Result<()> {
        try_join_all(
            self.open
                .values()
                .map(|opened| visitor::settle(&opened.client)),
        )
        .await?;
        let done = |opened: &Opened| opened.over && opened.client.stats().queued == 0;
        let done: Vec<_> = self
            .open
            .iter()
            .filter(|(_, opened)| done(opened))
            .map(|(visit, _)| *visit)
            .collect();
        for visit in done {
            self.close(visit).await?;
        }
        Ok(())
    }

    async fn close(&mut self, visit: usize) -> Result<()> {
        let opened = self
            .open
            .remove(&visit)
            .context("only what is open is closed")?;
        self.views.retain(|row, _| self.visit_of[*row] != visit);
        self.stats.insert(
            self.visits[visit].visitor,
            visitor::close(opened.client).await,
        );
        Ok(())
    }

    /// Moves the clock on until retries have emptied every queue, for at most a day and a bit: set-aside batches are tried daily.
    async fn drain(&mut self) -> Result<()> {
        let mut waited = 0;
        while !self.open.is_empty() {
            ensure!(
                waited < LONGEST_DRAIN,
                "events are still queued {} h after the last one",
                waited / 3_600_000
            );
            waited += DRAIN_STEP;
            self.move_clock(self.network.clock.now().wall.as_i64() + DRAIN_STEP)
                .await?;
        }
        // Whoever follows the clock closes what closes by age.
        self.move_clock(self.network.clock.now().wall.as_i64() + AGE_OF_FILES)
            .await
    }

    fn opened(&mut self, visit: usize) -> Result<&mut Opened> {
        self.open
            .get_mut(&visit)
            .context("a step of an app that is open")
    }

    fn view(&self, row: usize) -> Result<&View> {
        self.views.get(&row).context("a click follows its render")
    }
}

/// A clock that shows `wall`, ready to be moved.
pub(super) fn clock_at(wall: i64) -> SteppedClock {
    SteppedClock::new(now_at(wall, MONO_START))
}

fn now_at(wall: i64, mono: u64) -> Now {
    Now {
        wall: UnixMillis::from_i64(wall),
        mono: MonoMillis::from_u64(mono),
    }
}

fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The machine's monotonic clock starts somewhere.
const MONO_START: u64 = 1_000_000;
const HEARTBEAT: i64 = HEARTBEAT_MS.cast_signed();
/// A visitor looks for a moment longer before closing the app.
const AFTER_LAST: i64 = 500;
/// The longest that Firehose holds an object open, and so the collector by default.
const AGE_OF_FILES: i64 = 15 * 60_000;
const DRAIN_STEP: i64 = 60_000;
const LONGEST_DRAIN: i64 = 26 * 3_600_000;
