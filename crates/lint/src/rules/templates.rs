//! templates/: rendered in lint mode, each document looked at (`rules/template.go`).

use chart::capabilities::Capabilities;
use chart::log::Log;
use chart::values::{Release, Surroundings};
use gostd::strings::trim_space;
use gostd::{Map, strconv};
use render::Engine;

use super::chartfile::load;
use super::deprecations;
use super::documents::{Document, documents, has_kept_item};
use crate::message::Linter;
use crate::message::Severity::{Error, Warning};
use crate::{Options, names};

const FOLDER: &str = "templates/";

/// Runs the rules on templates.
pub fn check(linter: &mut Linter, values: &Map, options: &Options<'_>, log: &mut dyn Log) {
    let path = linter.chart_dir.join("templates");
    let exists = if path.exists() { Ok(()) } else { Err("directory does not exist".to_string()) };
    if linter.rule(Warning, FOLDER, exists).is_none() {
        return;
    }
    let folder = if path.is_dir() { Ok(()) } else { Err("not a directory".to_string()) };
    if linter.rule(Error, FOLDER, folder).is_none() {
        return;
    }
    let loaded = load(linter, log);
    let Some(mut chart) = linter.rule(Error, FOLDER, loaded) else { return };
    let capabilities = Capabilities::with_kube_version(options.kube_version.clone());
    // Lint says nothing of dependencies that cannot be processed; Helm#9658.
    if chart::dependencies::process(&mut chart, values, log).is_err() {
        return;
    }
    let Ok(coalesced) = chart::values::coalesce(&chart, values, log) else { return };
    let release = Release {
        name: "test-release".to_string(),
        namespace: options.namespace.clone(),
        revision: 0,
        is_install: false,
        is_upgrade: false,
    };
    let around = Surroundings { release: &release, capabilities: &capabilities, schemas: options.schemas };
    let top = chart::values::to_render_values(&chart, &coalesced, &around, log);
    let Some(top) = linter.rule(Error, FOLDER, top.map_err(|e| e.text)) else { return };
    let rendered = Engine { lint: true, ..Engine::default() }.render(&chart, &top);
    let messages = rendered.as_ref().map_or_else(|error| &error.messages, |rendered| &rendered.messages);
    for message in messages {
        let say = if message.warning { Log::warn } else { Log::info };
        say(log, message.text, &[("message", &message.message)]);
    }
    let Some(rendered) = linter.rule(Error, FOLDER, rendered.map_err(|e| e.text)) else { return };
    for file in chart.templates() {
        let path = format!("{}/{}", chart.name(), file.name);
        let content = rendered.files.get(path.as_str()).map(|text| text.as_slice()).unwrap_or_default();
        if !check_file(linter, &file.name, content, &capabilities) {
            return;
        }
    }
}

/// Returns whether to go on with the next file: one that is no YAML ends the rules on templates.
fn check_file(linter: &mut Linter, name: &str, content: &[u8], capabilities: &Capabilities) -> bool {
    let extension = String::from_utf8_lossy(gostd::path::ext(name.as_bytes())).into_owned();
    let allowed = [".yaml", ".yml", ".tpl", ".txt"].contains(&extension.as_str());
    let allowed = allowed.then_some(()).ok_or_else(|| {
        format!("file extension '{extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt")
    });
    linter.rule(Error, name, allowed);
    let is_yaml = [".yaml", ".yml"].contains(&extension.to_lowercase().as_str());
    if !is_yaml || trim_space(content).is_empty() {
        return true;
    }
    linter.rule(Warning, name, top_indent(content));
    for document in documents(content) {
        let parsed = document.map_err(|error| format!("unable to parse YAML: {error}"));
        let Some(document) = linter.rule(Error, name, parsed) else { return false };
        linter.rule(Warning, name, names::check(&document.kind, &document.name));
        linter.rule(Warning, name, deprecation(&document, capabilities));
        linter.rule(Error, name, match_selector(&document, content));
        linter.rule(Error, name, list_annotations(&document, content));
    }
    true
}

/// The longest line that Go's `bufio.Scanner` takes, without its end.
const MAX_LINE_BYTES: usize = 64 * 1024 - 1;

fn top_indent(content: &[u8]) -> Result<(), String> {
    let mut lines = content.split(|b| *b == b'\n');
    let line = lines.find(|line| line.len() > MAX_LINE_BYTES || !trim_space(line).is_empty()).unwrap_or_default();
    if line.len() > MAX_LINE_BYTES {
        return Err("bufio.Scanner: token too long".to_string());
    }
    if !line.starts_with(b" ") && !line.starts_with(b"\t") {
        return Ok(());
    }
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let quoted = String::from_utf8_lossy(&strconv::quote(line)).into_owned();
    Err(format!("document starts with an illegal indent: {quoted}, which may cause parsing problems"))
}

fn deprecation(document: &Document, capabilities: &Capabilities) -> Result<(), String> {
    let version = &capabilities.kube_version;
    let (Ok(major), Ok(minor)) = (version.major.parse(), version.minor.parse()) else { return Ok(()) };
    match deprecations::warning(&document.api_version, &document.kind, major, minor) {
        Some(text) => Err(text.to_string()),
        None => Ok(()),
    }
}

fn match_selector(document: &Document, content: &[u8]) -> Result<(), String> {
    let needs = ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"].contains(&document.kind.as_str());
    let has = |word: &[u8]| memchr::memmem::find(content, word).is_some();
    if !needs || has(b"matchLabels") || has(b"matchExpressions") {
        return Ok(());
    }
    let quoted = String::from_utf8_lossy(&strconv::quote(document.name.as_bytes())).into_owned();
    Err(format!("a {} must contain matchLabels or matchExpressions, and {quoted} does not", document.kind))
}

/// Only the first document of the file is looked at, as in Helm.
fn list_annotations(document: &Document, content: &[u8]) -> Result<(), String> {
    if document.kind != "List" {
        return Ok(());
    }
    if has_kept_item(content).map_err(|error| format!("unable to parse YAML: {}", error.text))? {
        return Err("annotation 'helm.sh/resource-policy' within List objects are ignored".to_string());
    }
    Ok(())
}
