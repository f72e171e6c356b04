//! `diff` and `upgrade --diff` on a real API server.
#![cfg(unix)]

mod bench;
mod operations;
mod records;
mod review;
mod secrets;
