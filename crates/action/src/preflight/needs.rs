//! Which rights an operation needs. Of what is not certain to be needed, the live object decides, should the right be missing.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use cluster::{Resource, Right};
use release::{Hook, Release};

use super::{Deed, Intent, Removal, watches};
use crate::ownership::Owner;
use crate::port::{Engine, How, Waiting};

/// When a right is needed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Always,
    /// When the object is not there.
    Missing,
    /// When the object is there and says nothing against its removal.
    Removed,
    /// When the object is there and belongs to the release.
    Owned,
}

/// Something to be done with an object.
pub(super) struct Need<'a> {
    /// One of these is enough.
    pub any_of: Vec<Right>,
    pub when: When,
    /// The object as it stands in a manifest; records have none.
    pub resource: Option<Cow<'a, Resource>>,
}

impl<'a> Need<'a> {
    fn new(verb: &str, resource: &'a Resource, when: When) -> Self {
        let right = Right::to(verb, resource).named(&resource.name);
        Need { any_of: vec![right], when, resource: Some(Cow::Borrowed(resource)) }
    }

    /// Creating by POST: the server looks at rights before it reads the name.
    fn post(resource: &'a Resource, when: When) -> Self {
        Need { any_of: vec![Right::to("create", resource)], when, resource: Some(Cow::Borrowed(resource)) }
    }

    /// A watch with what it falls back to. Of several objects of a kind, all are watched together.
    fn watch(resource: &'a Resource, alone: bool) -> Self {
        let name = if alone { resource.name.as_str() } else { "" };
        let any_of = ["watch", "list"].map(|verb| Right::to(verb, resource).named(name)).to_vec();
        Need { any_of, when: When::Always, resource: Some(Cow::Borrowed(resource)) }
    }

    fn create(resource: &'a Resource, how: How, when: When) -> Vec<Self> {
        if resource.name.is_empty() {
            // A generated name is made by POST, which only the client's way does.
            return if how.server_side { Vec::new() } else { vec![Need::post(resource, when)] };
        }
        match how.server_side {
            true => vec![Need::new("patch", resource, When::Always), Need::new("create", resource, when)],
            false => vec![Need::post(resource, when)],
        }
    }

    /// The same with an object of its own.
    fn kept(self) -> Need<'static> {
        let resource = self.resource.map(|resource| Cow::Owned(resource.into_owned()));
        Need { any_of: self.any_of, when: self.when, resource }
    }
}

/// Objects by what makes two of them the same; see `Resource::matches`.
pub(super) struct Index<'a>(HashMap<[&'a str; 4], &'a Resource>);

impl<'a> Index<'a> {
    pub fn of(resources: &'a [Resource]) -> Self {
        Index(resources.iter().map(|resource| (key(resource), resource)).collect())
    }

    pub fn find(&self, resource: &Resource) -> Option<&'a Resource> {
        self.0.get(&key(resource)).copied()
    }
}

fn key(resource: &Resource) -> [&str; 4] {
    [&resource.group, &resource.kind, &resource.namespace, &resource.name]
}

pub(super) fn of_intent<'a>(engine: &Engine<'_>, intent: &Intent<'a>) -> Vec<Need<'a>> {
    let (current, targets) = (Index::of(intent.current), Index::of(intent.target));
    let mut needs = records(engine, intent.release, &["create", "update"], &[intent.release.version]);
    for target in intent.target {
        needs.extend(of_target(intent, target, current.find(target)));
    }
    let gone = |object: &&Resource| targets.find(object).is_none();
    if intent.deed == Deed::Update {
        for object in intent.current.iter().filter(gone).filter(|object| !is_kept(object)) {
            needs.push(Need::new("delete", object, When::Removed));
        }
    }
    if watches(intent.waiting) {
        needs.extend(watched(intent.target.iter().filter(|resource| resource.is_watched())));
    }
    needs.extend(hooks(engine, intent.release, intent.events, (intent.how.server_side, intent.waiting)));
    needs
}

fn of_target<'a>(intent: &Intent<'_>, target: &'a Resource, before: Option<&Resource>) -> Vec<Need<'a>> {
    let how = intent.how;
    let Some(before) = before.filter(|_| intent.deed == Deed::Update) else {
        return Need::create(target, how, When::Missing);
    };
    // Should the object have gone meanwhile, the server will say what is missing to make it anew.
    match how {
        How { force_replace: true, .. } => vec![Need::new("update", target, When::Always)],
        How { server_side: true, .. } => vec![Need::new("patch", target, When::Always)],
        _ if before.object != target.object && !only_marks(before, target) => {
            vec![Need::new("patch", target, When::Always)]
        }
        _ => Vec::new(),
    }
}

/// Whether an object differs from its predecessor only in what says whose it is.
fn only_marks(before: &Resource, target: &Resource) -> bool {
    let mut marked = [before.clone()];
    let annotation = |name: &str| target.annotation(name).unwrap_or_default();
    let (name, namespace) = (annotation("meta.helm.sh/release-name"), annotation("meta.helm.sh/release-namespace"));
    Owner { name, namespace }.mark(&mut marked);
    marked.iter().all(|marked| marked.object == target.object)
}

pub(super) fn of_definitions(definitions: &[Resource], how: How) -> Vec<Need<'_>> {
    // The server refuses a POST by its verb before it finds out that there is one of the name.
    let when = if how.server_side { When::Missing } else { When::Always };
    definitions.iter().flat_map(|definition| Need::create(definition, how, when)).collect()
}

pub(super) fn of_removal<'a>(engine: &Engine<'_>, removal: &Removal<'a>) -> Vec<Need<'a>> {
    let mut needs = records(engine, removal.release, &["delete"], removal.revisions);
    needs.extend(removal.objects.iter().map(|object| Need::new("delete", object, When::Owned)));
    needs.extend(hooks(engine, removal.release, removal.events, (true, removal.waiting)));
    needs
}

/// The records of the release; reading them has gone well already.
fn records<'a>(engine: &Engine<'_>, release: &Release, verbs: &[&str], revisions: &[i64]) -> Vec<Need<'a>> {
    let Some(resource) = engine.records.kept_in() else { return Vec::new() };
    let mut needs = Vec::new();
    for revision in revisions {
        for verb in verbs {
            // Nobody has the right to create a single name.
            let name = match *verb {
                "create" => String::new(),
                _ => format!("sh.helm.release.v1.{}.v{revision}", release.name),
            };
            let right = Right {
                verb: (*verb).to_string(),
                group: String::new(),
                resource: resource.to_string(),
                namespace: release.namespace.clone(),
                name,
            };
            needs.push(Need { any_of: vec![right], when: When::Always, resource: None });
        }
    }
    needs
}

fn hooks<'a>(engine: &Engine<'_>, release: &Release, events: &[&str], how: (bool, Waiting)) -> Vec<Need<'a>> {
    let runs = |hook: &&Hook| hook.events.iter().any(|event| events.contains(&event.as_str()));
    release.hooks.iter().filter(runs).flat_map(|hook| of_hook(engine, hook, how)).collect()
}

fn of_hook(engine: &Engine<'_>, hook: &Hook, (server_side, waiting): (bool, Waiting)) -> Vec<Need<'static>> {
    // What cannot be built now may be when its turn comes, or is an error then.
    let Ok(resources) = engine.cluster.build(hook.manifest.as_bytes(), false) else { return Vec::new() };
    let policy = |name: &str| hook.delete_policies.iter().any(|known| known == name);
    let before = policy("before-hook-creation") || hook.delete_policies.is_empty();
    let deletes = hook.kind != "CustomResourceDefinition";
    let mut needs = Vec::new();
    for resource in &resources {
        let how = How { server_side, ..How::default() };
        needs.extend(Need::create(resource, how, if before && deletes { When::Always } else { When::Missing }));
        if deletes && (before || policy("hook-succeeded")) {
            needs.push(Need::new("delete", resource, When::Always));
            if watches(waiting) {
                needs.push(Need::watch(resource, resources.len() == 1));
            }
        }
        if matches!((resource.group.as_str(), resource.kind.as_str()), ("batch", "Job") | ("", "Pod")) {
            needs.push(Need::watch(resource, resources.len() == 1));
        }
    }
    needs.into_iter().map(Need::kept).collect()
}

fn watched<'a>(resources: impl Iterator<Item = &'a Resource>) -> Vec<Need<'a>> {
    let resources: Vec<&Resource> = resources.collect();
    let mut counts = BTreeMap::<String, usize>::new();
    for resource in &resources {
        *counts.entry(resource.collection()).or_default() += 1;
    }
    let alone = |resource: &Resource| counts.get(&resource.collection()) == Some(&1);
    resources.iter().map(|resource| Need::watch(resource, alone(resource))).collect()
}

fn is_kept(object: &Resource) -> bool {
    object.annotation("helm.sh/resource-policy") == Some("keep")
}
