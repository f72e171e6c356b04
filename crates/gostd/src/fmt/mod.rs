//! Go's `fmt` printing over [`Value`](crate::Value).
