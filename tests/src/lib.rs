//! What the end-to-end tests and the demo share: a proxy that breaks connections on purpose, and child processes.

mod fault_proxy;

pub use fault_proxy::{Counts, FaultProxy, Faults};
