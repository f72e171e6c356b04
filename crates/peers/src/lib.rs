//! Servers that tests talk to: files over HTTP, a registry, a server of tokens, a proxy, answers made to order. Each is on a free
//! port of the loopback address, and stops when it is dropped.

pub mod certificates;
pub mod files;
pub mod registry;
pub mod socks;
pub mod tokens;
pub mod wire;
