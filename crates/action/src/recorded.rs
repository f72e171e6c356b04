//! Builds the objects of a recorded manifest. What it names under an API that Kubernetes has removed since is still there,
//! served under another: it is looked for there. Helm stops at such a record.
//!
//! Only for what is compared with or deleted: what is to be written stays as its chart has it.

use chart::log::Log;
use cluster::{Removed, Resource};
use gostd::GoError;

use crate::port::Engine;

/// Returns the objects of a manifest, those of removed APIs under their successors. What has no successor went with its API.
///
/// # Errors
/// Helm's, where a kind is unknown for another reason.
pub(crate) fn build(engine: &Engine<'_>, manifest: &[u8], log: &mut dyn Log) -> Result<Vec<Resource>, GoError> {
    let error = match engine.cluster.build(manifest, false) {
        Err(error) if error.text.contains("no matches for kind ") => error,
        result => return result,
    };
    let (rewritten, changes) = rewritten(manifest, &error.text);
    if changes.is_empty() {
        return Err(error);
    }
    let Ok(resources) = engine.cluster.build(&rewritten, false) else { return Err(error) };
    for Change { kind, name, removed } in changes {
        let successor = removed.successor.unwrap_or("nothing");
        let fields = [("kind", kind.as_str()), ("name", &name), ("api", removed.api_version), ("successor", successor)];
        log.warn("the release's record names a removed API", &fields);
    }
    Ok(resources)
}

/// An object whose API is gone.
struct Change {
    kind: String,
    name: String,
    removed: Removed,
}

/// Replaces the API versions that an error says are not served.
fn rewritten(manifest: &[u8], error: &str) -> (Vec<u8>, Vec<Change>) {
    let (mut text, mut changes) = (Vec::new(), Vec::new());
    for range in render::split_manifests(manifest) {
        let document = manifest.get(range).unwrap_or_default();
        text.extend_from_slice(b"---\n");
        let change = change(document, error);
        match change.as_ref().map(|change| change.removed.successor) {
            None => text.extend_from_slice(document),
            Some(None) => {}
            Some(Some(successor)) => replace_version(&mut text, document, successor),
        }
        text.push(b'\n');
        changes.extend(change);
    }
    (text, changes)
}

fn change(document: &[u8], error: &str) -> Option<Change> {
    let head = goyaml::head(document).ok()?;
    let (version, kind) = (head.api_version.to_text(), head.kind.to_text());
    if !error.contains(&format!("no matches for kind {kind:?} in version {version:?}")) {
        return None;
    }
    let removed = Removed::find(&version, &kind)?;
    Some(Change { kind: kind.into_owned(), name: head.name.to_text().into_owned(), removed })
}

/// Appends a document with another line `apiVersion:` at its top level.
fn replace_version(text: &mut Vec<u8>, document: &[u8], successor: &str) {
    for line in document.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b"apiVersion:") {
            text.extend_from_slice(format!("apiVersion: {successor}\n").as_bytes());
        } else {
            text.extend_from_slice(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_server_does_not_know_moves() {
        let manifest = b"---\n# Source: a\napiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}\n---\napiVersion: \
                         policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: b}\n---\napiVersion: batch/v1beta1\nkind: \
                         CronJob\nmetadata: {name: c}\n";
        let error = "no matches for kind \"Ingress\" in version \"extensions/v1beta1\", no matches for kind \
                     \"PodSecurityPolicy\" in version \"policy/v1beta1\"";
        let (text, changes) = rewritten(manifest, error);
        assert_eq!(
            String::from_utf8_lossy(&text),
            "---\n# Source: a\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\n\n---\n\n---\napiVersion: \
             batch/v1beta1\nkind: CronJob\nmetadata: {name: c}\n\n"
        );
        assert_eq!(changes.iter().map(|change| change.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    }
}
