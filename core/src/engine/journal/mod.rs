//! How safe the events of the open batch are: with the feature `journal` each is in the store from the moment it was captured;
//! without it they are from the moment their batch is sealed.

#[cfg(feature = "journal")]
mod each;
#[cfg(feature = "journal")]
mod head;
#[cfg(not(feature = "journal"))]
mod sealed_only;

#[cfg(feature = "journal")]
pub(super) use each::{Unsealed, drop_through, keep};
#[cfg(not(feature = "journal"))]
pub(super) use sealed_only::{Unsealed, drop_through, keep};
