//! How whoever changes the shared state wakes the worker.

/// What wakes the parts of a worker. A ring is not lost on a part that is up: it ends the next sleep that part begins.
pub trait Bells {
    /// Wakes the part that sends.
    fn due(&self);

    /// Wakes the part that ends waits at their deadline.
    fn deadline_set(&self);

    /// Wakes the part that syncs the journal.
    fn written(&self);
}
