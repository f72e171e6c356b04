//! Which repositories dependencies come from (`resolveRepoNames`, `ensureMissingRepos`, `hasAllRepos` of
//! `pkg/downloader/manager.go`).

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use chart::Dependency;
use gostd::GoError;
use gostd::url::Url;
use repo::Entry;

use super::local;
use super::place::say;
use crate::digest::Digest;
use crate::urls::{equal, is_oci};

/// Under which name the index of a repository is cached, by the name of the chart.
pub type Names = BTreeMap<String, String>;

/// What the name of an index starts with whose repository nobody has added.
pub const UNMANAGED: &str = "helm-manager-";

/// Finds the repository of each dependency; in the dependencies, names (`@stable`, `alias:stable`) become URLs.
///
/// # Errors
/// A folder that is not there; `no repository definition for …`.
pub fn find(
    dependencies: &mut [Dependency],
    known: &[Entry],
    chart: &Path,
    debug: Option<&mut dyn Write>,
) -> Result<Names, GoError> {
    let mut debug = debug;
    let mut names = Names::new();
    let mut missing = Vec::new();
    for dependency in dependencies.iter_mut().filter(|dependency| !dependency.repository.is_empty()) {
        let repository = dependency.repository.clone();
        if repository.starts_with(local::SCHEME) {
            local::folder(&repository, chart)?;
            debug
                .as_mut()
                .into_iter()
                .for_each(|out| say(*out, &format!("Repository from local path: {repository}\n")));
        }
        let name = match known.iter().find(|entry| is_meant(entry, &repository)) {
            _ if repository.starts_with(local::SCHEME) || is_oci(&repository) => repository,
            Some(entry) => {
                if names_one(&repository, &entry.name) {
                    dependency.repository = entry.url.clone();
                }
                entry.name.clone()
            }
            None if Url::parse_request_uri(repository.as_bytes()).is_ok() => {
                // Not under the name of the chart: the repository is still to be made known.
                names.insert(repository.clone(), repository);
                continue;
            }
            None => {
                missing.push(repository);
                continue;
            }
        };
        names.insert(dependency.name.clone(), name);
    }
    if missing.is_empty() { Ok(names) } else { Err(undefined(&missing)) }
}

fn is_meant(entry: &Entry, repository: &str) -> bool {
    names_one(repository, &entry.name) || equal(&entry.url, repository)
}

/// Whether a repository is written as the name of one.
fn names_one(repository: &str, name: &str) -> bool {
    repository.strip_prefix('@') == Some(name) || repository.strip_prefix("alias:") == Some(name)
}

fn undefined(missing: &[String]) -> GoError {
    let mut text = format!("no repository definition for {}. Please add them via 'helm repo add'", missing.join(", "));
    let is_word = |name: &String| !name.contains("//") && !name.starts_with('@') && !name.starts_with("alias:");
    if missing.iter().any(is_word) {
        text.push_str(
            "\nNote that repositories must be URLs or aliases. For example, to refer to the \"example\"\nrepository, use \
             \"https://charts.example.com/\" or \"@example\" instead of\n\"example\". Don't forget to add the repo, too \
             ('helm repo add').",
        );
    }
    GoError::new(text)
}

/// Names the repositories that nobody has added after their URLs; returns them, for their indexes to be fetched.
pub fn unmanaged(dependencies: &[Dependency], names: &mut Names) -> Vec<Entry> {
    let mut entries = Vec::new();
    for dependency in dependencies.iter().filter(|dependency| !dependency.repository.is_empty()) {
        if names.contains_key(&dependency.name) {
            continue;
        }
        let name = unmanaged_name(&dependency.repository);
        names.insert(dependency.name.clone(), name.clone());
        entries.push(Entry { name, url: dependency.repository.clone(), ..Entry::default() });
    }
    entries
}

/// Returns the name for a repository that nobody has added.
pub fn unmanaged_name(url: &str) -> String {
    format!("{UNMANAGED}{}", Digest::of(url.as_bytes()).hex())
}

/// Leaves one of the repositories with the same URL: the last.
pub fn distinct(entries: &[Entry]) -> Vec<Entry> {
    let mut distinct: Vec<Entry> = Vec::new();
    let bare = |url: &str| url.strip_suffix('/').unwrap_or(url).to_owned();
    for entry in entries {
        match distinct.iter_mut().find(|other| bare(&other.url) == bare(&entry.url)) {
            Some(other) => *other = entry.clone(),
            None => distinct.push(entry.clone()),
        }
    }
    distinct
}

/// Checks that all repositories of a lock have been added.
///
/// # Errors
/// `no repository definition for …`.
pub fn check_known(locked: &[Dependency], known: &[Entry]) -> Result<(), GoError> {
    let is_known = |repository: &str| {
        let bare = repository.strip_suffix('/').unwrap_or(repository);
        repository.is_empty()
            || repository.starts_with(local::SCHEME)
            || is_oci(repository)
            || known.iter().any(|entry| equal(&entry.url, bare))
    };
    let missing: Vec<&str> =
        locked.iter().map(|d| d.repository.as_str()).filter(|repository| !is_known(repository)).collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(GoError::new(format!(
            "no repository definition for {}. Please add the missing repos via 'helm repo add'",
            missing.join(", ")
        ))),
    }
}
