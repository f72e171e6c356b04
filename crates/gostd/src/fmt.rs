//! Go's fmt: every verb and flag over [`Value`](crate::Value), with its %! errors.
