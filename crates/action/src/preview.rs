//! What an operation is about to do, for those who want to see it before: the plan that it would execute itself.

use chart::log::Log;
use chart::{Chart, Crd};
use cluster::Resource;
use gostd::Map;
use release::Release;
use serde_json::Value;

use crate::awaited::{Parts, split};
use crate::failure::Failed;
use crate::install::{Install, Objects};
use crate::ownership::Owner;
use crate::port::{Engine, How};
use crate::preflight;
use crate::rollback::{Plan, Rollback};
use crate::upgrade::{self, Upgrade};

/// What an operation is about to do; nothing was changed for it.
pub struct Preview {
    /// The release whose objects are there; `None` for a new one.
    pub before: Option<Release>,
    /// The release as it would be recorded first.
    pub after: Release,
    /// The objects that belong to the release, and those that it takes over.
    pub current: Vec<Resource>,
    /// The objects to be, with their owner.
    pub target: Vec<Resource>,
    /// Objects whose kinds only CRDs of the chart define: nothing can be asked about them.
    pub awaited: Vec<Value>,
    /// The chart's own CRDs; none where there is no chart.
    pub crds: Vec<Crd>,
    pub how: How,
    /// The events whose hooks run; none where hooks are left out.
    pub events: &'static [&'static str],
}

impl Upgrade {
    /// Returns what executing a plan does.
    pub fn preview(&self, plan: &upgrade::Plan) -> Preview {
        Preview {
            before: Some(plan.before.clone()),
            after: plan.after.clone(),
            current: plan.current.clone(),
            target: plan.target.clone(),
            awaited: Vec::new(),
            crds: plan.crds.clone(),
            how: self.how_of(plan),
            events: if self.no_hooks { &[] } else { &["pre-upgrade", "post-upgrade"] },
        }
    }
}

impl Rollback {
    /// Returns what running does.
    ///
    /// # Errors
    /// As for running, up to the first change.
    pub fn preview(&self, engine: &Engine<'_>, log: &mut dyn Log) -> Result<Preview, Failed> {
        self.check()?;
        engine.cluster.reachable()?;
        let Plan { current: before, target: after, server_side, .. } = self.plan(engine, log)?;
        let (current, mut target) = preflight::rollback_objects(engine, (&before, &after), log)?;
        Owner { name: &after.name, namespace: &after.namespace }.mark(&mut target);
        let events: &[&str] = if self.no_hooks { &[] } else { &["pre-rollback", "post-rollback"] };
        let (how, awaited, crds) = (self.how_of(server_side), Vec::new(), Vec::new());
        Ok(Preview { before: Some(before), after, current, target, awaited, crds, how, events })
    }
}

impl Install {
    /// Returns what running does, CRDs aside.
    ///
    /// # Errors
    /// As for running, up to the first change.
    pub fn preview(
        &self,
        engine: &Engine<'_>,
        mut chart: Chart,
        user_values: Map,
        log: &mut dyn Log,
    ) -> Result<Preview, Failed> {
        self.check(engine, log)?;
        chart::dependencies::process(&mut chart, &user_values, log)?;
        let after = self.rendered(engine, &chart, user_values, log)?;
        let crds = if self.skip_crds { Vec::new() } else { chart.crds() };
        let parts = match crds.is_empty() {
            true => Parts { served: after.manifest.as_bytes().to_vec(), awaited: Vec::new() },
            false => split(after.manifest.as_bytes(), &chart, &engine.cluster.capabilities(log)?),
        };
        let Objects { resources: mut target, adopted: current } = self.objects(engine, &parts.served)?;
        let how = self.how_of(&current);
        if self.create_namespace {
            target.splice(0..0, self.namespace_object(engine)?);
        }
        let events: &[&str] = if self.no_hooks { &[] } else { &["pre-install", "post-install"] };
        Ok(Preview { before: None, after, current, target, awaited: parts.awaited, crds, how, events })
    }
}
