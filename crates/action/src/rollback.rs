//! Rolls a release back to an earlier revision (`pkg/action/rollback.go`).

use chart::log::Log;
use cluster::Resource;
use release::{Info, Release, Status};

use crate::dry_run::DryRun;
use crate::failure::{Failed, joined, within};
use crate::hooks::{Run, record};
use crate::interrupt;
use crate::ownership::quoted;
use crate::port::{Engine, How, NotUpdated, Propagation, Waiting};
use crate::preflight;
use crate::server_side::ServerSide;
use crate::takeover::{self, Found, Interrupted};
use crate::values::{self, now};

/// The longest description, in characters.
pub const MAX_DESCRIPTION: usize = 256;

/// How to roll back.
#[derive(Clone)]
pub struct Rollback {
    pub name: String,
    /// 0 is the one before the last.
    pub revision: i64,
    pub description: String,
    pub waiting: Waiting,
    pub how: How,
    pub server_side: ServerSide,
    pub dry_run: DryRun,
    pub no_hooks: bool,
    pub cleanup_on_fail: bool,
}

/// What is to be done.
pub(crate) struct Plan {
    pub current: Release,
    pub target: Release,
    pub server_side: bool,
    interrupted: Interrupted,
}

impl Rollback {
    /// Rolls back to the revision before the last, with the settings of the command line.
    pub fn new(name: &str) -> Self {
        Rollback {
            name: name.to_string(),
            revision: 0,
            description: String::new(),
            waiting: Waiting::default(),
            how: How::default(),
            server_side: ServerSide::Auto,
            dry_run: DryRun::None,
            no_hooks: false,
            cleanup_on_fail: false,
        }
    }

    /// # Errors
    /// A description that is too long.
    pub fn check(&self) -> Result<(), Failed> {
        match self.description.chars().count() {
            ..=MAX_DESCRIPTION => Ok(()),
            length => Err(format!("description must be {MAX_DESCRIPTION} characters or less, got {length}").into()),
        }
    }

    /// # Errors
    /// Helm's texts.
    pub fn run(&self, engine: &Engine<'_>, log: &mut dyn Log) -> Result<(), Failed> {
        self.check()?;
        engine.cluster.reachable()?;
        log.debug("preparing rollback", &[("name", &self.name)]);
        let mut plan = self.plan(engine, log)?;
        if self.dry_run.is_dry() {
            log.debug("dry run", &[("name", &self.name)]);
            return Ok(());
        }
        let events: &[&str] = if self.no_hooks { &[] } else { &["pre-rollback", "post-rollback"] };
        let how = (How { server_side: plan.server_side, ..self.how }, self.waiting);
        let objects = preflight::check_rollback(engine, (&plan.current, &plan.target), how, events, log)?;
        log.debug("creating rolled back release", &[("name", &self.name)]);
        let Plan { interrupted, current: before, target: next, .. } = &mut plan;
        takeover::begin(engine, (interrupted, before), next, &[&objects.0, &objects.1])?;
        log.debug("performing rollback", &[("name", &self.name)]);
        if let Err(failed) = self.perform(engine, &mut plan, objects, log) {
            return Err(interrupt::settled_rollback(engine, &mut plan.target, failed, log));
        }
        log.debug("updating status for rolled back release", &[("name", &self.name)]);
        engine.records.update(&plan.target)?;
        Ok(())
    }

    pub(crate) fn plan(&self, engine: &Engine<'_>, log: &mut dyn Log) -> Result<Plan, Failed> {
        if chart::release_name::validate(&self.name).is_err() {
            return Err(format!("prepareRollback: Release name is invalid: {}", self.name).into());
        }
        if self.revision < 0 {
            return Err("invalid release revision".into());
        }
        let last = engine.records.last(&self.name)?;
        let found = takeover::look(engine, &last, log)?;
        let history = engine.records.history(&self.name)?;
        let (current, interrupted) = match found {
            Found::Interrupted if last.info.status == Status::PendingRollback => before(&history, last),
            Found::Interrupted if last.info.status.is_pending() => (last, Interrupted::Before),
            _ => (last, Interrupted::No),
        };
        let revision = if self.revision == 0 { current.version - 1 } else { self.revision };
        let previous = match &interrupted {
            // It may have been removed since, for there were too many.
            Interrupted::InPlace(one) if one.info.rollback_revision == revision => Release::clone(one),
            _ if !history.iter().any(|release| release.version == revision) => {
                return Err(format!("release has no {revision} version").into());
            }
            _ => engine.records.get(&self.name, revision)?,
        };
        let server_side = self.server_side.decide(&previous.apply_method)?;
        let mut target = self.record(&current, (previous, revision), server_side);
        if let Interrupted::InPlace(one) = &interrupted {
            target.version = one.version;
        }
        Ok(Plan { current, target, server_side, interrupted })
    }

    fn record(&self, current: &Release, (previous, revision): (Release, i64), server_side: bool) -> Release {
        let description = match self.description.as_str() {
            "" => format!("Rollback to {revision}"),
            given => given.to_string(),
        };
        Release {
            info: Info {
                first_deployed: current.info.first_deployed.clone(),
                last_deployed: Some(now()),
                status: Status::PendingRollback,
                notes: previous.info.notes.clone(),
                rollback_revision: revision,
                description,
                ..Info::default()
            },
            name: self.name.clone(),
            namespace: current.namespace.clone(),
            version: current.version + 1,
            apply_method: values::apply_method(server_side),
            ..previous
        }
    }

    /// Brings the cluster from the one list of objects to the other.
    fn perform(
        &self,
        engine: &Engine<'_>,
        plan: &mut Plan,
        (old, new): (Vec<Resource>, Vec<Resource>),
        log: &mut dyn Log,
    ) -> Result<(), Failed> {
        let Plan { current, target, server_side, interrupted } = plan;
        let server_side = *server_side;
        let run = Run { waiting: self.waiting, server_side };
        if !self.no_hooks {
            run.event(engine, target, "pre-rollback", log)?;
        }
        let how = self.how_of(server_side);
        let updated = takeover::undo(engine, interrupted.in_place(), target, &new, how)
            .and_then(|()| engine.cluster.update(&old, &new, how));
        if let Err(error) = updated {
            return Err(self.not_updated(engine, (current, target), error, log));
        }
        if let Err(error) = engine.cluster.wait(&new, self.waiting) {
            target.set_status(Status::Failed, format!("Release {} failed: {}", quoted(&target.name), error.text));
            record(engine, current, log);
            record(engine, target, log);
            return Err(within(&format!("release {} failed", target.name), error).into());
        }
        if !self.no_hooks {
            run.event(engine, target, "post-rollback", log)?;
        }
        supersede_all(engine, &current.name, log)?;
        target.info.status = Status::Deployed;
        Ok(())
    }

    /// Returns how objects are written.
    pub(crate) fn how_of(&self, server_side: bool) -> How {
        How { server_side, upgrade_managers: true, three_way_unstructured: false, ..self.how }
    }

    fn not_updated(
        &self,
        engine: &Engine<'_>,
        (current, target): (&mut Release, &mut Release),
        NotUpdated { error, created }: NotUpdated,
        log: &mut dyn Log,
    ) -> Failed {
        let text = format!("Rollback {} failed: {}", quoted(&target.name), error.text);
        log.warn(&text, &[]);
        current.info.status = Status::Superseded;
        target.set_status(Status::Failed, text);
        record(engine, current, log);
        record(engine, target, log);
        let errors = match self.cleanup_on_fail {
            true => engine.cluster.delete(&created, Propagation::Background).errors,
            false => Vec::new(),
        };
        if errors.is_empty() {
            return error.into();
        }
        let words = "an error occurred while cleaning up resources. original rollback error";
        format!("{words}: unable to cleanup resources: {}", joined(&errors, ", ").text).into()
    }
}

/// Returns the revision before an interrupted rollback; without one, there is only that itself.
fn before(history: &[Release], interrupted: Release) -> (Release, Interrupted) {
    let older = history.iter().filter(|release| release.version < interrupted.version);
    match older.max_by_key(|release| release.version) {
        Some(before) => (before.clone(), Interrupted::InPlace(Box::new(interrupted))),
        None => (interrupted, Interrupted::Before),
    }
}

/// Every other revision that says it is deployed is no more.
fn supersede_all(engine: &Engine<'_>, name: &str, log: &mut dyn Log) -> Result<(), Failed> {
    let deployed = match engine.records.deployed_all(name) {
        Err(error) if error.is_no_deployed() => return Ok(()),
        result => result?,
    };
    for mut release in deployed {
        log.debug("superseding previous deployment", &[("version", &release.version.to_string())]);
        release.info.status = Status::Superseded;
        record(engine, &release, log);
    }
    Ok(())
}
