//! From a kind to the resource that serves it.
//!
//! Source: `RESTMapper` of k8s.io/apimachinery pkg/api/meta over client-go's discovery.

use crate::discovery::{Discovery, Served};
use crate::{Client, Error};

impl Discovery {
    /// Returns the resource of a kind; subresources do not count.
    pub fn mapping(&self, group: &str, version: &str, kind: &str) -> Option<&Served> {
        let served = self.group_version(group, version)?;
        served.resources.iter().find(|resource| resource.kind == kind && !resource.plural.contains('/'))
    }
}

impl Client {
    /// Returns the resource of a kind.
    ///
    /// # Errors
    /// `no matches for kind "X" in version "a/v1"` as [`Error::Plain`] in a nested result, so that callers can put their
    /// words around it; other failures are outside.
    pub(crate) fn map_kind(&self, group: &str, version: &str, kind: &str) -> Result<Result<Served, Error>, Error> {
        let discovery = self.discovery()?;
        Ok(match discovery.mapping(group, version, kind) {
            Some(served) => Ok(served.clone()),
            None => {
                let place = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
                Err(Error::Plain(format!("no matches for kind {kind:?} in version {place:?}")))
            }
        })
    }
}
