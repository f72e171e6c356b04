//! The rules of `helm lint`.
