//! The client: core's engine on a worker that sends over HTTP, with the file journal beneath.

mod bells;
mod builder;
mod endpoint;
mod error;
mod handle;
mod timer;
mod tls;
mod transport;
mod view;
mod worker;

pub use builder::Builder;
pub use error::{BuildError, NotRecorded};
pub use handle::Client;
pub use transport::TransportError;
pub use view::View;
