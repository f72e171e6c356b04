//! `--server-side` of upgrades and rollbacks: who writes objects, where the release before has a say.

use gostd::GoError;

/// Whether the server or the client writes objects.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum ServerSide {
    /// As the release before did.
    #[default]
    Auto,
    Yes,
    No,
    /// A word that is none of these; Helm says so once the release before is known and the new one is rendered.
    Unknown(String),
}

impl ServerSide {
    /// Source: `getUpgradeServerSideValue`, pkg/action/upgrade.go.
    pub(crate) fn decide(&self, method: &str) -> Result<bool, GoError> {
        match self {
            ServerSide::Auto => Ok(method == "ssa"),
            ServerSide::Yes => Ok(true),
            ServerSide::No => Ok(false),
            ServerSide::Unknown(word) => {
                Err(GoError::new(format!("invalid/unknown release server-side apply method: {word}")))
            }
        }
    }
}
