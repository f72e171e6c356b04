//! Upgrades a release (`pkg/action/upgrade.go`).

use std::collections::{BTreeMap, HashSet};

use chart::log::Log;
use chart::values::Surroundings;
use chart::{Chart, Crd};
use cluster::Resource;
use gostd::{GoError, Map};
use release::{Info, Release, Status};

use crate::dry_run::DryRun;
use crate::failure::{Failed, Fault, within};
use crate::hooks::{Run, record};
use crate::install::last;
use crate::interrupt;
use crate::ownership::{Owner, existing, key};
use crate::port::{Engine, How, Strategy, Waiting};
use crate::preflight;
use crate::recorded;
use crate::render_chart::{Prepared, Rendering, Source, prepare};
use crate::reuse::Values;
use crate::server_side::ServerSide;
use crate::takeover::{self, Found, Interrupted};
use crate::values::{self, now};

/// How to upgrade.
#[derive(Clone)]
pub struct Upgrade {
    pub name: String,
    pub description: String,
    pub labels: BTreeMap<String, String>,
    pub waiting: Waiting,
    pub how: How,
    pub server_side: ServerSide,
    pub values: Values,
    pub dry_run: DryRun,
    pub rendering: Rendering,
    pub no_hooks: bool,
    pub no_validation: bool,
    pub take_ownership: bool,
    pub rollback_on_failure: bool,
    pub cleanup_on_fail: bool,
}

/// What is to be done: the records before and after, and the objects of both.
pub struct Plan {
    pub(crate) before: Release,
    pub(crate) after: Release,
    pub(crate) current: Vec<Resource>,
    pub(crate) target: Vec<Resource>,
    /// They are not part of upgrades; whoever shows a plan may want to say so.
    pub(crate) crds: Vec<Crd>,
    server_side: bool,
    /// The operation whose place this one takes.
    interrupted: Interrupted,
}

/// The records that an upgrade starts from.
struct Base {
    /// The newest of those that count.
    last: Release,
    /// The one whose objects are live.
    before: Release,
    /// A newer one, of an operation that was interrupted.
    interrupted: Interrupted,
}

impl Base {
    fn revision(&self) -> i64 {
        self.interrupted.in_place().map_or(self.last.version + 1, |interrupted| interrupted.version)
    }
}

impl Upgrade {
    /// Upgrades a release and returns its new record.
    ///
    /// # Errors
    /// Helm's texts, with the record as far as it came.
    pub fn run(
        &self,
        engine: &Engine<'_>,
        chart: Chart,
        user_values: Map,
        log: &mut dyn Log,
    ) -> Result<Release, Failed> {
        let plan = self.plan(engine, chart, user_values, log)?;
        self.execute(engine, plan, log)
    }

    /// Renders the chart and looks at the cluster; nothing is changed.
    ///
    /// # Errors
    /// As [`Upgrade::run`].
    pub fn plan(
        &self,
        engine: &Engine<'_>,
        mut chart: Chart,
        user_values: Map,
        log: &mut dyn Log,
    ) -> Result<Plan, Failed> {
        engine.cluster.reachable()?;
        if chart::release_name::validate(&self.name).is_err() {
            return Err(format!("release name is invalid: {}", self.name).into());
        }
        if self.rendering.hide_secrets && !self.dry_run.is_dry() {
            return Err("hiding Kubernetes secrets requires a dry-run mode".into());
        }
        let plan = self.prepared(engine, &mut chart, user_values, log)?;
        Ok(Plan { crds: chart.crds(), ..plan })
    }

    /// Does what a plan says and returns the new record.
    ///
    /// # Errors
    /// As [`Upgrade::run`].
    pub fn execute(&self, engine: &Engine<'_>, mut plan: Plan, log: &mut dyn Log) -> Result<Release, Failed> {
        if self.dry_run.is_dry() {
            let description = if self.description.is_empty() { "Dry run complete" } else { &self.description };
            plan.after.info.description = description.to_string();
            return Ok(plan.after);
        }
        let events: &[&str] = if self.no_hooks { &[] } else { &["pre-upgrade", "post-upgrade"] };
        let how = (How { server_side: plan.server_side, ..self.how }, self.waiting());
        preflight::check_change(engine, &plan.after, (&plan.current, &plan.target), how, events)?;
        let keep: [&[Resource]; 2] = [&plan.current, &plan.target];
        takeover::begin(engine, (&plan.interrupted, &mut plan.before), &plan.after, &keep)?;
        match self.perform(engine, &mut plan, log) {
            Ok(()) => self.finish(engine, plan),
            Err((error, created)) => Err(self.failed(engine, plan.after, (error, created), log)),
        }
    }

    fn finish(&self, engine: &Engine<'_>, plan: Plan) -> Result<Release, Failed> {
        match engine.records.update(&plan.after) {
            Ok(()) => Ok(plan.after),
            Err(error) => Err(Failed::from(error).with(plan.after)),
        }
    }

    fn prepared(
        &self,
        engine: &Engine<'_>,
        chart: &mut Chart,
        user_values: Map,
        log: &mut dyn Log,
    ) -> Result<Plan, Failed> {
        let base = self.base(engine, log)?;
        let user_values = self.values.kept(chart, &base.before, user_values, log)?;
        chart::dependencies::process(chart, &user_values, log)?;
        let seen = values::release(&self.name, &base.before.namespace, base.revision(), true);
        let capabilities = engine.cluster.capabilities(log)?;
        let around = Surroundings { release: &seen, capabilities: &capabilities, schemas: engine.schemas };
        let top = chart::values::to_render_values(chart, &user_values, &around, log)?;
        let source = Source {
            chart,
            top: &top,
            capabilities: &capabilities,
            lookup: self.dry_run.asks_cluster().then(|| engine.cluster.lookup()),
            post_render: engine.post_render,
        };
        let prepared = prepare(&source, self.rendering, log)?;
        values::check_labels(&self.labels)?;
        let server_side = self.server_side.decide(&base.last.apply_method)?;
        let after = self.record(&base, (chart, user_values), prepared, server_side);
        self.objects(engine, (base, after), server_side, log)
    }

    fn base(&self, engine: &Engine<'_>, log: &mut dyn Log) -> Result<Base, Failed> {
        let last = match engine.records.last(&self.name) {
            Err(error) if error.is_not_found() => {
                return Err(format!("{} has no deployed releases", crate::ownership::quoted(&self.name)).into());
            }
            result => result?,
        };
        match takeover::look(engine, &last, log)? {
            Found::Unknown if last.info.status.is_pending() => Err(takeover::refused(&last)),
            Found::Interrupted if last.info.status.is_pending() => self.base_of_interrupted(engine, last),
            Found::Interrupted => Err(self
                .deployed(engine, last)
                .err()
                .unwrap_or_else(|| "the release is being uninstalled".into())
                .hint("an uninstall was interrupted: run it again, then install")),
            _ => {
                let (last, before) = self.deployed(engine, last)?;
                Ok(Base { last, before, interrupted: Interrupted::No })
            }
        }
    }

    /// Goes on from what was before an interrupted operation; from the operation itself where nothing was.
    fn base_of_interrupted(&self, engine: &Engine<'_>, interrupted: Release) -> Result<Base, Failed> {
        let mut history = engine.records.history(&self.name)?;
        history.retain(|release| release.version < interrupted.version);
        match last(history).filter(|last| last.info.status != Status::Uninstalled) {
            Some(last) => {
                let (last, before) = self.deployed(engine, last)?;
                Ok(Base { last, before, interrupted: Interrupted::InPlace(Box::new(interrupted)) })
            }
            None => Ok(Base { last: interrupted.clone(), before: interrupted, interrupted: Interrupted::Before }),
        }
    }

    /// Returns the newest record, and the one whose objects are live.
    fn deployed(&self, engine: &Engine<'_>, last: Release) -> Result<(Release, Release), Failed> {
        if last.info.status == Status::Deployed {
            return Ok((last.clone(), last));
        }
        match engine.records.deployed(&self.name) {
            Ok(deployed) => Ok((last, deployed)),
            Err(error) if error.is_no_deployed() && matches!(last.info.status, Status::Failed | Status::Superseded) => {
                Ok((last.clone(), last))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn record(
        &self,
        base: &Base,
        (chart, user_values): (&Chart, Map),
        prepared: Prepared,
        server_side: bool,
    ) -> Release {
        let Base { last, before, .. } = base;
        let mut release = Release {
            name: self.name.clone(),
            namespace: before.namespace.clone(),
            version: base.revision(),
            info: Info {
                first_deployed: before.info.first_deployed.clone(),
                last_deployed: Some(now()),
                status: Status::PendingUpgrade,
                description: "Preparing upgrade".to_string(),
                ..Info::default()
            },
            chart: Some(chart.into()),
            config: Some(user_values),
            labels: values::merged_labels(&last.labels, &self.labels),
            apply_method: values::apply_method(server_side),
            ..Release::default()
        };
        values::take(&mut release, prepared);
        release
    }

    fn objects(
        &self,
        engine: &Engine<'_>,
        (base, after): (Base, Release),
        server_side: bool,
        log: &mut dyn Log,
    ) -> Result<Plan, Failed> {
        let Base { before, interrupted, .. } = base;
        // Helm looks at the new manifest before it looks at the old one, whose error is another.
        engine.cluster.build(after.manifest.as_bytes(), !self.no_validation)?;
        let mut current = current_objects(engine, &before, log)?;
        let mut target = engine
            .cluster
            .build(after.manifest.as_bytes(), !self.no_validation)
            .map_err(|error| within("unable to build kubernetes objects from new release manifest", error))?;
        let owner = Owner { name: &after.name, namespace: &after.namespace };
        owner.mark(&mut target);
        let known: HashSet<String> = current.iter().map(key).collect();
        let new: Vec<Resource> = target.iter().filter(|resource| !known.contains(&key(resource))).cloned().collect();
        let adopted = existing(engine.cluster, &new, (!self.take_ownership).then_some(owner))
            .map_err(|error| within("unable to continue with update", error))?;
        current.extend(adopted);
        Ok(Plan { before, after, current, target, crds: Vec::new(), server_side, interrupted })
    }

    fn perform(&self, engine: &Engine<'_>, plan: &mut Plan, log: &mut dyn Log) -> Result<(), (GoError, Vec<Resource>)> {
        let waiting = self.waiting();
        let run = Run { waiting, server_side: plan.server_side };
        if !self.no_hooks {
            run.event(engine, &mut plan.after, "pre-upgrade", log)
                .map_err(|error| (within("pre-upgrade hooks failed", error), Vec::new()))?;
        }
        let how = self.how_of(plan);
        let updated = takeover::undo(engine, plan.interrupted.in_place(), &plan.after, &plan.target, how)
            .and_then(|()| engine.cluster.update(&plan.current, &plan.target, how));
        let created = match updated {
            Ok(created) => created,
            Err(error) => {
                record(engine, &plan.before, log);
                return Err((error.error, error.created));
            }
        };
        if let Err(error) = engine.cluster.wait(&plan.target, waiting) {
            record(engine, &plan.before, log);
            return Err((error, created));
        }
        if !self.no_hooks {
            run.event(engine, &mut plan.after, "post-upgrade", log)
                .map_err(|error| (within("post-upgrade hooks failed", error), created))?;
        }
        plan.before.info.status = Status::Superseded;
        record(engine, &plan.before, log);
        let description = if self.description.is_empty() { "Upgrade complete" } else { &self.description };
        plan.after.set_status(Status::Deployed, description);
        Ok(())
    }

    /// Returns how objects are written.
    pub(crate) fn how_of(&self, plan: &Plan) -> How {
        let migrates = plan.before.apply_method != "ssa" && plan.server_side;
        How { server_side: plan.server_side, upgrade_managers: migrates, ..self.how }
    }

    pub(crate) fn waiting(&self) -> Waiting {
        let hooks_only = self.waiting.strategy == Strategy::HookOnly;
        let strategy = if hooks_only && self.rollback_on_failure { Strategy::Watcher } else { self.waiting.strategy };
        Waiting { strategy, ..self.waiting }
    }

    fn failed(
        &self,
        engine: &Engine<'_>,
        mut release: Release,
        (error, created): (GoError, Vec<Resource>),
        log: &mut dyn Log,
    ) -> Failed {
        // Helm cleans nothing up when it was stopped.
        let created = if engine.cluster.is_interrupted() { Vec::new() } else { created };
        let error = interrupt::settled(engine, error);
        log.warn("upgrade failed", &[("name", &release.name), ("error", &error.text)]);
        let text = format!("Upgrade {} failed: {}", crate::ownership::quoted(&release.name), error.text);
        release.set_status(Status::Failed, text);
        record(engine, &release, log);
        let error = match self.clean_up(engine, &created, error) {
            Ok(error) => error,
            Err(error) => return Failed::from(error).with(release),
        };
        if !self.rollback_on_failure {
            return Failed::from(error).with(release);
        }
        log.debug("Upgrade failed and rollback-on-failure is set, rolling back to previous successful release", &[]);
        let text = self.roll_back(engine, &error, log);
        Failed { fault: Fault::Other(GoError::wrap(text, error)), release: Some(Box::new(release)), hint: None }
    }
}

fn current_objects(engine: &Engine<'_>, before: &Release, log: &mut dyn Log) -> Result<Vec<Resource>, GoError> {
    recorded::build(engine, before.manifest.as_bytes(), log).map_err(|error| {
        let words = if error.text.contains("unable to recognize \"\": no matches for kind") {
            "current release manifest contains removed kubernetes api(s) for this kubernetes version and it is therefore \
             unable to build the kubernetes objects for performing the diff. error from kubernetes"
        } else {
            "unable to build kubernetes objects from current release manifest"
        };
        within(words, error)
    })
}
