//! Where a revision is in its life.

use std::fmt;

/// The status of a revision (`pkg/release/common/status.go`).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Status {
    Unknown,
    Deployed,
    Uninstalled,
    Superseded,
    Failed,
    Uninstalling,
    PendingInstall,
    PendingUpgrade,
    PendingRollback,
    /// What a record says that no Helm writes.
    Other(String),
    /// The record does not say.
    #[default]
    None,
}

const NAMES: &[(&str, Status)] = &[
    ("unknown", Status::Unknown),
    ("deployed", Status::Deployed),
    ("uninstalled", Status::Uninstalled),
    ("superseded", Status::Superseded),
    ("failed", Status::Failed),
    ("uninstalling", Status::Uninstalling),
    ("pending-install", Status::PendingInstall),
    ("pending-upgrade", Status::PendingUpgrade),
    ("pending-rollback", Status::PendingRollback),
    ("", Status::None),
];

impl Status {
    /// Returns the status of a name; of another name, the name.
    pub fn of(name: &str) -> Self {
        let known = NAMES.iter().find(|(known, _)| *known == name);
        known.map_or_else(|| Status::Other(name.to_owned()), |(_, status)| status.clone())
    }

    /// Returns the name, as `pending-install`.
    pub fn as_str(&self) -> &str {
        match self {
            Status::Other(name) => name,
            known => NAMES.iter().find(|(_, status)| status == known).map_or("", |(name, _)| name),
        }
    }

    /// Reports whether an operation is under way, or was when its process ended.
    pub fn is_pending(&self) -> bool {
        matches!(self, Status::PendingInstall | Status::PendingUpgrade | Status::PendingRollback)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
