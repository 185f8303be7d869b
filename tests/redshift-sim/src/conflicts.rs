//! Redshift's isolation: of transactions that write one table side by side, the first to commit wins.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

/// When each table was last written by a transaction that committed.
#[derive(Debug, Default)]
pub(crate) struct Conflicts {
    commits: AtomicU64,
    written: Mutex<HashMap<String, u64>>,
}

impl Conflicts {
    /// The moment a transaction's snapshot is of.
    pub(crate) fn now(&self) -> u64 {
        self.commits.load(Ordering::SeqCst)
    }

    /// Commits, unless another has written one of the tables since `snapshot`. Gives the table then.
    pub(crate) async fn commit<E>(
        &self,
        snapshot: u64,
        tables: &BTreeSet<String>,
        commit: impl Future<Output = Result<(), E>>,
    ) -> Result<Option<String>, E> {
        let mut written = self.written.lock().await;
        let theirs = |table: &&String| written.get(*table).is_some_and(|at| *at > snapshot);
        if let Some(table) = tables.iter().find(theirs) {
            return Ok(Some(table.clone()));
        }
        commit.await?;
        let at = self.commits.fetch_add(1, Ordering::SeqCst) + 1;
        written.extend(tables.iter().map(|table| (table.clone(), at)));
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_two_that_write_one_table_side_by_side_the_first_to_commit_wins() {
        let conflicts = Conflicts::default();
        let snapshot = conflicts.now();
        let tables = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let commit = async |snapshot, names: &[&str]| {
            let done = async { Ok::<(), std::convert::Infallible>(()) };
            conflicts.commit(snapshot, &tables(names), done).await
        };
        assert_eq!(commit(snapshot, &["a", "b"]).await, Ok(None));
        assert_eq!(
            commit(snapshot, &["b", "c"]).await,
            Ok(Some("b".to_owned()))
        );
        assert_eq!(commit(snapshot, &["c"]).await, Ok(None));
        assert_eq!(commit(conflicts.now(), &["a", "b", "c"]).await, Ok(None));
    }
}
