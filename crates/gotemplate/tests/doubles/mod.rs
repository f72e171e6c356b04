//! The functions and objects of the test cases: each has a twin in the Go program that printed the goldens.

mod functions;
mod objects;

pub use functions::FUNCS;
