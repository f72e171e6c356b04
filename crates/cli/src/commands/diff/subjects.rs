//! From what an operation is about to do to the objects that it changes: the server is asked.

use action::{Cluster, Preview};
use cluster::{Error, Outcome, Rehearsed, Resource};
use diff::{Fate, Identity, Refusal, Subject};

use super::crds;
use super::recorded::{self, Same};
use crate::failure::Failure;
use crate::flags::Parsed;

const KEPT: &str = "leaves the release but stays in the cluster (helm.sh/resource-policy: keep)";

/// The objects of an operation, and lines about them.
pub struct Found {
    pub subjects: Vec<Subject>,
    pub notes: Vec<String>,
}

/// Looks at what an operation is about to do.
///
/// # Errors
/// A cluster that cannot be asked; what the server refuses belongs to its object.
pub fn found(cluster: &dyn Cluster, preview: &Preview, flags: &Parsed) -> Result<Found, Failure> {
    let compare = flags.bool("include-crds");
    let mut subjects = crds::subjects(cluster, preview, compare)?;
    let rehearsed = cluster.rehearse(&preview.current, &preview.target, preview.how)?;
    subjects.extend(rehearsed.into_iter().map(subject));
    subjects.extend(preview.awaited.iter().map(|object| Subject {
        identity: Identity::of(object, &preview.after.namespace),
        earlier: None,
        hook: None,
        before: None,
        after: Some(object.clone()),
        fate: Fate::Written,
    }));
    if !preview.events.is_empty() {
        let tests = flags.bool("include-tests");
        let old = preview.before.as_ref().map_or_else(|| Ok(Vec::new()), |before| recorded::hooks(before, tests))?;
        let new = recorded::hooks(&preview.after, tests)?;
        subjects.extend(recorded::subjects(old, new, Same::Name, preview.events));
    }
    let new =
        preview.before.is_none().then(|| format!("Release {} does not exist: this installs it.", preview.after.name));
    let notes = [new, crds::line(preview, compare), hooks_line(preview)].into_iter().flatten().collect();
    Ok(Found { subjects, notes })
}

fn subject(rehearsed: Rehearsed) -> Subject {
    let identity = identity(&rehearsed.resource);
    let live = rehearsed.live;
    let (after, fate) = match rehearsed.outcome {
        Outcome::Written(after) => (Some(after), Fate::Written),
        Outcome::Replaced(after) => (Some(after), Fate::Replaced),
        Outcome::Deleted => (None, Fate::Written),
        Outcome::Kept => (live.clone(), Fate::Untouched(KEPT.to_string())),
        Outcome::Refused(error, forced) => (forced, Fate::Refused(refusal(&error))),
    };
    Subject { identity, earlier: None, hook: None, before: live, after, fate }
}

pub(super) fn identity(resource: &Resource) -> Identity {
    Identity { api_version: resource.api_version.clone(), ..Identity::of(&resource.object, &resource.namespace) }
}

/// The server's words, and what can be told of them without quoting an object.
pub(super) fn refusal(error: &Error) -> Refusal {
    let mut parts = Vec::new();
    if let Some(answer) = error.api() {
        parts.push(format!("{} ({})", answer.reason, answer.code));
        let causes = answer.details["causes"].as_array().into_iter().flatten();
        for cause in causes {
            let text = |name: &str| cause[name].as_str().unwrap_or_default().to_string();
            parts.push([text("field"), text("reason")].join(" "));
        }
    }
    parts.push("the server's words may quote the Secret; --show-secrets shows them".to_string());
    Refusal { text: error.to_string(), guarded: parts.join("; ") }
}

/// Returns a line that says which hooks run, in their order.
fn hooks_line(preview: &Preview) -> Option<String> {
    let mut parts = Vec::new();
    for event in preview.events {
        let mut hooks: Vec<&release::Hook> =
            preview.after.hooks.iter().filter(|hook| hook.events.iter().any(|known| known == event)).collect();
        hooks.sort_by(|a, b| (a.weight, &a.name).cmp(&(b.weight, &b.name)));
        let names: Vec<String> = hooks.iter().map(|hook| format!("{} {}", hook.kind, hook.name)).collect();
        if !names.is_empty() {
            parts.push(format!("{event}: {}", names.join(", ")));
        }
    }
    (!parts.is_empty()).then(|| format!("Hooks that run: {}", parts.join("; ")))
}
