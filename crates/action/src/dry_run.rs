//! `--dry-run`: how far an operation goes.

#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum DryRun {
    /// To the end.
    #[default]
    None,
    /// Up to the first change, without asking a cluster.
    Client,
    /// Up to the first change.
    Server,
}

impl DryRun {
    /// Nothing is changed.
    pub fn is_dry(self) -> bool {
        self != DryRun::None
    }

    /// A cluster is asked.
    pub fn asks_cluster(self) -> bool {
        self != DryRun::Client
    }
}
