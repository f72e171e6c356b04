//! APIs that Kubernetes has removed, and what replaces them.
//!
//! Source: Kubernetes' deprecated API migration guide.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use cluster::Removed;

/// So many kinds are told.
const KINDS: usize = 20;

/// Returns what replaces the kinds that an error says there are no matches for.
pub fn text(error: &str) -> String {
    let mut text = String::new();
    let in_record = error.contains("current release manifest") || error.contains("objects for delete");
    for (kind, version) in missing(error).into_iter().take(KINDS) {
        let _ = match Removed::find(version, kind) {
            Some(Removed { since, successor: Some(successor), .. }) => {
                writeln!(text, "  {kind} of {version} is gone since Kubernetes {since}: use {successor}")
            }
            Some(Removed { since, successor: None, .. }) => {
                writeln!(text, "  {kind} of {version} is gone since Kubernetes {since}, and nothing replaces it")
            }
            None if in_record => writeln!(
                text,
                "  {kind} of {version} is not known to this cluster: install its definition again, or delete the release's record \
                 and install anew with --take-ownership"
            ),
            None => Ok(()),
        };
    }
    match text.is_empty() {
        true => text,
        false => format!("\n{text}"),
    }
}

/// The pairs in `no matches for kind "Ingress" in version "extensions/v1beta1"`.
fn missing(error: &str) -> BTreeSet<(&str, &str)> {
    let pair = |rest: &'_ str| -> Option<(usize, usize, usize)> {
        let kind = rest.find('"')?;
        let after = rest.get(kind..)?.strip_prefix("\" in version \"")?;
        Some((kind, rest.len() - after.len(), after.find('"')?))
    };
    let mut found = BTreeSet::new();
    for rest in error.split("no matches for kind \"").skip(1) {
        if let Some((kind, start, length)) = pair(rest)
            && let (Some(kind), Some(version)) = (rest.get(..kind), rest.get(start..start + length))
        {
            found.insert((kind, version));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removed_kinds_are_named_with_their_successors() {
        let error = "unable to build kubernetes objects from release manifest: [resource mapping not found for name: \"a\" \
                     namespace: \"\" from \"\": no matches for kind \"Ingress\" in version \"extensions/v1beta1\"\nensure CRDs are \
                     installed first, resource mapping not found for name: \"b\" namespace: \"\" from \"\": no matches for kind \
                     \"PodSecurityPolicy\" in version \"policy/v1beta1\"\nensure CRDs are installed first]";
        assert_eq!(
            text(error),
            "\n  Ingress of extensions/v1beta1 is gone since Kubernetes 1.22: use networking.k8s.io/v1\n  PodSecurityPolicy of \
             policy/v1beta1 is gone since Kubernetes 1.25, and nothing replaces it\n"
        );
        assert_eq!(text("no matches for kind \"Thing\" in version \"example.com/v1\""), "");
        assert_eq!(text("no matches for kind \"Thing"), "");
    }
}
