//! What an operator should hear of: through `tracing` where the client is the whole one, through `Stats` alone on phones, which have
//! no log that anybody reads.

#[cfg(feature = "http")]
mod host {
    use std::fmt::Display;

    /// The disk refused a sync.
    pub(in crate::host) fn not_synced(error: &dyn Display) {
        tracing::warn!(%error, "could not sync the event journal; trying again later");
    }

    /// The disk refused a record.
    pub(in crate::host) fn not_stored(error: &dyn Display) {
        tracing::warn!(%error, "could not store events; going on in memory");
    }

    /// The engine panicked.
    pub(in crate::host) fn defect() {
        tracing::error!(
            "a defect stopped the event client; events stored so far are sent after the next start"
        );
    }
}

#[cfg(not(feature = "http"))]
mod host {
    use std::fmt::Display;

    pub(in crate::host) fn not_synced(_: &dyn Display) {}

    pub(in crate::host) fn not_stored(_: &dyn Display) {}

    pub(in crate::host) fn defect() {}
}

pub(super) use host::{defect, not_stored, not_synced};
