//! Names the rights that the user lacks, all at once, and what would give them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use cluster::Right;
use gostd::GoError;
use release::Release;

use super::needs::{Need, When};
use crate::hint::hinted;
use crate::ownership::{Owner, quoted};
use crate::port::Engine;

/// So many names of objects are shown of a kind.
const NAMES: usize = 5;

/// # Errors
/// Rights that are missing.
pub(super) fn check(engine: &Engine<'_>, needs: &[Need<'_>], release: &Release) -> Result<(), GoError> {
    let rights: BTreeSet<Right> = needs.iter().flat_map(|need| need.any_of.iter().cloned()).collect();
    let lacking: BTreeSet<Right> =
        engine.cluster.lacking(&rights.into_iter().collect::<Vec<_>>()).into_iter().collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let owner = Owner { name: &release.name, namespace: &release.namespace };
    let lacks = |need: &&Need<'_>| need.any_of.iter().all(|right| lacking.contains(right));
    let (mut missing, mut unsure) = (Vec::new(), Vec::new());
    for need in needs.iter().filter(lacks) {
        match is_needed(engine, need, owner) {
            Some(true) => missing.push(need),
            Some(false) => {}
            None => unsure.push(need),
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    // It fails anyway: then everything that may be missing is told.
    missing.extend(unsure);
    Err(told(&Missing::of(&missing)))
}

/// Looks at the live object, where it decides; nothing where it cannot be read: that is left to the operation.
fn is_needed(engine: &Engine<'_>, need: &Need<'_>, owner: Owner<'_>) -> Option<bool> {
    let (Some(resource), false) = (&need.resource, need.when == When::Always) else { return Some(true) };
    let live = engine.cluster.get(resource).ok()?;
    Some(match (need.when, live) {
        (When::Missing, live) => live.is_none(),
        (When::Removed, Some(live)) => {
            live.pointer("/metadata/annotations/helm.sh~1resource-policy").is_none_or(|policy| policy != "keep")
        }
        (When::Owned, Some(live)) => owner.check(&live).is_ok(),
        _ => false,
    })
}

/// Missing rights by namespace and kind: `deployments.apps`.
struct Missing(BTreeMap<(String, String), Line>);

#[derive(Default)]
struct Line {
    group: String,
    resource: String,
    verbs: BTreeSet<String>,
    names: BTreeSet<String>,
    records: bool,
}

impl Missing {
    fn of(needs: &[&Need<'_>]) -> Missing {
        let mut lines = BTreeMap::<(String, String), Line>::new();
        for need in needs {
            for right in &need.any_of {
                let line = lines.entry((right.namespace.clone(), full_name(right))).or_default();
                (line.group, line.resource) = (right.group.clone(), right.resource.clone());
                line.verbs.insert(right.verb.clone());
                line.records |= need.resource.is_none();
                line.names.extend(need.resource.as_ref().map(|resource| resource.name.clone()));
            }
        }
        Missing(lines)
    }
}

fn full_name(right: &Right) -> String {
    match right.group.as_str() {
        "" => right.resource.clone(),
        group => format!("{}.{group}", right.resource),
    }
}

fn told(missing: &Missing) -> GoError {
    let mut text = "rights are missing, so nothing was changed:".to_string();
    for ((namespace, kind), line) in &missing.0 {
        let verbs: Vec<&str> = line.verbs.iter().map(String::as_str).collect();
        let place = match namespace.as_str() {
            "" => "in the cluster".to_string(),
            namespace => format!("in namespace {}", quoted(namespace)),
        };
        let _ = write!(text, "\n  cannot {} {kind} {place}{}", verbs.join(", "), line.about());
    }
    hinted(text, way_out(missing))
}

impl Line {
    fn about(&self) -> String {
        let mut names: Vec<&str> = self.names.iter().map(String::as_str).take(NAMES).collect();
        if self.records {
            names.push("the records of the release");
        }
        let more = self.names.len().saturating_sub(NAMES);
        match (names.is_empty(), more) {
            (true, _) => String::new(),
            (false, 0) => format!(" ({})", names.join(", ")),
            (false, more) => format!(" ({} and {more} more)", names.join(", ")),
        }
    }
}

/// The rules of a Role that would do.
fn way_out(missing: &Missing) -> String {
    let mut text = String::new();
    let mut place = None;
    for ((namespace, kind), line) in &missing.0 {
        if place != Some(namespace) {
            place = Some(namespace);
            match namespace.as_str() {
                "" => text.push_str("\nrules that are missing in a ClusterRole of the user:\n"),
                namespace => {
                    let _ = writeln!(
                        text,
                        "\nrules that are missing in a Role of the user in namespace {}:",
                        quoted(namespace)
                    );
                }
            }
        }
        let verbs: Vec<String> = line.verbs.iter().map(|verb| quoted(verb)).collect();
        let _ = writeln!(
            text,
            "- apiGroups: [{}]\n  resources: [{}]\n  verbs: [{}]",
            quoted(&line.group),
            quoted(&line.resource),
            verbs.join(", ")
        );
        let verb = line.verbs.first().map(String::as_str).unwrap_or_default();
        let at = if namespace.is_empty() { String::new() } else { format!(" --namespace {namespace}") };
        let _ = writeln!(text, "  # kubectl auth can-i {verb} {kind}{at}");
    }
    text
}
