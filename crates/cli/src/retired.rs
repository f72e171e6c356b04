//! Repositories of the first years that moved (`checkForExpiredRepos` in `pkg/cmd/root.go` of Helm 4.3.1).

use std::path::Path;

use repo::File;

/// Name, host of old, URL of today.
const MOVED: [(&str, &str, &str); 2] = [
    ("stable", "kubernetes-charts.storage.googleapis.com", "https://charts.helm.sh/stable"),
    ("incubator", "kubernetes-charts-incubator.storage.googleapis.com", "https://charts.helm.sh/incubator"),
];

/// What all hosts of old have in common.
const SIGN: &[u8] = b"kubernetes-charts";

/// Warns of repositories that are still looked for where they were. A file that cannot be read is told by who needs it.
pub fn warn(repositories: &Path) {
    let Ok(text) = std::fs::read(repositories) else { return };
    // Every command comes by here: a file without such a host is not taken apart.
    if memchr::memmem::find(&text, SIGN).is_none() {
        return;
    }
    let Ok(file) = File::parse(&text) else { return };
    for (name, old, new) in MOVED {
        // As in Helm, without the first of them the second is not looked at.
        let Some(entry) = file.get(name) else { return };
        if entry.url.contains(old) {
            eprintln!(
                "WARNING: \"{old}\" is deprecated for \"{name}\" and will be deleted Nov. 13, 2020.\n\
                 WARNING: You should switch to \"{new}\" via:\n\
                 WARNING: helm repo add \"{name}\" \"{new}\" --force-update"
            );
        }
    }
}
