//! Runs the hooks of an event (`pkg/action/hooks.go`).

use chart::log::Log;
use cluster::Resource;
use gostd::GoError;
use release::{Hook, Phase, Release};

use crate::failure::{joined, within};
use crate::port::{Engine, How, Pods, Propagation, Waiting};
use crate::values::now;

const BEFORE_CREATION: &str = "before-hook-creation";
const SUCCEEDED: &str = "hook-succeeded";
const FAILED: &str = "hook-failed";

/// How hooks are run.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub waiting: Waiting,
    pub server_side: bool,
}

/// Hooks that have run: they are removed when somebody has read their logs.
pub(crate) struct Finished {
    /// Those that succeeded, in the order they ran.
    succeeded: Vec<usize>,
    /// The one that failed, and what it said.
    failed: Option<(usize, GoError)>,
}

impl Run {
    /// Runs the hooks of an event, and removes those that are to be removed.
    pub fn event(
        self,
        engine: &Engine<'_>,
        release: &mut Release,
        event: &str,
        log: &mut dyn Log,
    ) -> Result<(), GoError> {
        let finished = self.execute(engine, release, event, log)?;
        self.remove(engine, release, finished, log)
    }

    /// Runs the hooks of an event; an error means that there is nothing to remove.
    pub fn execute(
        self,
        engine: &Engine<'_>,
        release: &mut Release,
        event: &str,
        log: &mut dyn Log,
    ) -> Result<Finished, GoError> {
        let mut finished = Finished { succeeded: Vec::new(), failed: None };
        let order = of_event(release, event);
        let mut announced = 0;
        for (position, &at) in order.iter().enumerate() {
            let hook = &mut release.hooks[at];
            if hook.delete_policies.is_empty() {
                hook.delete_policies.push(BEFORE_CREATION.to_string());
            }
            self.delete(engine, release, at, BEFORE_CREATION)?;
            let resources = build(engine, release, (at, event))?;
            release.hooks[at].last_run.start(now());
            if position == announced {
                announced += announce(engine, release, &order[position..], log);
            }
            match self.one(engine, release, (at, event, &resources), log)? {
                None => finished.succeeded.push(at),
                Some(error) => {
                    finished.failed = Some((at, error));
                    break;
                }
            }
        }
        Ok(finished)
    }

    /// Runs a hook; returns why it failed. An error is one of making it.
    fn one(
        self,
        engine: &Engine<'_>,
        release: &mut Release,
        (at, event, resources): (usize, &str, &[Resource]),
        log: &mut dyn Log,
    ) -> Result<Option<GoError>, GoError> {
        // Should anything end this run before its outcome is known, it is unknown.
        release.hooks[at].last_run.phase = Phase::Unknown;
        let how = How { server_side: self.server_side, ..How::default() };
        if let Err(refused) = engine.cluster.create(resources, how) {
            release.hooks[at].last_run.finish(now(), Phase::Failed);
            let words = format!("warning: Hook {event} {} failed", release.hooks[at].path);
            return Err(within(&words, refused.error));
        }
        let brief = is_deleted(&release.hooks[at], SUCCEEDED);
        let result = engine.cluster.watch_until_ready(resources, self.waiting, brief);
        let phase = if result.is_ok() { Phase::Succeeded } else { Phase::Failed };
        release.hooks[at].last_run.finish(now(), phase);
        if result.is_err() {
            write_logs(engine, release, (at, FAILED), log);
        }
        Ok(result.err())
    }

    /// Removes hooks that ran, as their policies say; returns why one failed.
    pub fn remove(
        self,
        engine: &Engine<'_>,
        release: &Release,
        finished: Finished,
        log: &mut dyn Log,
    ) -> Result<(), GoError> {
        let Some((at, error)) = finished.failed else {
            for at in finished.succeeded.into_iter().rev() {
                write_logs(engine, release, (at, SUCCEEDED), log);
                self.delete(engine, release, at, SUCCEEDED)?;
            }
            return Ok(());
        };
        // The failure of the hook is what counts; one of its removal is left out, as in Helm.
        let _ = self.delete(engine, release, at, FAILED);
        for at in finished.succeeded {
            self.delete(engine, release, at, SUCCEEDED)?;
        }
        Err(error)
    }

    /// Deletes a hook if its policies name this one. Definitions of resources stay: everything of their kind would go.
    fn delete(self, engine: &Engine<'_>, release: &Release, at: usize, policy: &str) -> Result<(), GoError> {
        let hook = &release.hooks[at];
        if hook.kind == "CustomResourceDefinition" || !is_deleted(hook, policy) {
            return Ok(());
        }
        let resources = engine.cluster.build(hook.manifest.as_bytes(), false).map_err(|error| {
            within(&format!("unable to build kubernetes object for deleting hook {}", hook.path), error)
        })?;
        let deleted = engine.cluster.delete(&resources, Propagation::Background);
        if !deleted.errors.is_empty() {
            return Err(joined(&deleted.errors, "; "));
        }
        match deleted.leaving.is_empty() {
            true => Ok(()),
            false => engine.cluster.wait_for_delete(&deleted.leaving, self.waiting),
        }
    }
}

fn build(engine: &Engine<'_>, release: &Release, (at, event): (usize, &str)) -> Result<Vec<Resource>, GoError> {
    let hook = &release.hooks[at];
    let words = || format!("unable to build kubernetes object for {event} hook {}", hook.path);
    engine.cluster.build(hook.manifest.as_bytes(), true).map_err(|error| within(&words(), error))
}

/// Records that the first of these hooks starts, and with it those that will start within moments: a run that is
/// interrupted is seen by its record, and a record for each would take longer than the hooks. Returns how many it names.
///
/// Only those are named ahead that are removed before they are made: whoever cleans up after an interruption may
/// remove them too, even if they are not this run's yet.
fn announce(engine: &Engine<'_>, release: &mut Release, order: &[usize], log: &mut dyn Log) -> usize {
    let Some((first, rest)) = order.split_first() else { return 0 };
    let start = release.hooks[*first].last_run.clone();
    let mut lasts = lasting(&release.hooks[*first]);
    let mut ahead = Vec::new();
    for &at in rest {
        if lasts || !renewed(&release.hooks[at]) {
            break;
        }
        lasts = lasting(&release.hooks[at]);
        ahead.push((at, std::mem::replace(&mut release.hooks[at].last_run, start.clone())));
    }
    record(engine, release, log);
    let named = 1 + ahead.len();
    for (at, last_run) in ahead.into_iter().rev() {
        release.hooks[at].last_run = last_run;
    }
    named
}

/// Whether a hook is waited for until it has ended.
fn lasting(hook: &Hook) -> bool {
    matches!(hook.kind.as_str(), "Job" | "Pod")
}

/// Whether what is there of a hook is removed before it is made; without a policy it is.
fn renewed(hook: &Hook) -> bool {
    hook.delete_policies.is_empty() || is_deleted(hook, BEFORE_CREATION)
}

fn is_deleted(hook: &Hook, policy: &str) -> bool {
    hook.delete_policies.iter().any(|known| known == policy)
}

/// Returns the hooks of an event, by weight and name; those of equal ones stay in the order of their kinds.
fn of_event(release: &Release, event: &str) -> Vec<usize> {
    let mut hooks: Vec<usize> = Vec::new();
    for (at, hook) in release.hooks.iter().enumerate() {
        hooks.extend(hook.events.iter().filter(|known| *known == event).map(|_| at));
    }
    hooks.sort_by(|a, b| {
        let (a, b) = (&release.hooks[*a], &release.hooks[*b]);
        (a.weight, &a.name).cmp(&(b.weight, &b.name))
    });
    hooks
}

/// Writes the logs of a hook if its policies name this outcome; that it cannot is only told.
fn write_logs(engine: &Engine<'_>, release: &Release, (at, policy): (usize, &str), log: &mut dyn Log) {
    let hook = &release.hooks[at];
    if hook.output_log_policies.iter().any(|known| known == policy)
        && let Err(error) = logs_of(engine, release, hook)
    {
        log.warn(&format!("error outputting logs for hook failure: {}", error.text), &[]);
    }
}

fn logs_of(engine: &Engine<'_>, release: &Release, hook: &Hook) -> Result<(), GoError> {
    let pods = match hook.kind.as_str() {
        "Job" => Pods::OfJob(&hook.name),
        "Pod" => Pods::Named(&hook.name),
        _ => return Ok(()),
    };
    let namespace = namespace_of(hook)?.unwrap_or_else(|| release.namespace.clone());
    engine.cluster.write_logs(&namespace, pods)
}

/// Returns the namespace that a hook's manifest names.
fn namespace_of(hook: &Hook) -> Result<Option<String>, GoError> {
    let value = goyaml::from_yaml_map(hook.manifest.as_bytes()).map_err(|error| {
        let words = "unable to parse metadata.namespace from kubernetes manifest for output logs hook";
        within(&format!("{words} {}", hook.path), error)
    })?;
    let gostd::Value::Map(value) = value else { return Ok(None) };
    let Some(gostd::Value::Map(metadata)) = value.get(b"metadata") else { return Ok(None) };
    match metadata.get(b"namespace") {
        Some(gostd::Value::Str(namespace)) if !namespace.is_empty() => Ok(Some(namespace.to_text().into_owned())),
        _ => Ok(None),
    }
}

/// Writes a record that is there already; that it cannot be written is only told.
pub(crate) fn record(engine: &Engine<'_>, release: &Release, log: &mut dyn Log) {
    if let Err(error) = engine.records.update(release) {
        let (revision, error) = (release.version.to_string(), error.to_string());
        let fields = [("name", release.name.as_str()), ("revision", &revision), ("error", &error)];
        log.warn("failed to update release", &fields);
    }
}
