//! What can be known to fail before anything is changed: rights that are missing, fields that cannot be changed.
//!
//! Helm finds out half-way, when a revision is recorded and some objects are written. What is not certain to fail goes on.

mod immutable;
mod needs;
mod rights;

use chart::log::Log;
use cluster::Resource;
use gostd::GoError;
use release::Release;

use crate::failure::within;
use crate::interrupt::stopped;
use crate::ownership::Owner;
use crate::port::{Engine, How, Strategy, Waiting};
use crate::recorded;

/// What an operation is about to do.
pub(crate) struct Intent<'a> {
    /// The record that is written; its hooks run.
    pub release: &'a Release,
    /// The events whose hooks run; none with `--no-hooks`.
    pub events: &'a [&'a str],
    /// The objects that are there, as the release before has them.
    pub current: &'a [Resource],
    /// The objects that are to be.
    pub target: &'a [Resource],
    pub how: How,
    pub waiting: Waiting,
    pub deed: Deed,
    /// Definitions of the chart's `crds/` were installed already.
    pub definitions: bool,
}

/// Which way objects are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// All are new: created without a look.
    Create,
    /// Some are there.
    Update,
}

/// What an uninstallation is about to do.
pub(crate) struct Removal<'a> {
    pub release: &'a Release,
    pub events: &'a [&'a str],
    pub objects: &'a [Resource],
    /// The revisions whose records go.
    pub revisions: &'a [i64],
    pub waiting: Waiting,
}

/// Checks an installation, an upgrade or a rollback.
///
/// # Errors
/// Ours for rights that are missing, the server's for a change that it refuses; each with a hint.
pub(crate) fn check(engine: &Engine<'_>, intent: &Intent<'_>) -> Result<(), GoError> {
    rights::check(engine, &needs::of_intent(engine, intent), intent.release).map_err(|error| intent.told(error))?;
    // A hook may make room for the change: charts delete StatefulSets so.
    let hooks_first = intent.events.first().is_some_and(|event| runs(intent.release, event));
    if intent.deed == Deed::Update && !hooks_first {
        immutable::check(engine, intent)?;
    }
    stopped(engine).map_or(Ok(()), Err)
}

impl Intent<'_> {
    /// Says what was changed by now after all.
    fn told(&self, error: GoError) -> GoError {
        match self.definitions {
            true => {
                let text =
                    error.text.replacen("so nothing was changed", "so only the definitions of crds/ were installed", 1);
                GoError { text, ..error }
            }
            false => error,
        }
    }
}

/// Checks definitions from a chart's `crds/`, which come before everything else.
///
/// # Errors
/// As [`check`].
pub(crate) fn check_definitions(
    engine: &Engine<'_>,
    definitions: &[Resource],
    how: How,
    release: &str,
) -> Result<(), GoError> {
    let release = Release { name: release.to_string(), ..Release::default() };
    rights::check(engine, &needs::of_definitions(definitions, how), &release)?;
    stopped(engine).map_or(Ok(()), Err)
}

/// Checks an upgrade from one list of objects to another.
///
/// # Errors
/// As [`check`].
pub(crate) fn check_change(
    engine: &Engine<'_>,
    release: &Release,
    (current, target): (&[Resource], &[Resource]),
    (how, waiting): (How, Waiting),
    events: &[&str],
) -> Result<(), GoError> {
    let intent = Intent { release, events, current, target, how, waiting, deed: Deed::Update, definitions: false };
    check(engine, &intent)
}

/// Checks a rollback, and returns the objects it is between, those to come marked as the release's.
///
/// # Errors
/// As [`check`], and Helm's for manifests that cannot be built.
pub(crate) fn check_rollback(
    engine: &Engine<'_>,
    (current, target): (&Release, &Release),
    (how, waiting): (How, Waiting),
    events: &[&str],
    log: &mut dyn Log,
) -> Result<(Vec<Resource>, Vec<Resource>), GoError> {
    let (current, mut objects) = rollback_objects(engine, (current, target), log)?;
    Owner { name: &target.name, namespace: &target.namespace }.mark(&mut objects);
    check_change(engine, target, (&current, &objects), (how, waiting), events)?;
    Ok((current, objects))
}

/// Builds the objects of the revisions that a rollback is between.
///
/// # Errors
/// Helm's.
pub(crate) fn rollback_objects(
    engine: &Engine<'_>,
    (current, target): (&Release, &Release),
    log: &mut dyn Log,
) -> Result<(Vec<Resource>, Vec<Resource>), GoError> {
    let failed = |which: &str, error| {
        within(&format!("unable to build kubernetes objects from {which} release manifest"), error)
    };
    let old = recorded::build(engine, current.manifest.as_bytes(), log).map_err(|error| failed("current", error))?;
    let new = engine.cluster.build(target.manifest.as_bytes(), false).map_err(|error| failed("new", error))?;
    Ok((old, new))
}

/// Checks an uninstallation.
///
/// # Errors
/// As [`check`].
pub(crate) fn check_removal(engine: &Engine<'_>, removal: &Removal<'_>) -> Result<(), GoError> {
    rights::check(engine, &needs::of_removal(engine, removal), removal.release)?;
    stopped(engine).map_or(Ok(()), Err)
}

fn runs(release: &Release, event: &str) -> bool {
    release.hooks.iter().any(|hook| hook.events.iter().any(|known| known == event))
}

/// Whether objects are watched after they were written.
fn watches(waiting: Waiting) -> bool {
    waiting.strategy == Strategy::Watcher
}
