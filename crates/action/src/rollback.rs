//! Rolls a release back to an earlier revision (`pkg/action/rollback.go`).

use chart::log::Log;
use cluster::Resource;
use gostd::GoError;
use release::{Info, Release, Status};

use crate::dry_run::DryRun;
use crate::failure::{Failed, joined, within};
use crate::hooks::{Run, record};
use crate::ownership::{Owner, quoted};
use crate::port::{Engine, How, NotUpdated, Propagation, Waiting};
use crate::upgrade::ServerSide;
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
        let (mut current, mut target, server_side) = self.plan(engine)?;
        if self.dry_run.is_dry() {
            log.debug("dry run", &[("name", &self.name)]);
            return Ok(());
        }
        log.debug("creating rolled back release", &[("name", &self.name)]);
        engine.records.create(&target)?;
        log.debug("performing rollback", &[("name", &self.name)]);
        self.perform(engine, (&mut current, &mut target), server_side, log)?;
        log.debug("updating status for rolled back release", &[("name", &self.name)]);
        engine.records.update(&target)?;
        Ok(())
    }

    fn plan(&self, engine: &Engine<'_>) -> Result<(Release, Release, bool), Failed> {
        if chart::release_name::validate(&self.name).is_err() {
            return Err(format!("prepareRollback: Release name is invalid: {}", self.name).into());
        }
        if self.revision < 0 {
            return Err("invalid release revision".into());
        }
        let current = engine.records.last(&self.name)?;
        let revision = if self.revision == 0 { current.version - 1 } else { self.revision };
        let history = engine.records.history(&self.name)?;
        if !history.iter().any(|release| release.version == revision) {
            return Err(format!("release has no {revision} version").into());
        }
        let previous = engine.records.get(&self.name, revision)?;
        let server_side = self.server_side.decide(&previous.apply_method)?;
        let target = self.record(&current, previous, server_side);
        Ok((current, target, server_side))
    }

    fn record(&self, current: &Release, previous: Release, server_side: bool) -> Release {
        let description = match self.description.as_str() {
            "" => format!("Rollback to {}", previous.version),
            given => given.to_string(),
        };
        Release {
            info: Info {
                first_deployed: current.info.first_deployed.clone(),
                last_deployed: Some(now()),
                status: Status::PendingRollback,
                notes: previous.info.notes.clone(),
                rollback_revision: previous.version,
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

    fn perform(
        &self,
        engine: &Engine<'_>,
        (current, target): (&mut Release, &mut Release),
        server_side: bool,
        log: &mut dyn Log,
    ) -> Result<(), Failed> {
        let old = objects(engine, current, "current")?;
        let mut new = objects(engine, target, "new")?;
        let run = Run { waiting: self.waiting, server_side };
        if !self.no_hooks {
            run.event(engine, target, "pre-rollback", log)?;
        }
        Owner { name: &target.name, namespace: &target.namespace }.mark(&mut new);
        let how = How { server_side, upgrade_managers: true, three_way_unstructured: false, ..self.how };
        if let Err(error) = engine.cluster.update(&old, &new, how) {
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
            true => engine.cluster.delete(&created, Propagation::Background),
            false => Vec::new(),
        };
        if errors.is_empty() {
            return error.into();
        }
        let words = "an error occurred while cleaning up resources. original rollback error";
        format!("{words}: unable to cleanup resources: {}", joined(&errors, ", ").text).into()
    }
}

fn objects(engine: &Engine<'_>, release: &Release, which: &str) -> Result<Vec<Resource>, GoError> {
    engine
        .cluster
        .build(release.manifest.as_bytes(), false)
        .map_err(|error| within(&format!("unable to build kubernetes objects from {which} release manifest"), error))
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
