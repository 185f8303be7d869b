//! What crosses the border to Kotlin and Swift: types of this crate alone, each converted to or from the core's. To change one is to
//! change the public API.

mod call;
mod config;
mod content;
mod error;
mod listener;
mod media;
mod place;
mod stats;
mod test_rig;
mod transport;

pub use call::{Action, Call, ViewRef};
pub use config::{Config, Consent};
pub use content::{Click, Convert, CustomRule, Impression, Money, Rule, Serve};
pub use error::StartError;
pub use listener::{Listener, ListenerError, State};
pub use media::{Media, MediaState};
pub use place::{Device, Page};
pub use stats::{FlushResult, Loss, LossReason, Stats};
pub use test_rig::{TestClock, TestRig};
pub use transport::{Request, Response, Transport, TransportError};

pub(crate) use place::{dimensions, experiments};
pub(crate) use test_rig::Seeded;
pub(crate) use transport::answer;
