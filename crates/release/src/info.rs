//! What is told of a revision beside what it consists of.

use gostd::time::Time;

use crate::{Resources, Status};

/// Times, status and notes of a revision. A time that is `None` is Go's zero time and left out.
#[derive(Clone, Default, Debug)]
pub struct Info {
    pub first_deployed: Option<Time>,
    pub last_deployed: Option<Time>,
    pub deleted: Option<Time>,
    /// What happened last, as `Install complete`.
    pub description: String,
    pub status: Status,
    /// The revision that a rollback went back to; 0 for all others.
    pub rollback_revision: i64,
    pub notes: String,
    /// What `status` shows of the cluster; never stored.
    pub resources: Resources,
}
