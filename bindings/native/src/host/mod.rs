//! What every host of the engine needs, whatever it sends with: the engine and its journal behind one lock, clocks, entropy, and
//! waits that end on time. No Tokio and no network. The Rust client and the one for phones both stand on it; it is no API of its own.

mod address;
mod bells;
mod clock;
mod entropy;
mod flush;
mod phase;
mod report;
mod shared;

pub use address::{InvalidEndpoint, is_loopback, is_plain_tag, is_write_key};
pub use bells::Bells;
pub use clock::{Clock, LONGEST_NAP, SteppedClock, SteppedSleep, SystemClock};
pub use entropy::OsEntropy;
pub use flush::{Flush, Flushed};
pub use shared::{Shared, Stopped, Turn, Until};
