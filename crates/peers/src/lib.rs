//! Servers that tests talk to: files over HTTP, a registry, a server of tokens. Each is on a free port of the loopback
//! address, and stops when it is dropped.

pub mod certificates;
pub mod files;
