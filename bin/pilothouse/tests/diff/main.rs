//! `diff` and `upgrade --diff` on a real API server.

mod bench;
mod operations;
mod records;
mod review;
mod secrets;
