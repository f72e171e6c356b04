//! Ctrl-C: an operation stops where it is, and its record says so.

use chart::log::Log;
use gostd::GoError;
use release::{Release, Status};

use crate::failure::Failed;
use crate::hooks::record;
use crate::ownership::quoted;
use crate::port::Engine;

/// Returns Helm's error of a stopped operation (`context.Canceled`), if this one was stopped.
pub(crate) fn stopped(engine: &Engine<'_>) -> Option<GoError> {
    engine.cluster.is_interrupted().then(|| GoError::new("context canceled"))
}

/// Takes the error of a stopped operation instead of what stopping led to, and lets the cluster be used again: what is to be
/// undone is undone.
pub(crate) fn settled(engine: &Engine<'_>, error: GoError) -> GoError {
    let Some(stopped) = stopped(engine) else { return error };
    engine.cluster.resume();
    stopped
}

/// A rollback that was stopped is recorded as failed, so that any command can follow. Helm ends without a word and leaves
/// the record pending.
pub(crate) fn settled_rollback(engine: &Engine<'_>, target: &mut Release, failed: Failed, log: &mut dyn Log) -> Failed {
    let Some(stopped) = stopped(engine) else { return failed };
    target.set_status(Status::Failed, format!("Rollback {} failed: {}", quoted(&target.name), stopped.text));
    record(engine, target, log);
    Failed::from(stopped).with(target.clone())
}
