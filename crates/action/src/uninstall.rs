//! Uninstalls a release (`pkg/action/uninstall.go`).

use std::fmt::Write as _;
use std::rc::Rc;

use chart::log::{Log, Silent};
use cluster::Resource;
use gostd::GoError;
use release::{Release, Status};
use render::{Files, Manifest, sort_manifests};

use crate::failure::{Failed, joined, within};
use crate::hooks::Run;
use crate::interrupt;
use crate::ownership::Owner;
use crate::policy;
use crate::port::{Deleted, Engine, NotRecorded, Propagation, Waiting};
use crate::preflight::{self, Removal};
use crate::recorded;
use crate::takeover::{self, Found};
use crate::values::now;

/// How to uninstall.
#[derive(Clone)]
pub struct Uninstall {
    pub description: String,
    pub waiting: Waiting,
    pub propagation: Propagation,
    pub no_hooks: bool,
    pub dry_run: bool,
    pub ignore_not_found: bool,
    pub keep_history: bool,
}

/// A release that was uninstalled, and what there is to tell of what was left.
pub struct Removed {
    pub release: Option<Release>,
    pub info: String,
}

/// The objects of a release, by what becomes of them.
#[derive(Default)]
struct Objects {
    kept: Vec<Manifest>,
    owned: Vec<Resource>,
    others: Vec<Resource>,
    unverified: Vec<(Resource, GoError)>,
}

impl Uninstall {
    /// Removes the release and its history.
    pub fn new(waiting: Waiting) -> Self {
        Uninstall {
            description: String::new(),
            waiting,
            propagation: Propagation::Background,
            no_hooks: false,
            dry_run: false,
            ignore_not_found: false,
            keep_history: false,
        }
    }

    /// # Errors
    /// Helm's texts.
    pub fn run(&self, engine: &Engine<'_>, name: &str, log: &mut dyn Log) -> Result<Removed, Failed> {
        engine.cluster.reachable()?;
        if self.dry_run {
            return self.pretend(engine, name, log);
        }
        if chart::release_name::validate(name).is_err() {
            return Err(format!("uninstall: Release name is invalid: {name}").into());
        }
        let mut history = match engine.records.history(name) {
            Err(_) if self.ignore_not_found => return Ok(Removed { release: None, info: String::new() }),
            Err(error) => return Err(format!("uninstall: Release not loaded: {name}: {error}").into()),
            Ok(history) => history,
        };
        history.sort_by_key(|release| release.version);
        let Some(mut release) = history.last().cloned() else { return Err("no release provided".into()) };
        if release.info.status == Status::Uninstalled {
            return self.already(engine, history, release);
        }
        let found = takeover::look(engine, &release, log)?;
        self.check_rights(engine, &release, &history)?;
        log.debug("uninstall: deleting release", &[("name", name)]);
        if matches!(found, Found::Interrupted) {
            self.clear(engine, &release, &history)?;
        }
        release.info.deleted = Some(now());
        release.set_status(Status::Uninstalling, "Deletion in progress (or silently failed)");
        let info = self.delete(engine, &mut release, &history, log)?;
        Ok(Removed { release: Some(release), info })
    }

    fn check_rights(&self, engine: &Engine<'_>, release: &Release, history: &[Release]) -> Result<(), GoError> {
        // What cannot be read is told when its time comes.
        let objects = sorted(engine, release, &mut Silent).map(|(_, objects)| objects).unwrap_or_default();
        let revisions: Vec<i64> = history.iter().map(|release| release.version).collect();
        let removal = Removal {
            release,
            events: if self.no_hooks { &[] } else { &["pre-delete", "post-delete"] },
            objects: &objects,
            revisions: if self.keep_history { &[] } else { &revisions },
            waiting: self.waiting,
        };
        preflight::check_removal(engine, &removal)
    }

    /// Removes what an interrupted operation left that the record to be uninstalled does not have: hooks, and objects of
    /// the revision before that an upgrade had not come to remove.
    fn clear(&self, engine: &Engine<'_>, interrupted: &Release, history: &[Release]) -> Result<(), Failed> {
        takeover::claim(engine, interrupted)?;
        takeover::remove_hooks(engine, interrupted)?;
        let older = history.iter().filter(|release| release.version < interrupted.version);
        let well = older.filter(|release| matches!(release.info.status, Status::Deployed | Status::Superseded));
        if let Some(before) = well.max_by_key(|release| release.version)
            && interrupted.info.status.is_pending()
        {
            let resources = engine.cluster.build(interrupted.manifest.as_bytes(), false).unwrap_or_default();
            takeover::remove_objects(engine, before, &[&resources])?;
        }
        Ok(())
    }

    fn already(&self, engine: &Engine<'_>, history: Vec<Release>, release: Release) -> Result<Removed, Failed> {
        if self.keep_history {
            return Err(
                format!("the release named {} is already deleted", crate::ownership::quoted(&release.name)).into()
            );
        }
        purge(engine, &history).map_err(|error| format!("uninstall: Failed to purge the release: {error}"))?;
        Ok(Removed { release: Some(release), info: String::new() })
    }

    fn delete(
        &self,
        engine: &Engine<'_>,
        release: &mut Release,
        history: &[Release],
        log: &mut dyn Log,
    ) -> Result<String, Failed> {
        let run = Run { waiting: self.waiting, server_side: true };
        if !self.no_hooks {
            run.event(engine, release, "pre-delete", log).map_err(|error| interrupt::settled(engine, error))?;
        }
        if let Err(error) = engine.records.update(release) {
            log.debug("uninstall: Failed to store updated release", &[("error", &error.to_string())]);
        }
        let (leaving, info) = self.objects_deleted(engine, release, log)?;
        let mut errors = Vec::new();
        if !leaving.is_empty() {
            errors.extend(engine.cluster.wait_for_delete(&leaving, self.waiting).err());
        }
        interrupt::stopped(engine).map_or(Ok(()), Err)?;
        if !self.no_hooks {
            errors.extend(run.event(engine, release, "post-delete", log).err());
        }
        interrupt::stopped(engine).map_or(Ok(()), Err)?;
        let description =
            if self.description.is_empty() { "Uninstallation complete" } else { self.description.as_str() };
        release.set_status(Status::Uninstalled, description);
        self.settle(engine, release, history, (errors, log))?;
        Ok(info)
    }

    /// Forgets the release, or keeps its record.
    fn settle(
        &self,
        engine: &Engine<'_>,
        release: &Release,
        history: &[Release],
        (mut errors, log): (Vec<GoError>, &mut dyn Log),
    ) -> Result<(), Failed> {
        if !self.keep_history {
            log.debug("purge requested", &[("release", &release.name)]);
            if let Err(error) = purge(engine, history) {
                errors.push(GoError::new(format!("uninstall: Failed to purge the release: {error}")));
            }
        } else if let Err(error) = engine.records.update(release) {
            log.debug("uninstall: Failed to store updated release", &[("error", &error.to_string())]);
        }
        if errors.is_empty() {
            return Ok(());
        }
        let words = format!("uninstallation completed with {} error(s)", errors.len());
        Err(within(&words, joined(&errors, "; ")).into())
    }

    /// Returns the objects that may still be there, and what to tell.
    fn objects_deleted(
        &self,
        engine: &Engine<'_>,
        release: &Release,
        log: &mut dyn Log,
    ) -> Result<(Vec<Resource>, String), Failed> {
        let failed = |log: &mut dyn Log, error: &str| {
            log.debug("uninstall: Failed to delete release", &[("error", error)]);
            Failed::from(format!("failed to delete release: {}", release.name))
        };
        let objects = Objects::of(engine, release, log).map_err(|error| failed(log, &error.text))?;
        // What could not be looked at would be left, and the release forgotten.
        interrupt::stopped(engine).map_or(Ok(()), Err)?;
        objects.warn(release, log);
        let info = objects.told();
        let deleted = match objects.owned.is_empty() {
            true => Deleted::default(),
            false => engine.cluster.delete(&objects.owned, self.propagation),
        };
        interrupt::stopped(engine).map_or(Ok(()), Err)?;
        match deleted.errors.is_empty() {
            true => Ok((deleted.leaving, info)),
            false => Err(failed(log, &joined(&deleted.errors, "; ").text)),
        }
    }

    fn pretend(&self, engine: &Engine<'_>, name: &str, log: &mut dyn Log) -> Result<Removed, Failed> {
        if chart::release_name::validate(name).is_err() {
            return Err(format!("releaseContent: Release name is invalid: {name}").into());
        }
        let release = match engine.records.last(name) {
            Err(error) if error.is_not_found() && self.ignore_not_found => {
                return Ok(Removed { release: None, info: String::new() });
            }
            result => result?,
        };
        // What cannot be looked at is not told, as in Helm.
        let objects = Objects::of(engine, &release, log).unwrap_or_default();
        objects.warn_dry(&release, log);
        Ok(Removed { release: Some(release), info: objects.kept_told() })
    }
}

fn purge(engine: &Engine<'_>, history: &[Release]) -> Result<(), NotRecorded> {
    for release in history {
        engine.records.delete(&release.name, release.version)?;
    }
    Ok(())
}

impl Objects {
    fn of(engine: &Engine<'_>, release: &Release, log: &mut dyn Log) -> Result<Self, GoError> {
        let (kept, resources) = sorted(engine, release, log)?;
        let mut objects = Objects { kept, ..Objects::default() };
        objects.sort_out(engine, resources, Owner { name: &release.name, namespace: &release.namespace });
        Ok(objects)
    }

    /// Finds out whose the objects are.
    fn sort_out(&mut self, engine: &Engine<'_>, resources: Vec<Resource>, owner: Owner<'_>) {
        for (live, resource) in engine.cluster.get_all(&resources).into_iter().zip(resources) {
            match live {
                Ok(None) => {}
                Ok(Some(live)) if owner.check(&live).is_ok() => self.owned.push(resource),
                Ok(Some(_)) => self.others.push(resource),
                Err(error) => self.unverified.push((resource, error)),
            }
        }
    }

    fn warn(&self, release: &Release, log: &mut dyn Log) {
        for resource in &self.others {
            let fields = named(resource);
            let fields = [fields[0], fields[1], fields[2], ("release", &release.name)];
            log.warn("skipping delete of resource not owned by this release", &fields);
        }
        for (resource, error) in &self.unverified {
            let fields = named(resource);
            let fields = [fields[0], fields[1], fields[2], ("release", &release.name), ("error", &error.text)];
            log.warn("skipping delete of resource because ownership could not be verified", &fields);
        }
    }

    fn warn_dry(&self, release: &Release, log: &mut dyn Log) {
        let head = |log: &mut dyn Log, why: &str, count: usize| {
            let text = format!("dry-run: resources would be skipped because {why}");
            log.warn(&text, &[("release", &release.name), ("count", &count.to_string())]);
        };
        if !self.others.is_empty() {
            head(log, "they are not owned by this release", self.others.len());
        }
        for resource in &self.others {
            log.warn("dry-run: would skip resource", &named(resource));
        }
        if !self.unverified.is_empty() {
            head(log, "their ownership could not be verified", self.unverified.len());
        }
        for (resource, error) in &self.unverified {
            let fields = named(resource);
            let fields = [fields[0], fields[1], fields[2], ("error", error.text.as_str())];
            log.warn("dry-run: would skip resource (ownership could not be verified)", &fields);
        }
    }

    fn kept_told(&self) -> String {
        let mut text = String::new();
        if !self.kept.is_empty() {
            text.push_str("These resources were kept due to the resource policy:\n");
        }
        for manifest in &self.kept {
            let name = goyaml::head(&manifest.content).map(|head| head.name.to_text().into_owned());
            let kind = String::from_utf8_lossy(&manifest.kind);
            let _ = writeln!(text, "[{kind}] {}", name.unwrap_or_default());
        }
        text
    }

    /// What stays, and why.
    fn told(&self) -> String {
        let mut text = self.kept_told();
        let others = self.others.iter().map(|resource| format!("[{}] {}\n", resource.kind, resource.name)).collect();
        tell(&mut text, "they are not owned by this release", others);
        let line = |(resource, error): &(Resource, GoError)| {
            format!("[{}] {}: {}\n", resource.kind, resource.name, error.text)
        };
        tell(&mut text, "their ownership could not be verified", self.unverified.iter().map(line).collect());
        text
    }
}

fn tell(text: &mut String, why: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(text, "{} resource(s) were not deleted because {why}:", lines.len());
    text.push_str(&lines.concat());
}

fn named(resource: &Resource) -> [(&str, &str); 3] {
    [("kind", &resource.kind), ("name", &resource.name), ("namespace", &resource.namespace)]
}

/// Returns what is kept of a release, and the objects that are to go.
fn sorted(
    engine: &Engine<'_>,
    release: &Release,
    log: &mut dyn Log,
) -> Result<(Vec<Manifest>, Vec<Resource>), GoError> {
    let manifests = in_order(release, log)
        .map_err(|error| within("corrupted release record. You must manually delete the resources", error))?;
    let (kept, deleted) = policy::split(manifests);
    let mut text = Vec::new();
    for manifest in &deleted {
        text.extend_from_slice(b"\n---\n");
        text.extend_from_slice(&manifest.content);
    }
    let resources = recorded::build(engine, &text, log)
        .map_err(|error| within("unable to build kubernetes objects for delete", error))?;
    Ok((kept, resources))
}

/// Returns the manifests of a record in the order of removal.
fn in_order(release: &Release, log: &mut dyn Log) -> Result<Vec<Manifest>, GoError> {
    let text = release.manifest.as_bytes();
    let mut files = Files::new();
    for (at, range) in render::split_manifests(text).into_iter().enumerate() {
        // Helm goes through them in the order of these names, 10 before 2.
        files.insert(Rc::from(format!("manifest-{at}")), Rc::new(text[range].to_vec()));
    }
    let mut manifests = sort_manifests(&files, log)?.manifests;
    render::sort_for_removal(&mut manifests);
    Ok(manifests)
}
