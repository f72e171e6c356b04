//! Creates objects: by server-side apply, or client-side by POST.
//!
//! Source: `Client.Create`, `patchResourceServerSide` and `createResource`, pkg/kube/client.go.

use serde_json::Value;

use crate::perform::perform;
use crate::remove::{RETRY_PAUSE, TRIES};
use crate::{Client, Error, Request, Resource};

/// Who owns the fields that we write. Helm's command line sets this name whatever the binary is called.
pub(crate) const FIELD_MANAGER: &str = "helm";

/// How objects are created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Apply {
    /// By server-side apply; else by POST.
    pub server_side: bool,
    /// Takes fields from other managers.
    pub force_conflicts: bool,
    /// Changes nothing: the server says what would be.
    pub dry_run: bool,
}

impl Default for Apply {
    /// Server-side, as Helm 4 does.
    fn default() -> Self {
        Apply { server_side: true, force_conflicts: false, dry_run: false }
    }
}

impl Client {
    /// Creates all resources, kind by kind, and returns them as the server has them. Goes on after errors within the list;
    /// what was created stays.
    ///
    /// # Errors
    /// `no objects visited` for none; else those of each object, joined by line ends: `conflict occurred while applying
    /// object …`, `server-side apply failed for object …`.
    pub fn create(&self, resources: &[Resource], how: Apply) -> Result<Vec<Resource>, Error> {
        if resources.is_empty() {
            return Err(Error::plain("no objects visited"));
        }
        let results = self.block(async {
            if how.server_side {
                return Ok(perform(resources, |resource| self.create_one(resource, how)).await);
            }
            // One after another, as Helm holds a lock.
            let mut results = Vec::new();
            for resource in resources {
                results.push(self.create_one(resource, how).await);
            }
            Ok(results)
        })?;
        let (mut created, mut errors) = (Vec::new(), Vec::new());
        for result in results {
            match result {
                Ok(resource) => created.push(resource),
                Err(error) => errors.push(error),
            }
        }
        Error::several(errors, "\n").map_or(Ok(created), Err)
    }

    pub(crate) async fn create_one(&self, resource: &Resource, how: Apply) -> Result<Resource, Error> {
        let mut tries = 1;
        loop {
            let result = match how.server_side {
                true => self.apply(resource, how).await.map(|(live, _)| live),
                false => self.post(resource, how).await,
            };
            match result {
                Err(error) if tries < TRIES && again(&error, how) => tries += 1,
                result => return result,
            }
            tokio::time::sleep(RETRY_PAUSE).await;
        }
    }

    /// Applies one object; also says whether it is new.
    pub(crate) async fn apply(&self, resource: &Resource, how: Apply) -> Result<(Resource, bool), Error> {
        match self.send(&apply_request(resource, how)).await {
            Ok(answer) => Ok((resource.with_object(answer.json()?), answer.code == 201)),
            Err(error) => Err(apply_error(resource, error)),
        }
    }

    async fn post(&self, resource: &Resource, how: Apply) -> Result<Resource, Error> {
        let mut object = resource.object.clone();
        if let Some(metadata) = object["metadata"].as_object_mut() {
            metadata.remove("resourceVersion");
        }
        let request = dry_run(Request::post(resource.collection(), &object), how.dry_run);
        let answer = self.send(&request.query("fieldManager", FIELD_MANAGER)).await?;
        let live: Value = answer.json()?;
        let mut created = resource.with_object(live);
        if let Some(name) = created.object["metadata"]["name"].as_str() {
            created.name = name.to_owned();
        }
        Ok(created)
    }
}

pub(crate) fn apply_request(resource: &Resource, how: Apply) -> Request {
    let mut body = resource.object.to_string().into_bytes();
    body.push(b'\n');
    let request = Request::patch(resource.path(), "application/apply-patch+yaml", body);
    dry_run(request, how.dry_run)
        .query("fieldManager", FIELD_MANAGER)
        .query("fieldValidation", "Strict")
        .query("force", if how.force_conflicts { "true" } else { "false" })
}

pub(crate) fn dry_run(request: Request, dry_run: bool) -> Request {
    if dry_run { request.query("dryRun", "All") } else { request }
}

pub(crate) fn apply_error(resource: &Resource, error: Error) -> Error {
    let object = format!("{}/{} {}", resource.namespace, resource.name, resource.group_version_kind());
    match error.api() {
        Some(answer) if answer.code == 415 => Error::context("server-side apply not available on the server", error),
        Some(answer) if answer.is_conflict() => {
            Error::context(format!("conflict occurred while applying object {object}"), error)
        }
        _ if error.is_cancelled() => error,
        _ => Error::context(format!("server-side apply failed for object {object}"), error),
    }
}

/// Server-side: the quota was counted elsewhere at the same time. Client-side: any conflict.
fn again(error: &Error, how: Apply) -> bool {
    let Some(answer) = error.api().filter(|answer| answer.is_conflict()) else { return false };
    !how.server_side
        || (answer.message.contains("Operation cannot be fulfilled on resourcequotas")
            && answer.message.contains("the object has been modified"))
}
