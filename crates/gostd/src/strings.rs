//! strings and bytes: the functions whose result differs from Rust's.
