//! Which rights an operation needs. Of what is not certain to be needed, the live object decides, should the right be missing.

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
pub(super) struct Need {
    /// One of these is enough.
    pub any_of: Vec<Right>,
    pub when: When,
    /// The object as it stands in a manifest; records have none.
    pub resource: Option<Resource>,
}

impl Need {
    fn new(verb: &str, resource: &Resource, when: When) -> Need {
        let right = Right::to(verb, resource).named(&resource.name);
        Need { any_of: vec![right], when, resource: Some(resource.clone()) }
    }

    /// Creating by POST: the server looks at rights before it reads the name.
    fn post(resource: &Resource, when: When) -> Need {
        Need { any_of: vec![Right::to("create", resource)], when, resource: Some(resource.clone()) }
    }

    /// A watch with what it falls back to. Of several objects of a kind, all are watched together.
    fn watch(resource: &Resource, alone: bool) -> Need {
        let name = if alone { resource.name.as_str() } else { "" };
        let any_of = ["watch", "list"].map(|verb| Right::to(verb, resource).named(name)).to_vec();
        Need { any_of, when: When::Always, resource: Some(resource.clone()) }
    }

    fn create(resource: &Resource, how: How, when: When) -> Vec<Need> {
        if resource.name.is_empty() {
            // A generated name is made by POST, which only the client's way does.
            return if how.server_side { Vec::new() } else { vec![Need::post(resource, when)] };
        }
        match how.server_side {
            true => vec![Need::new("patch", resource, When::Always), Need::new("create", resource, when)],
            false => vec![Need::post(resource, when)],
        }
    }
}

pub(super) fn of_intent(engine: &Engine<'_>, intent: &Intent<'_>) -> Vec<Need> {
    let mut needs = records(engine, intent.release, &["create", "update"], &[intent.release.version]);
    for target in intent.target {
        needs.extend(of_target(intent, target));
    }
    let gone = |object: &&Resource| !intent.target.iter().any(|target| target.matches(object));
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

fn of_target(intent: &Intent<'_>, target: &Resource) -> Vec<Need> {
    let how = intent.how;
    if intent.deed == Deed::Create {
        return Need::create(target, how, When::Missing);
    }
    let Some(before) = intent.current.iter().find(|known| known.matches(target)) else {
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

pub(super) fn of_definitions(definitions: &[Resource], how: How) -> Vec<Need> {
    // The server refuses a POST by its verb before it finds out that there is one of the name.
    let when = if how.server_side { When::Missing } else { When::Always };
    definitions.iter().flat_map(|definition| Need::create(definition, how, when)).collect()
}

pub(super) fn of_removal(engine: &Engine<'_>, removal: &Removal<'_>) -> Vec<Need> {
    let mut needs = records(engine, removal.release, &["delete"], removal.revisions);
    needs.extend(removal.objects.iter().map(|object| Need::new("delete", object, When::Owned)));
    needs.extend(hooks(engine, removal.release, removal.events, (true, removal.waiting)));
    needs
}

/// The records of the release; reading them has gone well already.
fn records(engine: &Engine<'_>, release: &Release, verbs: &[&str], revisions: &[i64]) -> Vec<Need> {
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

fn hooks(engine: &Engine<'_>, release: &Release, events: &[&str], how: (bool, Waiting)) -> Vec<Need> {
    let runs = |hook: &&Hook| hook.events.iter().any(|event| events.contains(&event.as_str()));
    release.hooks.iter().filter(runs).flat_map(|hook| of_hook(engine, hook, how)).collect()
}

fn of_hook(engine: &Engine<'_>, hook: &Hook, (server_side, waiting): (bool, Waiting)) -> Vec<Need> {
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
    needs
}

fn watched<'a>(resources: impl Iterator<Item = &'a Resource>) -> Vec<Need> {
    let resources: Vec<&Resource> = resources.collect();
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for resource in &resources {
        *counts.entry(resource.collection()).or_default() += 1;
    }
    let alone = |resource: &Resource| counts.get(&resource.collection()) == Some(&1);
    resources.iter().map(|resource| Need::watch(resource, alone(resource))).collect()
}

fn is_kept(object: &Resource) -> bool {
    object.annotation("helm.sh/resource-policy") == Some("keep")
}
