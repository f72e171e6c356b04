//! Objects of records, and which of two records are the same.

use std::collections::BTreeMap;

use diff::{Fate, Hook, Identity, Subject};
use release::Release;
use serde_json::Value;

use crate::failure::Failure;

/// An object of a record.
pub struct Entry {
    identity: Identity,
    /// The path of its template.
    source: String,
    /// When it runs, if it is a hook.
    events: Option<Vec<String>>,
    object: Value,
    /// Its name without that of its release.
    own_name: String,
}

/// Which objects of two records are compared.
#[derive(Clone, Copy)]
pub enum Same {
    /// Those of one name.
    Name,
    /// Those of one name but for the releases' names, else those that are alone of their kind in one template.
    Template,
}

/// Returns the objects of a record's manifest.
///
/// # Errors
/// A manifest that cannot be read.
pub fn objects(release: &Release) -> Result<Vec<Entry>, Failure> {
    let documents = diff::documents(release.manifest.as_bytes()).map_err(|error| {
        let words = format!("cannot read the manifest of {} revision {}", release.name, release.version);
        Failure::new(format!("{words}: {}", error.text))
    })?;
    Ok(documents.into_iter().map(|found| entry(release, (found.source, None), found.object)).collect())
}

/// Returns the objects of a record's hooks; those of tests only with `tests`.
///
/// # Errors
/// A hook that cannot be read.
pub fn hooks(release: &Release, tests: bool) -> Result<Vec<Entry>, Failure> {
    let is_test = |event: &String| matches!(event.as_str(), "test" | "test-success" | "test-failure");
    let mut entries = Vec::new();
    for hook in release.hooks.iter().filter(|hook| tests || !hook.events.iter().all(is_test)) {
        let documents = diff::documents(hook.manifest.as_bytes())
            .map_err(|error| Failure::new(format!("cannot read the hook {}: {}", hook.path, error.text)))?;
        let entry = |object| entry(release, (hook.path.clone(), Some(hook.events.clone())), object);
        entries.extend(documents.into_iter().map(|document| entry(document.object)));
    }
    Ok(entries)
}

fn entry(release: &Release, (source, events): (String, Option<Vec<String>>), object: Value) -> Entry {
    let identity = Identity::of(&object, &release.namespace);
    let own_name = identity.name.strip_prefix(&release.name).unwrap_or(&identity.name).to_string();
    Entry { identity, source, events, object, own_name }
}

/// Returns the objects of two records: those of the newer one in its order, then those that are gone. Hooks of the
/// events in `runs` run now.
pub fn subjects(old: Vec<Entry>, new: Vec<Entry>, same: Same, runs: &[&str]) -> Vec<Subject> {
    let pairs = pairs(&old, &new, same);
    let mut old: Vec<Option<Entry>> = old.into_iter().map(Some).collect();
    let mut subjects = Vec::new();
    for (entry, pair) in new.into_iter().zip(pairs) {
        let before = pair.and_then(|at| old.get_mut(at)?.take());
        let runs = entry.events.iter().flatten().any(|event| runs.contains(&event.as_str()));
        let earlier = before.as_ref().map(|before| &before.identity);
        subjects.push(Subject {
            earlier: earlier.filter(|earlier| !earlier.matches(&entry.identity)).cloned(),
            identity: entry.identity,
            hook: entry.events.map(|events| Hook { events, runs }),
            before: before.map(|before| before.object),
            after: Some(entry.object),
            fate: Fate::Written,
        });
    }
    subjects.extend(old.into_iter().flatten().map(|gone| Subject {
        identity: gone.identity,
        earlier: None,
        hook: gone.events.map(|events| Hook { events, runs: false }),
        before: Some(gone.object),
        after: None,
        fate: Fate::Written,
    }));
    subjects
}

/// A way to tell which objects belong together, and whether several may have one key: a manifest that has an object twice.
type Pass = (fn(&Entry) -> String, bool);

fn by_name(entry: &Entry) -> String {
    format!("{:?}", entry.identity.key())
}

fn by_place(entry: &Entry) -> String {
    format!("{:?}", (&entry.source, &entry.identity.kind, &entry.identity.name))
}

fn by_own_name(entry: &Entry) -> String {
    format!("{:?}", (&entry.source, &entry.identity.kind, &entry.own_name))
}

fn by_template(entry: &Entry) -> String {
    format!("{:?}", (&entry.source, &entry.identity.kind))
}

/// Returns for each new object the place of the old one that it is compared with.
fn pairs(old: &[Entry], new: &[Entry], same: Same) -> Vec<Option<usize>> {
    let passes: &[Pass] = match same {
        Same::Name => &[(by_name, true)],
        Same::Template => &[(by_place, true), (by_own_name, true), (by_template, false)],
    };
    let mut pairs = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    for (key, several) in passes {
        let mut places: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (at, entry) in old.iter().enumerate().filter(|(at, _)| !taken[*at]) {
            places.entry(key(entry)).or_default().0.push(at);
        }
        for (at, entry) in new.iter().enumerate().filter(|(at, _)| pairs[*at].is_none()) {
            places.entry(key(entry)).or_default().1.push(at);
        }
        for (before, after) in places.into_values() {
            let together = *several || (before.len(), after.len()) == (1, 1);
            for (before, after) in before.into_iter().zip(after).filter(|_| together) {
                taken[before] = true;
                pairs[after] = Some(before);
            }
        }
    }
    pairs
}
