//! Asks the server what an update would do, object by object, without doing it: for diffs.

use futures::stream::{StreamExt, iter};
use serde_json::Value;

use crate::migrate::migrates;
use crate::perform::AT_ONCE;
use crate::remove::KEEP;
use crate::update::{apply_of, check};
use crate::{Client, Error, Resource, Update};

/// What an update would make of one object.
#[derive(Clone, Debug)]
pub struct Rehearsed {
    /// As the manifest has it.
    pub resource: Resource,
    /// As the cluster has it now; `None` where it is not there.
    pub live: Option<Value>,
    pub outcome: Outcome,
}

/// How an object would come out of an update.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// What the server says that it would be; for a new object what the manifest says, without defaults.
    Written(Value),
    /// The same, after it was replaced as a whole.
    Replaced(Value),
    Deleted,
    /// It is no target any more, and `helm.sh/resource-policy: keep` saves it.
    Kept,
    /// What the update would say of it; where only other managers are in the way, also what taking their fields would
    /// make of it.
    Refused(Error, Option<Value>),
}

impl Client {
    /// Returns what [`Client::update`] would make of each target, in their order, and then of each original that is no
    /// target any more; of those, what is not there or cannot be read is left out, as an update leaves it alone.
    ///
    /// # Errors
    /// Ways that exclude each other, and [`Error::Cancelled`]; what the server refuses belongs to its object.
    pub fn rehearse(&self, originals: &[Resource], targets: &[Resource], how: Update) -> Result<Vec<Rehearsed>, Error> {
        check(how)?;
        let how = Update { dry_run: true, ..how };
        let gone = originals.iter().filter(|original| !targets.iter().any(|target| target.matches(original)));
        let found = self.block(async {
            let written = iter(targets).map(|target| self.rehearse_target((originals, targets), target, how));
            let mut found: Vec<Rehearsed> = written.buffered(AT_ONCE).collect().await;
            let deleted = iter(gone).map(|original| self.rehearse_removal(original));
            let deleted: Vec<Option<Rehearsed>> = deleted.buffered(AT_ONCE).collect().await;
            found.extend(deleted.into_iter().flatten());
            Ok(found)
        })?;
        let cancelled =
            |rehearsed: &Rehearsed| matches!(&rehearsed.outcome, Outcome::Refused(error, _) if error.is_cancelled());
        if found.iter().any(cancelled) { Err(Error::Cancelled) } else { Ok(found) }
    }

    async fn rehearse_target(
        &self,
        (originals, targets): (&[Resource], &[Resource]),
        target: &Resource,
        how: Update,
    ) -> Rehearsed {
        let done = |live, outcome| Rehearsed { resource: target.clone(), live, outcome };
        // A name that the server will make belongs to nothing yet.
        let live = if target.name.is_empty() { Ok(None) } else { self.fetch(target).await };
        let live = match live {
            Ok(Some(live)) => live,
            Ok(None) => return done(None, self.rehearse_creation(targets, target, how).await),
            Err(error) => {
                let error = Error::context("could not get information about the resource", error);
                return done(None, Outcome::Refused(error, None));
            }
        };
        let original = originals.iter().find(|original| original.matches(target)).map(|found| &found.object);
        let original = original.unwrap_or(&live);
        let outcome = match self.rehearse_change(original, target, &live, how).await {
            Ok(after) if how.force_replace => Outcome::Replaced(after.object),
            Ok(after) => Outcome::Written(after.object),
            Err(error) => {
                let forced = Update { force_conflicts: true, ..how };
                let forced = match how.server_side && error.is_conflict() {
                    true => self.rehearse_change(original, target, &live, forced).await.ok(),
                    false => None,
                };
                Outcome::Refused(error, forced.map(|after| after.object))
            }
        };
        done(Some(live), outcome)
    }

    async fn rehearse_change(
        &self,
        original: &Value,
        target: &Resource,
        live: &Value,
        how: Update,
    ) -> Result<Resource, Error> {
        match how.server_side && how.upgrade_managers && migrates(live) {
            true => self.rehearse_migration(original, target, live, how).await,
            false => self.change_live(original, target, live, how).await,
        }
    }

    async fn rehearse_creation(&self, targets: &[Resource], target: &Resource, how: Update) -> Outcome {
        match self.create_one(target, apply_of(how)).await {
            Err(error) if !is_awaited(&error, targets) => {
                Outcome::Refused(Error::context("failed to create resource", error), None)
            }
            _ => Outcome::Written(target.object.clone()),
        }
    }

    /// Two steps that build on each other cannot both be dry. After the fields' managers were changed, an apply has the
    /// effect of a three-way patch; whether others own fields that it sets is what a dry apply tells before.
    async fn rehearse_migration(
        &self,
        original: &Value,
        target: &Resource,
        live: &Value,
        how: Update,
    ) -> Result<Resource, Error> {
        match self.apply(target, apply_of(how)).await {
            Err(error) if !conflicts_with_ourselves(&error) => Err(error),
            _ => {
                let how = Update { three_way_unstructured: true, ..how };
                self.patch_client_side(original, target, live, how).await
            }
        }
    }

    async fn rehearse_removal(&self, original: &Resource) -> Option<Rehearsed> {
        let live = match self.fetch(original).await {
            Ok(live) => live?,
            Err(error) if error.is_cancelled() => return Some(removed(original, None, Outcome::Refused(error, None))),
            Err(_) => return None,
        };
        if crate::resource::annotation(&live, KEEP.0) == Some(KEEP.1) {
            return Some(removed(original, Some(live), Outcome::Kept));
        }
        match self.rehearse_remove(original).await {
            Ok(()) => Some(removed(original, Some(live), Outcome::Deleted)),
            Err(error) if error.is_not_found() => None,
            Err(error) => Some(removed(original, Some(live), Outcome::Refused(error, None))),
        }
    }
}

fn removed(original: &Resource, live: Option<Value>, outcome: Outcome) -> Rehearsed {
    Rehearsed { resource: original.clone(), live, outcome }
}

/// What is missing (a namespace, a role that is bound) is one of the targets, and would be there by then.
fn is_awaited(error: &Error, targets: &[Resource]) -> bool {
    let Some(answer) = error.api().filter(|answer| answer.is_not_found()) else { return false };
    let text = |name: &str| answer.details[name].as_str().unwrap_or_default();
    targets
        .iter()
        .any(|target| target.name == text("name") && target.plural == text("kind") && target.group == text("group"))
}

/// All fields in question were written client-side by ourselves.
fn conflicts_with_ourselves(error: &Error) -> bool {
    let Some(answer) = error.api().filter(|answer| answer.is_conflict()) else { return false };
    let causes = answer.details["causes"].as_array();
    causes.is_some_and(|causes| causes.iter().all(|cause| cause["message"].as_str().is_some_and(is_own)))
}

fn is_own(conflict: &str) -> bool {
    conflict.starts_with("conflict with \"helm\" using ")
}
