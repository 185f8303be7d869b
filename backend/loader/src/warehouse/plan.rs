//! What brings a warehouse from one commit of the lake to another: files to copy, and the rows they replace.

use std::collections::BTreeMap;

use super::erasures::Erasures;
use super::error::Result;
use super::spans::Spans;
use crate::lake::{Counts, DataFile, Lake, Snapshot, Table};
use crate::time::{DAY_MS, HOUR_MS};

/// The tables a warehouse has, in the order in which they are loaded. Rejects stay in the lake: they hold what was sent, can't be found
/// by visitor, and expire.
pub(crate) const TABLES: [Table; 5] = [
    Table::Events,
    Table::FctImpression,
    Table::MartContentHour,
    Table::InstanceParts,
    Table::Losses,
];

/// The way from one commit to a later one.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where the warehouse stands.
    pub(crate) from: u64,
    /// Where it is to stand.
    pub(crate) to: u64,
    /// Whether every row is taken over again.
    pub(crate) anew: bool,
    /// The run that wrote commit `to`: names the lake, and the load.
    pub(crate) run: String,
    pub(crate) changes: Vec<TableChange>,
    pub(crate) erasures: Erasures,
    /// What became of the events of the commits in between.
    pub(crate) counts: Counts,
}

/// What happens to one table.
#[derive(Debug, Clone)]
pub(crate) struct TableChange {
    pub(crate) table: Table,
    pub(crate) files: Vec<DataFile>,
    pub(crate) replace: Replace,
}

/// The rows that go before those of the files come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Replace {
    /// None: every row is new.
    Nothing,
    /// All.
    Everything,
    /// Those with the key of a row that comes.
    Keys(&'static [&'static str]),
    /// Those whose time (ms) lies in these spans.
    Times(Spans),
    /// Those that this commit or a later one wrote; of the files, only such rows come.
    Since(u64),
}

impl Plan {
    /// The way from commit `from` (0: nothing is loaded) to the lake as `target` has it.
    pub(crate) async fn new(lake: &Lake, from: u64, target: &Snapshot) -> Result<Self> {
        if from == 0 {
            return Self::anew(lake, from, target).await;
        }
        let base = lake.snapshot_at(from).await?;
        let mut erasures = Erasures::default();
        let mut counts = Counts::default();
        for version in from + 1..=target.version {
            let commit = lake.expect_commit(version).await?;
            erasures.add(&commit.tombstones);
            counts.add(&commit.counts);
        }
        if erasures.len() > ERASURES_MAX {
            return Self::anew(lake, from, target).await;
        }
        let between = Between {
            base: &base,
            target,
            erased: !erasures.is_empty(),
        };
        Ok(Self {
            from,
            to: target.version,
            anew: false,
            run: lake.expect_commit(target.version).await?.run,
            changes: TABLES
                .iter()
                .filter_map(|table| between.of(*table))
                .collect(),
            erasures,
            counts,
        })
    }

    /// Every row of every table, in place of those that are there.
    async fn anew(lake: &Lake, from: u64, target: &Snapshot) -> Result<Self> {
        let change = |table: Table| TableChange {
            table,
            files: target.files_of(table).cloned().collect(),
            replace: Replace::Everything,
        };
        Ok(Self {
            from,
            to: target.version,
            anew: true,
            run: lake.expect_commit(target.version).await?.run,
            changes: TABLES.map(change).into(),
            erasures: Erasures::default(),
            counts: target.totals.clone(),
        })
    }

    pub(crate) fn files(&self) -> u64 {
        self.changes
            .iter()
            .map(|change| change.files.len() as u64)
            .sum()
    }

    pub(crate) fn rows(&self) -> BTreeMap<&'static str, u64> {
        let rows = |change: &TableChange| {
            let rows = change.files.iter().map(|file| file.rows).sum::<u64>();
            (change.table.name(), rows)
        };
        self.changes.iter().map(rows).collect()
    }
}

/// The lake then and now.
struct Between<'s> {
    base: &'s Snapshot,
    target: &'s Snapshot,
    erased: bool,
}

impl Between<'_> {
    /// What happens to a table, where anything does.
    fn of(&self, table: Table) -> Option<TableChange> {
        let added = of_one_alone(table, self.target, self.base);
        let removed = of_one_alone(table, self.base, self.target);
        let changed = || added.iter().chain(&removed).copied();
        changed().next()?;
        let (files, replace) = match table {
            Table::Events => self.events(&added),
            Table::FctImpression => self.impressions(&added),
            Table::MartContentHour => self.by_time(table, changed(), HOUR_MS),
            Table::Losses | Table::Rejects => self.by_time(table, changed(), DAY_MS),
            Table::InstanceParts => self.by_version(changed()),
        };
        let idle = files.is_empty() && matches!(replace, Replace::Nothing | Replace::Keys(_));
        (!idle).then(|| TableChange {
            table,
            files: files.into_iter().cloned().collect(),
            replace,
        })
    }

    /// A file that came since, but holds rows of commits before alone, holds what is there.
    fn events<'f>(&self, added: &[&'f DataFile]) -> (Vec<&'f DataFile>, Replace) {
        let mut news = added.to_vec();
        news.retain(|file| file.groups.1 > self.base.version);
        // Of a joined file, some rows may be there.
        let known = news.iter().any(|file| file.groups.0 <= self.base.version);
        let replace = if known {
            Replace::Keys(&["inst", "seq"])
        } else {
            Replace::Nothing
        };
        (news, replace)
    }

    /// As with events, but an erasure changes rows of commits long loaded: what is left of an impression, and the verdict on it.
    fn impressions<'f>(&self, added: &[&'f DataFile]) -> (Vec<&'f DataFile>, Replace) {
        let mut news = added.to_vec();
        news.retain(|file| self.erased || file.groups.1 > self.base.version);
        (news, Replace::Keys(&["inst", "imp"]))
    }

    /// A file's rows all lie in one span of this length: each span that lost or gained a file is filled again.
    fn by_time<'f>(
        &'f self,
        table: Table,
        changed: impl Iterator<Item = &'f DataFile>,
        length_ms: i64,
    ) -> (Vec<&'f DataFile>, Replace) {
        let spans = Spans::of(changed.map(|file| file.min_ms), length_ms);
        let files = self.target.files_of(table);
        let again = files.filter(|file| spans.hold(file.min_ms)).collect();
        (again, Replace::Times(spans))
    }

    /// Every row says which commit wrote it, and that lies within its file's range. So what the changed files hold, and all that is
    /// newer, is what the oldest of their commits wrote or a later one.
    fn by_version<'f>(
        &'f self,
        changed: impl Iterator<Item = &'f DataFile>,
    ) -> (Vec<&'f DataFile>, Replace) {
        let since = changed.map(|file| file.groups.0).min().unwrap_or(u64::MAX);
        let files = self.target.files_of(Table::InstanceParts);
        let again = files.filter(|file| file.groups.1 >= since).collect();
        (again, Replace::Since(since))
    }
}

/// The files of a table that `one` has and `other` has not.
fn of_one_alone<'s>(table: Table, one: &'s Snapshot, other: &Snapshot) -> Vec<&'s DataFile> {
    let files = one.files_of(table);
    files
        .filter(|file| !other.files.contains_key(&file.path))
        .collect()
}

/// Keys that a load erases by name. Beyond them it takes everything over anew: the statements would be longer than the Data API allows.
const ERASURES_MAX: usize = 2_000;
