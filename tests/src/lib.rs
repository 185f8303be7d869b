//! What the end-to-end tests and the demo share: a proxy that breaks requests on purpose, child processes, traffic from a
//! seed, and readers of what came out.

mod aws;
mod child;
mod dice;
mod fault_proxy;
mod http;
mod lake;
mod raw;
mod traffic;

pub use aws::{Bucket, encryption};
pub use child::Child;
pub use dice::Dice;
pub use fault_proxy::{Counts, FaultProxy, Faults};
pub use http::http_client;
pub use lake::rows;
pub use raw::{Raw, finished_files, salts};
pub use traffic::{Instance, Sealed, deliver};
