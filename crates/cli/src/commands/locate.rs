//! Finds the chart that an argument names (`LocateChart` in Helm's `pkg/action/install.go`).

use std::path::{Path, PathBuf};

use gostd::Value;

use crate::failure::Failure;
use crate::plugins;
use crate::settings::Settings;

/// Returns the absolute path of a chart folder or archive.
///
/// # Errors
/// Helm's text for a path that does not exist; charts by reference are for a later version.
pub fn chart_path(reference: &str, repo: &str, settings: &Settings) -> Result<PathBuf, Failure> {
    let reference = reference.trim();
    if repo.is_empty() {
        if Path::new(reference).exists() {
            return std::path::absolute(reference)
                .map(|path| clean(&path))
                .map_err(|error| Failure::new(format!("cannot find the path of {reference}: {error}")));
        }
        if reference.starts_with('/') || reference.starts_with('.') {
            let quoted = String::from_utf8_lossy(&gostd::strconv::quote(reference.as_bytes())).into_owned();
            return Err(Failure::new(format!("path {quoted} not found")));
        }
    }
    Err(remote(reference, repo, settings))
}

fn clean(path: &Path) -> PathBuf {
    let cleaned = gostd::path::clean(path.as_os_str().as_encoded_bytes());
    PathBuf::from(String::from_utf8_lossy(&cleaned).into_owned())
}

fn remote(reference: &str, repo: &str, settings: &Settings) -> Failure {
    plugins::look_for_getters(&settings.plugins_directory);
    if repo.is_empty() && !reference.contains('/') {
        return Failure::new(format!(
            "non-absolute URLs should be in form of repo_name/path_to_chart, got: {reference}"
        ));
    }
    if let (true, Some((name, _)), false) = (repo.is_empty(), reference.split_once('/'), reference.contains("://"))
        && !is_known(name, settings)
    {
        return Failure::new(format!("repo {name} not found"));
    }
    Failure::new(format!(
        "chart {reference:?} is not a local path, and fetching charts from repositories and registries is not built yet \
         in this version of Pilothouse; fetch it with helm pull first"
    ))
}

/// Reports whether the file of repositories has one of this name.
fn is_known(name: &str, settings: &Settings) -> bool {
    let file = std::fs::read(&settings.repository_config).unwrap_or_default();
    let file = goyaml::from_yaml(&file).unwrap_or(Value::Nil);
    let repositories = file.as_map().and_then(|map| map.get(b"repositories"));
    let names = repositories.as_ref().and_then(Value::as_list);
    let is_named = |entry: &Value| {
        let found = entry.as_map().and_then(|map| map.get(b"name"));
        found.as_ref().and_then(Value::as_str).is_some_and(|text| *text == name)
    };
    names.is_some_and(|list| list.iter().any(is_named))
}
