//! Brings the cluster from one list of objects to another: creates, changes, deletes.
//!
//! Source: `Client.Update` and `update`, pkg/kube/client.go.

use std::collections::HashSet;
use std::fmt;

use futures::stream::{StreamExt, iter};
use serde_json::Value;

use crate::apply::{Apply, FIELD_MANAGER, dry_run};
use crate::perform::AT_ONCE;
use crate::remove::KEEP;
use crate::{Client, Error, Propagation, Request, Resource};

/// How often a replacement is tried while others write the same object.
const REPLACES: u32 = 5;

/// How objects are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Update {
    /// By server-side apply; else by a patch made here.
    pub server_side: bool,
    /// Takes fields from other managers; server-side only.
    pub force_conflicts: bool,
    /// Replaces objects as a whole; client-side only.
    pub force_replace: bool,
    /// Minds the live object also for kinds that we know no types of; client-side only.
    pub three_way_unstructured: bool,
    /// Before an apply, makes fields that were written client-side by us our applied ones.
    pub upgrade_managers: bool,
    pub dry_run: bool,
}

impl Default for Update {
    fn default() -> Self {
        Update {
            server_side: true,
            force_conflicts: false,
            force_replace: false,
            three_way_unstructured: false,
            upgrade_managers: false,
            dry_run: false,
        }
    }
}

/// What was done, as far as it came.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// As the server has them; as they were to be, where creating failed.
    pub created: Vec<Resource>,
    pub updated: Vec<Resource>,
    pub deleted: Vec<Resource>,
    /// Objects that were there without being in the original list; Helm warns of them.
    pub adopted: Vec<Resource>,
}

/// An update that failed, with what it had done by then.
#[derive(Debug)]
pub struct Failed {
    pub changes: Changes,
    pub error: Error,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Failed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// Splits targets into runs that may be written at the same time: objects of one kind, each but once, for of those that a
/// manifest names twice the last one counts.
fn batches(targets: &[Resource]) -> Vec<&[Resource]> {
    let mut batches = Vec::new();
    for mut rest in targets.chunk_by(|one, next| one.kind == next.kind) {
        while !rest.is_empty() {
            let mut seen = HashSet::new();
            let again = rest.iter().position(|target| !seen.insert((&target.group, &target.namespace, &target.name)));
            let (batch, later) = rest.split_at(again.unwrap_or(rest.len()));
            batches.push(batch);
            rest = later;
        }
    }
    batches
}

/// What became of one target.
enum Step {
    Created(Resource),
    /// The error ends the update, as in Helm; the object counts as created.
    CreateFailed(Resource, Error),
    Updated(Resource),
    UpdateFailed(Resource, Error),
    /// Not even looked at.
    Unknown(Error),
}

impl Client {
    /// Creates targets that are not there, changes those that are, and deletes originals that are no target, save those
    /// whose live object says `helm.sh/resource-policy: keep`.
    ///
    /// # Errors
    /// Texts of Helm, with what was done: a failure to create ends the work, failures to change and to delete are collected
    /// and joined by ` && `.
    pub fn update(&self, originals: &[Resource], targets: &[Resource], how: Update) -> Result<Changes, Box<Failed>> {
        let mut changes = Changes::default();
        match self.change(originals, targets, how, &mut changes) {
            Ok(()) => Ok(changes),
            Err(error) => Err(Box::new(Failed { changes, error })),
        }
    }

    /// Asks the server whether it would take a change of one object, made as [`Client::update`] makes it, without making it.
    ///
    /// # Errors
    /// What the update would say.
    pub fn try_change(&self, original: &Resource, target: &Resource, how: Update) -> Result<(), Error> {
        check(how)?;
        let how = Update { dry_run: true, ..how };
        match self.block(async { Ok(self.step(std::slice::from_ref(original), target, how).await) })? {
            Step::Created(_) | Step::Updated(_) => Ok(()),
            Step::CreateFailed(_, error) | Step::UpdateFailed(_, error) | Step::Unknown(error) => Err(error),
        }
    }

    fn change(
        &self,
        originals: &[Resource],
        targets: &[Resource],
        how: Update,
        changes: &mut Changes,
    ) -> Result<(), Error> {
        check(how)?;
        let mut errors = Vec::new();
        for batch in batches(targets) {
            let steps = self.block(async {
                let steps = iter(batch).map(|target| self.step(originals, target, how));
                Ok(steps.buffered(AT_ONCE).collect::<Vec<_>>().await)
            })?;
            let mut end = None;
            for (step, target) in steps.into_iter().zip(batch) {
                let known = originals.iter().any(|original| original.matches(target));
                record(step, known, changes, &mut errors).unwrap_or_else(|error| end = end.take().or(Some(error)));
            }
            if let Some(error) = end {
                return Err(error);
            }
        }
        if let Some(error) = Error::several(std::mem::take(&mut errors), " && ") {
            return Err(error);
        }
        self.prune(originals, targets, changes)
    }

    async fn step(&self, originals: &[Resource], target: &Resource, how: Update) -> Step {
        // A patch says by its answer whether the object was there: Helm's question before is not needed.
        if how.server_side && !how.upgrade_managers {
            return self.apply_step(target, how).await;
        }
        let live = match self.fetch(target).await {
            Ok(live) => live,
            Err(error) => return Step::Unknown(Error::context("could not get information about the resource", error)),
        };
        let Some(live) = live else { return self.create_step(target, how).await };
        let original = originals.iter().find(|original| original.matches(target)).map(|found| &found.object);
        match self.change_live(original.unwrap_or(&live), target, &live, how).await {
            Ok(resource) => Step::Updated(resource),
            Err(error) => Step::UpdateFailed(target.clone(), error),
        }
    }

    async fn apply_step(&self, target: &Resource, how: Update) -> Step {
        match self.apply(target, apply_of(how)).await {
            Ok((resource, true)) => Step::Created(resource),
            Ok((resource, false)) => Step::Updated(resource),
            Err(error) if error.is_cancelled() => Step::Unknown(error),
            // Which words are right depends on whether it is there.
            Err(error) => match self.fetch(target).await {
                Ok(Some(_)) => Step::UpdateFailed(target.clone(), error),
                Ok(None) => self.create_step(target, how).await,
                Err(error) => Step::Unknown(Error::context("could not get information about the resource", error)),
            },
        }
    }

    async fn create_step(&self, target: &Resource, how: Update) -> Step {
        match self.create_one(target, apply_of(how)).await {
            Ok(resource) => Step::Created(resource),
            Err(error) => Step::CreateFailed(target.clone(), Error::context("failed to create resource", error)),
        }
    }

    /// Makes a live object what a target says.
    pub(crate) async fn change_live(
        &self,
        original: &Value,
        target: &Resource,
        live: &Value,
        how: Update,
    ) -> Result<Resource, Error> {
        if how.force_replace {
            return self.replace(target, live, how).await;
        }
        if !how.server_side {
            return self.patch_client_side(original, target, live, how).await;
        }
        if how.upgrade_managers {
            self.upgrade_managers(target, live.clone(), how.dry_run).await?;
        }
        self.apply(target, apply_of(how)).await.map(|(resource, _)| resource)
    }

    /// PUT with the live object's version, as `--force-replace` means it. A controller may write the status in between;
    /// Helm fails then, this tries again.
    async fn replace(&self, target: &Resource, live: &Value, how: Update) -> Result<Resource, Error> {
        let mut object = target.object.clone();
        let given = !object["metadata"]["resourceVersion"].as_str().unwrap_or_default().is_empty();
        let mut version = live["metadata"]["resourceVersion"].clone();
        let mut tries = 1;
        loop {
            if let Some(metadata) = object["metadata"].as_object_mut().filter(|_| !given) {
                metadata.insert("resourceVersion".to_owned(), version.clone());
            }
            let error = match self.put(target, &object, how).await {
                Err(error) if error.is_conflict() && !given && tries < REPLACES => error,
                result => return result.map_err(|error| Error::context("failed to replace object", error)),
            };
            let Some(live) = self.fetch(target).await? else {
                return Err(Error::context("failed to replace object", error));
            };
            version = live["metadata"]["resourceVersion"].clone();
            tries += 1;
        }
    }

    async fn put(&self, target: &Resource, object: &Value, how: Update) -> Result<Resource, Error> {
        let request = dry_run(Request::put(target.path(), object), how.dry_run)
            .query("fieldManager", FIELD_MANAGER)
            .query("fieldValidation", "Strict");
        self.send(&request).await?.json().map(|object| target.with_object(object))
    }

    /// Deletes what is no target any more.
    fn prune(&self, originals: &[Resource], targets: &[Resource], changes: &mut Changes) -> Result<(), Error> {
        let mut errors = Vec::new();
        for original in originals.iter().filter(|original| !targets.iter().any(|target| target.matches(original))) {
            // What cannot be read is left alone, without a word, as in Helm.
            let live = match self.get(original) {
                Ok(Some(live)) => live,
                Err(Error::Cancelled) => return Err(Error::Cancelled),
                Ok(None) | Err(_) => continue,
            };
            let resource = original.with_object(live);
            if resource.annotation(KEEP.0) == Some(KEEP.1) {
                continue;
            }
            match self.block(self.remove(&resource, Propagation::Background)) {
                Ok(_) => changes.deleted.push(resource),
                Err(error) if error.is_not_found() => {}
                Err(error) => errors.push(Error::context(
                    format!(
                        "failed to delete resource namespace={}, name={}, kind={}",
                        resource.namespace, resource.name, resource.kind
                    ),
                    error,
                )),
            }
        }
        Error::several(errors, " && ").map_or(Ok(()), Err)
    }
}

pub(crate) fn apply_of(how: Update) -> Apply {
    Apply { server_side: how.server_side, force_conflicts: how.force_conflicts, dry_run: how.dry_run }
}

/// Puts one step into the changes; an error that ends the update comes back.
fn record(step: Step, known: bool, changes: &mut Changes, errors: &mut Vec<Error>) -> Result<(), Error> {
    let mut updated = |resource: Resource| {
        if !known {
            changes.adopted.push(resource.clone());
        }
        changes.updated.push(resource);
    };
    match step {
        Step::Created(resource) => changes.created.push(resource),
        Step::Updated(resource) => updated(resource),
        Step::UpdateFailed(resource, error) => {
            updated(resource);
            errors.push(error);
        }
        Step::CreateFailed(resource, error) => {
            changes.created.push(resource);
            return Err(error);
        }
        Step::Unknown(error) => return Err(error),
    }
    Ok(())
}

pub(crate) fn check(how: Update) -> Result<(), Error> {
    let wrong = if how.force_conflicts && !how.server_side {
        "invalid client update option(s): forceConflicts enabled when serverSideApply disabled"
    } else if how.three_way_unstructured && how.server_side {
        "invalid operation: cannot use three-way merge for unstructured and server-side apply together"
    } else if how.force_conflicts && how.force_replace {
        "invalid operation: cannot use force conflicts and force replace together"
    } else if how.server_side && how.force_replace {
        "invalid operation: cannot use server-side apply and force replace together"
    } else {
        return Ok(());
    };
    Err(Error::plain(wrong))
}
