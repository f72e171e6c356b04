//! Installs a chart (`pkg/action/install.go`).

use std::collections::BTreeMap;

use chart::log::Log;
use chart::values::Surroundings;
use chart::{Capabilities, Chart};
use cluster::Resource;
use gostd::{GoError, Map};
use release::{Info, Release, Status};
use serde_json::json;

use crate::claim::{Claimed, Existing, claim};
use crate::dry_run::DryRun;
use crate::failure::{Failed, Fault, within};
use crate::hooks::Run;
use crate::ownership::{Owner, quoted};
use crate::port::{Engine, How, Strategy, Waiting};
use crate::preflight::{self, Deed, Intent};
use crate::render_chart::{Rendering, Source, prepare};
use crate::takeover::{self, Found, Interrupted};
use crate::uninstall::Uninstall;
use crate::values::now;
use crate::{crds, interrupt, values};

/// How to install.
#[derive(Clone)]
pub struct Install {
    pub name: String,
    pub namespace: String,
    pub description: String,
    pub labels: BTreeMap<String, String>,
    pub waiting: Waiting,
    pub how: How,
    pub dry_run: DryRun,
    pub rendering: Rendering,
    pub no_hooks: bool,
    pub skip_crds: bool,
    /// Objects are not checked against the server's schema.
    pub no_validation: bool,
    pub create_namespace: bool,
    /// The name of an uninstalled release is used again.
    pub replace: bool,
    pub take_ownership: bool,
    pub rollback_on_failure: bool,
    /// What charts see where no cluster is asked.
    pub capabilities: Option<Capabilities>,
}

/// What is to be done: the record and its objects.
struct Plan {
    release: Release,
    objects: Claimed,
    /// The install whose place this one takes.
    interrupted: Interrupted,
}

impl Install {
    /// Installs a chart and returns its record.
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
        let interrupted = self.check(engine, log)?;
        chart::dependencies::process(&mut chart, &user_values, log).map_err(|error| {
            log.error("chart dependencies processing failed", &[("error", &error.text)]);
            within("chart dependencies processing failed", error)
        })?;
        self.crds(engine, &chart, log)?;
        let mut plan = self.plan(engine, &chart, user_values, log)?;
        plan.interrupted = interrupted;
        if self.dry_run.is_dry() {
            plan.release.info.description = "Dry run complete".to_string();
            return Ok(plan.release);
        }
        preflight::check(engine, &self.intent(&plan, &chart))?;
        self.execute(engine, plan, log)
    }

    fn intent<'a>(&self, plan: &'a Plan, chart: &Chart) -> Intent<'a> {
        Intent {
            release: &plan.release,
            events: if self.no_hooks { &[] } else { &["pre-install", "post-install"] },
            current: &plan.objects.adopted,
            target: &plan.objects.resources,
            how: self.how,
            waiting: self.waiting(),
            deed: if plan.objects.adopted.is_empty() { Deed::Create } else { Deed::Update },
            definitions: !self.skip_crds && !chart.crds().is_empty(),
        }
    }

    /// Returns the install that was interrupted, if there is one.
    pub(crate) fn check(&self, engine: &Engine<'_>, log: &mut dyn Log) -> Result<Interrupted, Failed> {
        if self.dry_run.asks_cluster() {
            engine.cluster.reachable().map_err(|error| {
                log.error(&format!("cluster reachability check failed: {}", error.text), &[]);
                within("cluster reachability check failed", error)
            })?;
        }
        if self.rendering.hide_secrets && !self.dry_run.is_dry() {
            log.error("hiding Kubernetes secrets requires a dry-run mode", &[]);
            return Err("hiding Kubernetes secrets requires a dry-run mode".into());
        }
        self.check_name(engine, log).map_err(|error| {
            log.error("release name check failed", &[("error", error.fault.text())]);
            error.within("release name check failed")
        })
    }

    fn check_name(&self, engine: &Engine<'_>, log: &mut dyn Log) -> Result<Interrupted, Failed> {
        chart::release_name::validate(&self.name)
            .map_err(|error| within(&format!("release name {}", quoted(&self.name)), GoError::new(error)))?;
        if self.dry_run.is_dry() {
            return Ok(Interrupted::No);
        }
        let Some(last) = engine.records.history(&self.name).ok().and_then(last) else { return Ok(Interrupted::No) };
        if self.replace && matches!(last.info.status, Status::Uninstalled | Status::Failed) {
            return Ok(Interrupted::No);
        }
        let in_use = || Failed::from("cannot reuse a name that is still in use");
        let words = format!("revision {} is {}", last.version, last.info.status.as_str());
        match takeover::look(engine, &last, log) {
            Ok(Found::Interrupted) if last.info.status == Status::PendingInstall => {
                Ok(Interrupted::InPlace(Box::new(last)))
            }
            Ok(Found::Interrupted) if last.info.status == Status::Uninstalling => {
                Err(in_use().hint(format!("{words}: uninstall it again, then install")))
            }
            Ok(Found::Interrupted) => Err(in_use().hint(format!("{words}: upgrade takes it over"))),
            Ok(Found::Unknown) if last.info.status == Status::PendingInstall => {
                Err(in_use().hint(takeover::refused(&last).hint.unwrap_or_default()))
            }
            Ok(_) => Err(in_use()),
            Err(error) => Err(Failed { hint: error.hint, ..in_use() }),
        }
    }

    fn crds(&self, engine: &Engine<'_>, chart: &Chart, log: &mut dyn Log) -> Result<(), GoError> {
        if self.skip_crds || !self.dry_run.asks_cluster() || chart.crds().is_empty() {
            return Ok(());
        }
        if self.dry_run.is_dry() {
            let text = "This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.";
            log.warn(text, &[]);
            return Ok(());
        }
        let how =
            How { server_side: self.how.server_side, force_conflicts: self.how.force_conflicts, ..How::default() };
        let definitions = crds::read(engine, chart);
        preflight::check_definitions(engine, &definitions.objects, how, &self.name)?;
        crds::install(engine, (chart, definitions), how, self.waiting.strategy, log)
    }

    fn plan(&self, engine: &Engine<'_>, chart: &Chart, user_values: Map, log: &mut dyn Log) -> Result<Plan, Failed> {
        let release = self.rendered(engine, chart, user_values, log)?;
        let objects = match self.dry_run.asks_cluster() {
            true => self.objects(engine, release.manifest.as_bytes())?,
            false => Claimed { resources: Vec::new(), adopted: Vec::new() },
        };
        Ok(Plan { release, objects, interrupted: Interrupted::No })
    }

    /// Renders the chart into its record.
    pub(crate) fn rendered(
        &self,
        engine: &Engine<'_>,
        chart: &Chart,
        user_values: Map,
        log: &mut dyn Log,
    ) -> Result<Release, Failed> {
        let asks = self.dry_run.asks_cluster();
        let capabilities = match &self.capabilities {
            Some(capabilities) if !asks => capabilities.clone(),
            _ if !asks => Capabilities::with_kube_version(None),
            _ => engine.cluster.capabilities(log)?,
        };
        let seen = values::release(&self.name, &self.namespace, 1, false);
        let around = Surroundings { release: &seen, capabilities: &capabilities, schemas: engine.schemas };
        let top = chart::values::to_render_values(chart, &user_values, &around, log)?;
        values::check_labels(&self.labels)?;
        let mut release = self.record(chart, user_values);
        let source = Source {
            chart,
            top: &top,
            capabilities: &capabilities,
            lookup: asks.then(|| engine.cluster.lookup()),
            post_render: engine.post_render,
        };
        let prepared = match prepare(&source, self.rendering, log) {
            Ok(prepared) => prepared,
            Err(error) => return Err(not_rendered(release, error.fault, error.manifest)),
        };
        values::take(&mut release, prepared);
        release.set_status(Status::PendingInstall, "Initial install underway");
        Ok(release)
    }

    pub(crate) fn objects(&self, engine: &Engine<'_>, manifest: &[u8]) -> Result<Claimed, Failed> {
        let owner = Owner { name: &self.name, namespace: &self.namespace };
        let policy = if self.take_ownership { Existing::Take } else { Existing::Check };
        Ok(claim(engine.cluster, manifest, owner, !self.no_validation, policy)?)
    }

    fn record(&self, chart: &Chart, user_values: Map) -> Release {
        let now = now();
        Release {
            name: self.name.clone(),
            namespace: self.namespace.clone(),
            version: 1,
            info: Info { first_deployed: Some(now.clone()), last_deployed: Some(now), ..Info::default() },
            chart: Some(chart.into()),
            config: Some(user_values),
            labels: self.labels.clone(),
            apply_method: values::apply_method(self.how.server_side),
            ..Release::default()
        }
    }

    fn execute(&self, engine: &Engine<'_>, mut plan: Plan, log: &mut dyn Log) -> Result<Release, Failed> {
        if self.create_namespace {
            self.namespace(engine)?;
        }
        if let Err(error) = self.record_begin(engine, &mut plan) {
            return Err(error.with(plan.release));
        }
        match self.perform(engine, &mut plan, log) {
            Ok(()) => Ok(plan.release),
            Err(error) => Err(self.failed(engine, plan.release, error, log)),
        }
    }

    /// Returns the namespace that `--create-namespace` makes.
    pub(crate) fn namespace_object(&self, engine: &Engine<'_>) -> Result<Vec<Resource>, GoError> {
        // Go writes structs that are empty; the field manager owns `spec` by that.
        let namespace = json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": self.namespace, "labels": {"name": self.namespace}},
            "spec": {},
            "status": {},
        });
        engine.cluster.build(namespace.to_string().as_bytes(), true)
    }

    fn namespace(&self, engine: &Engine<'_>) -> Result<(), GoError> {
        let resources = self.namespace_object(engine)?;
        let how = How { server_side: self.how.server_side, ..How::default() };
        match engine.cluster.create(&resources, how) {
            Err(refused) if !refused.already_exists => Err(refused.error),
            _ => Ok(()),
        }
    }

    /// Writes the pending record. Should it follow those of a release that is no more, these are marked after it: an
    /// interruption in between is then seen.
    fn record_begin(&self, engine: &Engine<'_>, plan: &mut Plan) -> Result<(), Failed> {
        let release = &mut plan.release;
        let interrupted = plan.interrupted.in_place();
        let mut before = match self.replace || interrupted.is_some() {
            true => self.before(engine, interrupted).unwrap_or_default(),
            false => Release::default(),
        };
        release.version = interrupted.map_or(before.version + 1, |interrupted| interrupted.version);
        takeover::begin(engine, (&plan.interrupted, &mut before), release, &[&plan.objects.resources])?;
        if before.info.status == Status::Uninstalled {
            before.set_status(Status::Superseded, "superseded by new release");
            engine.records.update(&before)?;
        }
        Ok(())
    }

    /// Returns the newest record before the one that is written.
    fn before(&self, engine: &Engine<'_>, interrupted: Option<&Release>) -> Option<Release> {
        let mut history = engine.records.history(&self.name).ok()?;
        history.retain(|release| interrupted.is_none_or(|interrupted| release.version < interrupted.version));
        last(history)
    }

    fn perform(&self, engine: &Engine<'_>, plan: &mut Plan, log: &mut dyn Log) -> Result<(), GoError> {
        let waiting = self.waiting();
        let run = Run { waiting, server_side: self.how.server_side };
        let Plan { release, objects: Claimed { resources, adopted }, .. } = plan;
        if !self.no_hooks {
            run.event(engine, release, "pre-install", log).map_err(|error| within("failed pre-install", error))?;
        }
        self.apply(engine, resources, adopted)?;
        engine.cluster.wait(resources, waiting)?;
        if !self.no_hooks {
            run.event(engine, release, "post-install", log).map_err(|error| within("failed post-install", error))?;
        }
        let description = if self.description.is_empty() { "Install complete" } else { &self.description };
        release.set_status(Status::Deployed, description);
        if let Err(error) = engine.records.update(release) {
            log.error("failed to record the release", &[("error", &error.to_string())]);
        }
        Ok(())
    }

    fn apply(&self, engine: &Engine<'_>, resources: &[Resource], adopted: &[Resource]) -> Result<(), GoError> {
        if resources.is_empty() {
            return Ok(());
        }
        let how = self.how_of(adopted);
        if adopted.is_empty() {
            return engine.cluster.create(resources, how).map_err(|refused| refused.error);
        }
        engine.cluster.update(adopted, resources, how).map(drop).map_err(|error| error.error)
    }

    /// Returns how objects are written where some are there already.
    pub(crate) fn how_of(&self, adopted: &[Resource]) -> How {
        if adopted.is_empty() {
            return How { server_side: self.how.server_side, ..How::default() };
        }
        let three_way = self.take_ownership && !self.how.server_side;
        How { three_way_unstructured: three_way, upgrade_managers: true, ..self.how }
    }

    fn waiting(&self) -> Waiting {
        let hooks_only = self.waiting.strategy == Strategy::HookOnly;
        let strategy = if hooks_only && self.rollback_on_failure { Strategy::Watcher } else { self.waiting.strategy };
        Waiting { strategy, ..self.waiting }
    }

    fn failed(&self, engine: &Engine<'_>, mut release: Release, error: GoError, log: &mut dyn Log) -> Failed {
        let error = interrupt::settled(engine, error);
        release.set_status(Status::Failed, format!("Release {} failed: {}", quoted(&self.name), error.text));
        if !self.rollback_on_failure {
            // The error to tell is the one before.
            let _ = engine.records.update(&release);
            return Failed::from(error).with(release);
        }
        let fields = [("release", self.name.as_str())];
        log.debug("install failed and rollback-on-failure is set, uninstalling release", &fields);
        let uninstall = Uninstall { no_hooks: self.no_hooks, ..Uninstall::new(self.waiting()) };
        let text = match uninstall.run(engine, &self.name, log) {
            Err(undo) => format!(
                "an error occurred while uninstalling the release. original install error: {}: {}",
                error.text,
                undo.fault.text()
            ),
            Ok(_) => format!(
                "release {} failed, and has been uninstalled due to rollback-on-failure being set: {}",
                self.name, error.text
            ),
        };
        Failed { fault: Fault::Other(GoError::wrap(text, error)), release: Some(Box::new(release)), hint: None }
    }
}

fn not_rendered(mut release: Release, fault: Fault, manifest: Vec<u8>) -> Failed {
    release.manifest = manifest.into();
    release.set_status(Status::Failed, format!("failed to render resource: {}", fault.text()));
    Failed { fault, release: Some(Box::new(release)), hint: None }
}

/// Returns the newest record.
pub(crate) fn last(history: Vec<Release>) -> Option<Release> {
    history.into_iter().max_by_key(|release| release.version)
}
