//! The end-to-end tests, one binary: real parts, real sockets on 127.0.0.1, real files.

mod fault_proxy;
mod fault_proxy_process;
