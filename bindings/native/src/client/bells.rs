//! How the parts of the worker are woken on Tokio.

use tokio::sync::Notify;

use crate::host;

/// The engine and its journal, with a worker on Tokio.
pub(super) type Shared = host::Shared<Bells>;

/// One notification for each part.
#[derive(Debug, Default)]
pub(super) struct Bells {
    pub(super) due: Notify,
    pub(super) deadline_set: Notify,
    pub(super) written: Notify,
}

impl host::Bells for Bells {
    fn due(&self) {
        self.due.notify_one();
    }

    fn deadline_set(&self) {
        self.deadline_set.notify_one();
    }

    fn written(&self) {
        self.written.notify_one();
    }
}
