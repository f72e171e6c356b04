//! Goes on where an operation was interrupted. Helm leaves such records pending, and every later upgrade refuses them.
//!
//! The next operation takes the place of the interrupted one: it claims the record, removes what only the interrupted
//! one made, writes its own record under the same revision, and runs as if there had been nothing.

use std::collections::HashSet;

use chart::log::Log;
use cluster::Resource;
use gostd::GoError;
use release::{Phase, Release, Status};

use crate::failure::Failed;
use crate::ownership::{Owner, key, quoted};
use crate::policy;
use crate::port::{Engine, Holder, How, NotUpdated, Propagation};

/// What Helm says while somebody works on a release.
const IN_PROGRESS: &str = "another operation (install/upgrade/rollback) is in progress";

/// What the record of a release says of an operation under way.
pub(crate) enum Found {
    /// There is none.
    Nothing,
    /// There is one, of which nobody knows whether it lives: Helm holds no lease.
    Unknown,
    /// Nobody works on it any more.
    Interrupted,
}

/// Finds out whether somebody works on the newest revision.
///
/// # Errors
/// Somebody does; those of the records.
pub(crate) fn look(engine: &Engine<'_>, last: &Release, log: &mut dyn Log) -> Result<Found, Failed> {
    let status = &last.info.status;
    if !status.is_pending() && *status != Status::Uninstalling {
        return Ok(Found::Nothing);
    }
    match engine.records.holder(&last.name, last.version)? {
        Holder::Us => Ok(Found::Nothing),
        Holder::Alive(who) => Err(Failed::from(IN_PROGRESS).hint(format!("{who} works on it"))),
        Holder::Nobody if !engine.take_over => Ok(Found::Unknown),
        Holder::Nobody => {
            tell(last, "nobody knows who", log);
            Ok(Found::Interrupted)
        }
        Holder::Dead(who) => {
            tell(last, &who, log);
            Ok(Found::Interrupted)
        }
    }
}

fn tell(last: &Release, who: &str, log: &mut dyn Log) {
    let revision = last.version.to_string();
    let fields =
        [("release", last.name.as_str()), ("revision", &revision), ("status", last.info.status.as_str()), ("by", who)];
    log.warn("the operation before did not come to its end, this one takes its place", &fields);
}

/// What to say of a record that Helm, or something that holds no lease, left pending.
pub(crate) fn refused(last: &Release) -> Failed {
    Failed::from(IN_PROGRESS).hint(format!(
        "revision {} of {} is {} and holds no lease, as those of Helm: nobody knows whether somebody works on it.\n\
         If nobody does, run this again with --take-over.",
        last.version,
        quoted(&last.name),
        last.info.status.as_str()
    ))
}

/// What an operation does with an interrupted one.
pub(crate) enum Interrupted {
    No,
    /// It takes its place, under the same revision.
    InPlace(Box<Release>),
    /// It starts from it, as from one that failed.
    Before,
}

impl Interrupted {
    pub fn in_place(&self) -> Option<&Release> {
        match self {
            Interrupted::InPlace(release) => Some(release),
            _ => None,
        }
    }
}

/// Writes the pending record of the next operation. What an interrupted one alone made is removed before: hooks that it
/// had started, and its objects that are not among those to keep.
///
/// # Errors
/// Somebody was faster; those of the records and of deletions.
pub(crate) fn begin(
    engine: &Engine<'_>,
    (interrupted, before): (&Interrupted, &mut Release),
    next: &Release,
    keep: &[&[Resource]],
) -> Result<(), Failed> {
    match interrupted {
        Interrupted::No => engine.records.create(next)?,
        Interrupted::InPlace(interrupted) => {
            claim(engine, interrupted)?;
            remove_hooks(engine, interrupted)?;
            remove_objects(engine, interrupted, keep)?;
            engine.records.update(next)?;
        }
        Interrupted::Before => {
            close(engine, before)?;
            engine.records.create(next)?;
        }
    }
    Ok(())
}

/// Makes an interrupted revision ours.
///
/// # Errors
/// Somebody was faster; those of the records.
pub(crate) fn claim(engine: &Engine<'_>, interrupted: &Release) -> Result<(), Failed> {
    match engine.records.claim(&interrupted.name, interrupted.version)? {
        true => Ok(()),
        false => Err(Failed::from(IN_PROGRESS).hint("somebody else has just taken it over")),
    }
}

/// Closes an interrupted revision as failed: the next operation is another revision.
fn close(engine: &Engine<'_>, interrupted: &mut Release) -> Result<(), Failed> {
    claim(engine, interrupted)?;
    remove_hooks(engine, interrupted)?;
    let text = format!("{} was interrupted", interrupted.info.status.as_str());
    interrupted.set_status(Status::Failed, text);
    engine.records.update(interrupted)?;
    Ok(())
}

/// Removes hooks that ran, or may have run, where the next run would not do it first: they could not be made anew.
pub(crate) fn remove_hooks(engine: &Engine<'_>, interrupted: &Release) -> Result<(), GoError> {
    for hook in &interrupted.hooks {
        let started = hook.last_run.started_at.is_some() && hook.kind != "CustomResourceDefinition";
        let ended = matches!(hook.last_run.phase, Phase::Succeeded | Phase::Failed);
        let stays = hook.delete_policies.iter().all(|policy| policy == "before-hook-creation");
        if !started || (ended && stays) {
            continue;
        }
        // What the cluster does not know any more is not there either.
        let resources = engine.cluster.build(hook.manifest.as_bytes(), false).unwrap_or_default();
        delete(engine, &resources)?;
    }
    Ok(())
}

/// Removes the objects of a revision that are its release's still, but not those to keep.
pub(crate) fn remove_objects(engine: &Engine<'_>, interrupted: &Release, keep: &[&[Resource]]) -> Result<(), GoError> {
    let kept: HashSet<String> = keep.iter().flat_map(|resources| resources.iter()).map(key).collect();
    let owner = Owner { name: &interrupted.name, namespace: &interrupted.namespace };
    let mut made = engine.cluster.build(interrupted.manifest.as_bytes(), false).unwrap_or_default();
    made.retain(|resource| !kept.contains(&key(resource)) && !policy::keeps(resource));
    let mut left = Vec::new();
    for (live, resource) in engine.cluster.get_all(&made).into_iter().zip(made) {
        if live?.is_some_and(|live| owner.check(&live).is_ok()) {
            left.push(resource);
        }
    }
    delete(engine, &left)
}

/// Takes away, where the client merges, the fields that only an interrupted operation set: the server knows by itself
/// whose fields are whose. The same manifest has no such fields.
pub(crate) fn undo(
    engine: &Engine<'_>,
    interrupted: Option<&Release>,
    next: &Release,
    target: &[Resource],
    how: How,
) -> Result<(), NotUpdated> {
    let Some(interrupted) = interrupted else { return Ok(()) };
    if how.server_side || interrupted.manifest == next.manifest {
        return Ok(());
    }
    let wanted: HashSet<String> = target.iter().map(key).collect();
    let mut made = engine.cluster.build(interrupted.manifest.as_bytes(), false).unwrap_or_default();
    made.retain(|resource| wanted.contains(&key(resource)));
    engine.cluster.update(&made, target, how).map(drop)
}

fn delete(engine: &Engine<'_>, resources: &[Resource]) -> Result<(), GoError> {
    if resources.is_empty() {
        return Ok(());
    }
    engine.cluster.delete(resources, Propagation::Background).errors.into_iter().next().map_or(Ok(()), Err)
}
