//! A clock that never steps and runs through the machine's sleep, by platform.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(super) use other::mono;
#[cfg(unix)]
pub(super) use unix::mono;
