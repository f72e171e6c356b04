//! Looks at many objects at once: as they are, and as they would be after an apply.

use serde_json::Value;

use crate::apply::Apply;
use crate::perform::AT_ONCE;
use crate::{Client, Error, Resource};

use futures::stream::{StreamExt, iter};

impl Client {
    /// Returns what the cluster has of each resource, in their order; none where it is not there.
    ///
    /// # Errors
    /// Only [`Error::Cancelled`] as a whole; other failures belong to their object.
    pub fn get_all(&self, resources: &[Resource]) -> Result<Vec<Result<Option<Value>, Error>>, Error> {
        self.block(async { Ok(iter(resources).map(|resource| self.fetch(resource)).buffered(AT_ONCE).collect().await) })
    }

    /// Asks the server what an apply of each resource would make of it, without doing it. For what is not there yet that
    /// is the new object, defaults included.
    ///
    /// # Errors
    /// As [`Client::get_all`]; an object's own failure is that of the apply.
    pub fn preview(
        &self,
        resources: &[Resource],
        force_conflicts: bool,
    ) -> Result<Vec<Result<Resource, Error>>, Error> {
        let how = Apply { server_side: true, force_conflicts, dry_run: true };
        self.block(async {
            let work =
                iter(resources).map(|resource| async move { self.apply(resource, how).await.map(|(after, _)| after) });
            Ok(work.buffered(AT_ONCE).collect().await)
        })
    }
}
