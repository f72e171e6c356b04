//! Upgrades a release (`pkg/action/upgrade.go`).

use std::collections::{BTreeMap, HashSet};

use chart::Chart;
use chart::log::Log;
use chart::values::Surroundings;
use cluster::Resource;
use gostd::{GoError, Map};
use release::{Info, Release, Status};

use crate::dry_run::DryRun;
use crate::failure::{Failed, Fault, joined, within};
use crate::hooks::{Run, record};
use crate::interrupt;
use crate::ownership::{Owner, existing};
use crate::port::{Engine, How, Propagation, Strategy, Waiting};
use crate::preflight;
use crate::recorded;
use crate::render_chart::{Prepared, Rendering, Source, prepare};
use crate::rollback::Rollback;
use crate::values::{self, now};

/// What becomes of the values of the release before (`reuseValues`).
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum Values {
    /// They count where none are given.
    #[default]
    KeptIfNone,
    /// They are forgotten.
    Reset,
    /// They and the old chart's are kept, those given go over them.
    Reused,
    /// They are kept over the new chart's, those given go over them.
    ResetThenReused,
}

/// Whether the server or the client writes objects.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum ServerSide {
    /// As the release before did.
    #[default]
    Auto,
    Yes,
    No,
}

impl ServerSide {
    pub(crate) fn decide(self, method: &str) -> bool {
        match self {
            ServerSide::Auto => method == "ssa",
            ServerSide::Yes => true,
            ServerSide::No => false,
        }
    }
}

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
struct Plan {
    before: Release,
    after: Release,
    current: Vec<Resource>,
    target: Vec<Resource>,
    server_side: bool,
}

impl Upgrade {
    /// Upgrades a release and returns its new record.
    ///
    /// # Errors
    /// Helm's texts, with the record as far as it came.
    pub fn run(
        &self,
        engine: &Engine<'_>,
        mut chart: Chart,
        user_values: Map,
        log: &mut dyn Log,
    ) -> Result<Release, Failed> {
        engine.cluster.reachable()?;
        if chart::release_name::validate(&self.name).is_err() {
            return Err(format!("release name is invalid: {}", self.name).into());
        }
        if self.rendering.hide_secrets && !self.dry_run.is_dry() {
            return Err("hiding Kubernetes secrets requires a dry-run mode".into());
        }
        let mut plan = self.plan(engine, &mut chart, user_values, log)?;
        if self.dry_run.is_dry() {
            let description = if self.description.is_empty() { "Dry run complete" } else { &self.description };
            plan.after.info.description = description.to_string();
            return Ok(plan.after);
        }
        let events: &[&str] = if self.no_hooks { &[] } else { &["pre-upgrade", "post-upgrade"] };
        let how = (How { server_side: plan.server_side, ..self.how }, self.waiting());
        preflight::check_change(engine, &plan.after, (&plan.current, &plan.target), how, events)?;
        engine.records.create(&plan.after)?;
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

    fn plan(
        &self,
        engine: &Engine<'_>,
        chart: &mut Chart,
        user_values: Map,
        log: &mut dyn Log,
    ) -> Result<Plan, Failed> {
        let (last, before) = self.releases(engine)?;
        let user_values = self.kept_values(chart, &before, user_values, log)?;
        chart::dependencies::process(chart, &user_values, log)?;
        let revision = last.version + 1;
        let seen = values::release(&self.name, &before.namespace, revision, true);
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
        let server_side = self.server_side.decide(&last.apply_method);
        let after = self.record(&last, &before, (chart, user_values), prepared, server_side);
        self.objects(engine, (before, after), server_side, log)
    }

    /// Returns the newest record, and the one whose objects are live.
    fn releases(&self, engine: &Engine<'_>) -> Result<(Release, Release), Failed> {
        let last = match engine.records.last(&self.name) {
            Err(error) if error.is_not_found() => {
                return Err(format!("{} has no deployed releases", crate::ownership::quoted(&self.name)).into());
            }
            result => result?,
        };
        if last.info.status.is_pending() {
            return Err("another operation (install/upgrade/rollback) is in progress".into());
        }
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

    fn kept_values(&self, chart: &mut Chart, before: &Release, given: Map, log: &mut dyn Log) -> Result<Map, GoError> {
        let old = before.config.clone().unwrap_or_default();
        match self.values {
            Values::Reset => {
                log.debug("resetting values to the chart's original version", &[]);
                Ok(given)
            }
            Values::Reused => {
                log.debug("reusing the old release's values", &[]);
                let stored = before.chart.clone().unwrap_or_default().to_chart();
                let whole = chart::values::coalesce(&stored, &old, log)
                    .map_err(|error| within("failed to rebuild old values", error))?;
                let merged = chart::values::coalesce_tables(&given, &old, log);
                chart.set_values(whole);
                Ok(merged)
            }
            Values::ResetThenReused => {
                log.debug("merging values from old release to new values", &[]);
                Ok(chart::values::coalesce_tables(&given, &old, log))
            }
            Values::KeptIfNone if given.is_empty() && !old.is_empty() => {
                let revision = before.version.to_string();
                let fields = [("name", before.name.as_str()), ("version", &revision)];
                log.debug("copying values from old release", &fields);
                Ok(old)
            }
            Values::KeptIfNone => Ok(given),
        }
    }

    fn record(
        &self,
        last: &Release,
        before: &Release,
        (chart, user_values): (&Chart, Map),
        prepared: Prepared,
        server_side: bool,
    ) -> Release {
        let mut release = Release {
            name: self.name.clone(),
            namespace: before.namespace.clone(),
            version: last.version + 1,
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
        (before, after): (Release, Release),
        server_side: bool,
        log: &mut dyn Log,
    ) -> Result<Plan, Failed> {
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
        Ok(Plan { before, after, current, target, server_side })
    }

    fn perform(&self, engine: &Engine<'_>, plan: &mut Plan, log: &mut dyn Log) -> Result<(), (GoError, Vec<Resource>)> {
        let waiting = self.waiting();
        let run = Run { waiting, server_side: plan.server_side };
        if !self.no_hooks {
            run.event(engine, &mut plan.after, "pre-upgrade", log)
                .map_err(|error| (within("pre-upgrade hooks failed", error), Vec::new()))?;
        }
        let migrates = plan.before.apply_method != "ssa" && plan.server_side;
        let how = How { server_side: plan.server_side, upgrade_managers: migrates, ..self.how };
        let updated = engine.cluster.update(&plan.current, &plan.target, how);
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

    fn waiting(&self) -> Waiting {
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

    /// Deletes what the upgrade made, if that was asked for; gives the error back.
    fn clean_up(&self, engine: &Engine<'_>, created: &[Resource], error: GoError) -> Result<GoError, GoError> {
        if !self.cleanup_on_fail || created.is_empty() {
            return Ok(error);
        }
        let errors = engine.cluster.delete(created, Propagation::Background);
        if errors.is_empty() {
            return Ok(error);
        }
        let text = format!(
            "an error occurred while cleaning up resources. original upgrade error: {}: unable to cleanup resources: {}",
            error.text,
            joined(&errors, ", ").text
        );
        Err(GoError::wrap(text, error))
    }

    /// Goes back to the last revision that went well; returns what to tell.
    fn roll_back(&self, engine: &Engine<'_>, error: &GoError, log: &mut dyn Log) -> String {
        let history = match engine.records.history(&self.name) {
            Ok(history) => history,
            Err(history) => {
                let words = "an error occurred while finding last successful release. original upgrade error";
                return format!("{words}: {}: {history}", error.text);
            }
        };
        let well = history.iter().filter(|r| matches!(r.info.status, Status::Superseded | Status::Deployed));
        let Some(revision) = well.map(|release| release.version).max() else {
            let words = "unable to find a previously successful release when attempting to rollback";
            return format!("{words}. original upgrade error: {}", error.text);
        };
        let rollback = Rollback {
            revision,
            waiting: self.waiting(),
            how: self.how,
            server_side: self.server_side,
            no_hooks: self.no_hooks,
            ..Rollback::new(&self.name)
        };
        match rollback.run(engine, log) {
            Ok(()) => format!(
                "release {} failed, and has been rolled back due to rollback-on-failure being set: {}",
                self.name, error.text
            ),
            Err(undo) => format!(
                "an error occurred while rolling back the release. original upgrade error: {}: {}",
                error.text,
                undo.fault.text()
            ),
        }
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

/// What makes two objects the same one.
fn key(resource: &Resource) -> String {
    format!("{}/{}/{}/{}", resource.api_version, resource.kind, resource.namespace, resource.name)
}
