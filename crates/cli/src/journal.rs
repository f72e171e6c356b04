//! What a rollback or an uninstallation of this machine was about to do. Where one ends, its records look as if it had
//! never been interrupted, and the same command again would do it twice: go back one revision more, or miss the release.
//! A file in the user's state folder, there only while the command runs, tells that it had ended.

use std::cell::RefCell;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use release::Lease;
use serde_json::{Value, json};
use storage::holder::{self, Life};

use crate::command::Invocation;

/// An entry older than this is of another matter.
const LASTS: Duration = Duration::from_secs(24 * 3600);

/// The entry of one command for one release.
pub struct Journal {
    /// None where there is no folder for it: the command works without.
    path: Option<PathBuf>,
    /// The command, the cluster and the release.
    key: String,
    /// What a dead process with the same command left: the revision it was about to write.
    left: Option<i64>,
    written: RefCell<bool>,
}

impl Journal {
    /// Reads what an earlier run of the same command left.
    pub fn of(invocation: &Invocation, operation: &str, name: &str) -> Self {
        let settings = &invocation.settings;
        let mut parts = vec![operation, name, &settings.kubeconfig, &settings.kube_context, &settings.kube.api_server];
        let (namespace, driver) = (settings.namespace(), std::env::var("HELM_DRIVER").unwrap_or_default());
        parts.extend([namespace.as_str(), driver.as_str()]);
        parts.extend(invocation.flags.args.iter().map(String::as_str));
        let key = parts.join("\n");
        let kept = driver != "memory";
        let path = folder().filter(|_| kept).map(|folder| folder.join(format!("{:016x}.json", hash(&key))));
        let mut journal = Journal { path, key, left: None, written: RefCell::new(false) };
        journal.left = journal.read();
        journal
    }

    /// Returns the revision that an interrupted run of the same command was about to write.
    pub fn left(&self) -> Option<i64> {
        self.left
    }

    /// Writes down the revision that is about to be written. What cannot be written is not missed until the worst.
    pub fn note(&self, revision: i64) {
        let Some(path) = &self.path else { return };
        let entry = json!({"key": self.key, "revision": revision, "lease": holder::mine("").to_json()});
        let written = path.parent().is_some_and(|folder| std::fs::create_dir_all(folder).is_ok())
            && std::fs::write(path, entry.to_string()).is_ok();
        self.written.replace(written);
    }

    /// The command has ended.
    pub fn end(&self) {
        let there = self.written.replace(false) || self.left.is_some();
        if let Some(path) = self.path.as_ref().filter(|_| there) {
            // It may be gone already, and counts for a day only.
            let _ = std::fs::remove_file(path);
        }
    }

    fn read(&self) -> Option<i64> {
        let path = self.path.as_ref()?;
        let age = SystemTime::now().duration_since(std::fs::metadata(path).ok()?.modified().ok()?).unwrap_or_default();
        let entry: Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
        let lease = Lease::from_json(entry["lease"].as_str()?).ok()?;
        let same = entry["key"] == self.key.as_str() && age < LASTS;
        (same && holder::life(&lease) == Life::Dead).then(|| entry["revision"].as_i64())?
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.end();
    }
}

/// `$XDG_STATE_HOME/pilothouse` or `~/.local/state/pilothouse` (XDG Base Directory Specification 0.8).
fn folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")))?;
    Some(base.join("pilothouse"))
}

/// Names a file; what is in it is compared whole.
fn hash(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
