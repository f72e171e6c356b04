//! Installs a chart (`pkg/action/install.go`).

use std::collections::BTreeMap;

use chart::log::Log;
use chart::values::Surroundings;
use chart::{Capabilities, Chart};
use cluster::Resource;
use gostd::{GoError, Map};
use release::{Info, Release, Status};
use serde_json::json;

use crate::dry_run::DryRun;
use crate::failure::{Failed, Fault, within};
use crate::hooks::Run;
use crate::ownership::{Owner, existing, quoted};
use crate::port::{Engine, How, NotRecorded, Strategy, Waiting};
use crate::preflight::{self, Deed, Intent};
use crate::render_chart::{Rendering, Source, prepare};
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

/// What is to be done: the record, its objects, and those that are there already.
struct Plan {
    release: Release,
    resources: Vec<Resource>,
    adopted: Vec<Resource>,
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
        self.check(engine, log)?;
        chart::dependencies::process(&mut chart, &user_values, log).map_err(|error| {
            log.error("chart dependencies processing failed", &[("error", &error.text)]);
            within("chart dependencies processing failed", error)
        })?;
        self.crds(engine, &chart, log)?;
        let mut plan = self.plan(engine, &chart, user_values, log)?;
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
            current: &plan.adopted,
            target: &plan.resources,
            how: self.how,
            waiting: self.waiting(),
            deed: if plan.adopted.is_empty() { Deed::Create } else { Deed::Update },
            definitions: !self.skip_crds && !chart.crds().is_empty(),
        }
    }

    fn check(&self, engine: &Engine<'_>, log: &mut dyn Log) -> Result<(), Failed> {
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
        self.check_name(engine).map_err(|error| {
            log.error("release name check failed", &[("error", &error.text)]);
            within("release name check failed", error).into()
        })
    }

    fn check_name(&self, engine: &Engine<'_>) -> Result<(), GoError> {
        chart::release_name::validate(&self.name)
            .map_err(|error| within(&format!("release name {}", quoted(&self.name)), GoError::new(error)))?;
        if self.dry_run.is_dry() {
            return Ok(());
        }
        let last = engine.records.history(&self.name).ok().and_then(last);
        match last {
            None => Ok(()),
            Some(last) if self.replace && matches!(last.info.status, Status::Uninstalled | Status::Failed) => Ok(()),
            Some(_) => Err(GoError::new("cannot reuse a name that is still in use")),
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
        preflight::check_definitions(engine, &crds::objects(engine, chart), how, &self.name)?;
        crds::install(engine, chart, how, self.waiting.strategy, log)
    }

    fn plan(&self, engine: &Engine<'_>, chart: &Chart, user_values: Map, log: &mut dyn Log) -> Result<Plan, Failed> {
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
        self.objects(engine, release)
    }

    fn objects(&self, engine: &Engine<'_>, release: Release) -> Result<Plan, Failed> {
        if !self.dry_run.asks_cluster() {
            return Ok(Plan { release, resources: Vec::new(), adopted: Vec::new() });
        }
        let mut resources = engine
            .cluster
            .build(release.manifest.as_bytes(), !self.no_validation)
            .map_err(|error| within("unable to build kubernetes objects from release manifest", error))?;
        let owner = Owner { name: &self.name, namespace: &self.namespace };
        owner.mark(&mut resources);
        let adopted = existing(engine.cluster, &resources, (!self.take_ownership).then_some(owner))
            .map_err(|error| within("unable to continue with install", error))?;
        Ok(Plan { release, resources, adopted })
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
        if self.replace {
            self.supersede(engine, &mut plan.release)?;
        }
        if let Err(error) = engine.records.create(&plan.release) {
            return Err(Failed::from(error).with(plan.release));
        }
        match self.perform(engine, &mut plan, log) {
            Ok(()) => Ok(plan.release),
            Err(error) => Err(self.failed(engine, plan.release, error, log)),
        }
    }

    fn namespace(&self, engine: &Engine<'_>) -> Result<(), GoError> {
        let namespace = json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": self.namespace, "labels": {"name": self.namespace}},
        });
        let resources = engine.cluster.build(namespace.to_string().as_bytes(), true)?;
        let how = How { server_side: self.how.server_side, ..How::default() };
        match engine.cluster.create(&resources, how) {
            Err(refused) if !refused.already_exists => Err(refused.error),
            _ => Ok(()),
        }
    }

    /// The record follows those of a release that is no more.
    fn supersede(&self, engine: &Engine<'_>, release: &mut Release) -> Result<(), NotRecorded> {
        let Some(mut last) = engine.records.history(&self.name).ok().and_then(last) else { return Ok(()) };
        release.version = last.version + 1;
        if last.info.status == Status::Failed {
            return Ok(());
        }
        last.set_status(Status::Superseded, "superseded by new release");
        engine.records.update(&last)
    }

    fn perform(&self, engine: &Engine<'_>, plan: &mut Plan, log: &mut dyn Log) -> Result<(), GoError> {
        let waiting = self.waiting();
        let run = Run { waiting, server_side: self.how.server_side };
        let Plan { release, resources, adopted } = plan;
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
        if adopted.is_empty() {
            let how = How { server_side: self.how.server_side, ..How::default() };
            return engine.cluster.create(resources, how).map_err(|refused| refused.error);
        }
        let three_way = self.take_ownership && !self.how.server_side;
        let how = How { three_way_unstructured: three_way, upgrade_managers: true, ..self.how };
        engine.cluster.update(adopted, resources, how).map(drop).map_err(|error| error.error)
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
