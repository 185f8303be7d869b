//! The client: core's engine on a worker that sends over HTTP, with the file journal beneath.

mod builder;
mod clock;
mod endpoint;
mod entropy;
mod error;
mod flush;
mod handle;
mod phase;
mod shared;
mod tls;
mod transport;
mod view;
mod worker;

pub use builder::Builder;
pub use clock::SteppedClock;
pub use endpoint::InvalidEndpoint;
pub use error::{BuildError, NotRecorded};
pub use flush::{Flush, Flushed};
pub use handle::Client;
pub use transport::TransportError;
pub use view::View;
