//! crds/ (`rules/crds.go`).

use chart::log::Log;

use super::chartfile::load;
use super::documents::documents;
use super::io_error;
use crate::message::Linter;
use crate::message::Severity::Error;

const FOLDER: &str = "crds/";

/// Runs the rules on the CRDs of the chart and its subcharts.
pub fn check(linter: &mut Linter, log: &mut dyn Log) {
    // Without the slash, which would make a file in its place an error of the system call.
    let path = linter.chart_dir.join("crds");
    let folder = match std::fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
        Err(error) => Err(io_error("stat", &path, &error)),
        Ok(metadata) if !metadata.is_dir() => Err("not a directory".to_string()),
        Ok(_) => Ok(()),
    };
    if linter.rule(Error, FOLDER, folder).is_none() {
        return;
    }
    let loaded = load(linter, log);
    let Some(chart) = linter.rule(Error, FOLDER, loaded) else { return };
    for crd in chart.crds() {
        for document in documents(&crd.data) {
            let parsed = document.map_err(|error| format!("unable to parse YAML: {error}"));
            let Some(document) = linter.rule(Error, &crd.name, parsed) else { return };
            let group = document.api_version.starts_with("apiextensions.k8s.io");
            let group = group.then_some(()).ok_or_else(|| "apiVersion is not in 'apiextensions.k8s.io'".to_string());
            linter.rule(Error, &crd.name, group);
            let kind = document.kind == "CustomResourceDefinition";
            let kind = kind.then_some(()).ok_or_else(|| "object kind is not 'CustomResourceDefinition'".to_string());
            linter.rule(Error, &crd.name, kind);
        }
    }
}
