//! The objects of a release that is about to be installed: built, marked as its own, and not somebody else's.

use cluster::Resource;
use gostd::GoError;

use crate::failure::within;
use crate::ownership::{Owner, existing};
use crate::port::Cluster;

/// What is done about objects that are there already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Those of somebody else are an error.
    Check,
    /// They become the release's, whosever they are.
    Take,
    /// Nobody looks.
    Ignore,
}

/// The objects of a new release, and those of them that are there already.
pub struct Claimed {
    pub resources: Vec<Resource>,
    pub adopted: Vec<Resource>,
}

/// Builds the objects of a manifest for a new release; with `validate` the server will check their fields.
///
/// # Errors
/// `unable to build kubernetes objects from release manifest: …`, `unable to continue with install: …`. Source:
/// `Install.RunWithContext`, pkg/action/install.go.
pub fn claim(
    cluster: &dyn Cluster,
    manifest: &[u8],
    owner: Owner<'_>,
    validate: bool,
    policy: Existing,
) -> Result<Claimed, GoError> {
    let mut resources = cluster
        .build(manifest, validate)
        .map_err(|error| within("unable to build kubernetes objects from release manifest", error))?;
    owner.mark(&mut resources);
    let adopted = match policy {
        Existing::Check => existing(cluster, &resources, Some(owner)),
        Existing::Take => existing(cluster, &resources, None),
        Existing::Ignore => Ok(Vec::new()),
    };
    let adopted = adopted.map_err(|error| within("unable to continue with install", error))?;
    Ok(Claimed { resources, adopted })
}
