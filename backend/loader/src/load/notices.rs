//! Raw files that somebody tells of, so that they are loaded at once and not with the next listing.

use std::collections::BTreeSet;

use tokio::sync::oneshot;

/// Raw files that came. Where they are loaded nothing hangs on a notice: one may be lost, come twice or too late.
#[derive(Debug)]
pub struct Notice {
    /// Their names: paths below the raw root; of error output, `errors/` and the path below its root.
    pub paths: Vec<String>,
    /// Told of once the run for them is over: those of them that need no further notice, because a commit consumed them or they are
    /// gone.
    pub settled: oneshot::Sender<BTreeSet<String>>,
}
