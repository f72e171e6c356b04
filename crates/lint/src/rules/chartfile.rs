//! Chart.yaml (`rules/chartfile.go`).

use chart::{Chart, Metadata};
use gostd::semver::{Constraints, Version};
use gostd::{Value, strconv};

use super::io_error;
use crate::message::Linter;
use crate::message::Severity::{Error, Info, Warning};
use crate::urls::{is_email, is_request_url, is_url};

const FILE: &str = "Chart.yaml";

type Check = Result<(), String>;

/// Runs the rules on Chart.yaml.
pub fn check(linter: &mut Linter) {
    let path = linter.chart_dir.join(FILE);
    let directory = if path.is_dir() { Err("should be a file, not a directory".to_string()) } else { Ok(()) };
    linter.rule(Error, FILE, directory);
    let bytes = std::fs::read(&path).map_err(|e| io_error(if path.is_dir() { "read" } else { "open" }, &path, &e));
    let parsed = bytes.as_ref().map_err(Clone::clone).and_then(|b| Metadata::parse(b).map_err(|e| e.text));
    let format = parsed.map_err(|error| format!("unable to parse YAML\n\t{error}"));
    let Some(metadata) = linter.rule(Error, FILE, format) else { return };
    let Ok(bytes) = bytes else { return };
    let strict = Metadata::parse_strict(&bytes).map(drop);
    let strict = strict.map_err(|e| format!("failed to strictly parse chart metadata file\n\t{}", e.text));
    linter.rule(Warning, FILE, strict);
    let raw = goyaml::from_yaml_map(&bytes).unwrap_or(Value::Nil);
    for (severity, result) in findings(&metadata, &raw) {
        linter.rule(severity, FILE, result);
    }
}

fn findings(metadata: &Metadata, raw: &Value) -> Vec<(crate::Severity, Check)> {
    vec![
        (Error, name(metadata)),
        (Error, api_version(metadata)),
        (Error, is_string(raw, "version")),
        (Error, version(metadata)),
        (Error, is_string(raw, "appVersion")),
        (Error, maintainers(metadata)),
        (Error, sources(metadata)),
        (Info, icon_presence(metadata)),
        (Error, icon_url(metadata)),
        (Error, chart_type(metadata)),
        (Error, dependencies(metadata)),
        (Warning, strict_version(metadata)),
    ]
}

fn name(metadata: &Metadata) -> Check {
    if metadata.name.is_empty() {
        return Err("name is required".to_string());
    }
    if gostd::path::base(metadata.name.as_bytes()) != metadata.name.as_bytes() {
        let quoted = String::from_utf8_lossy(&strconv::quote(metadata.name.as_bytes())).into_owned();
        return Err(format!("chart name {quoted} is invalid"));
    }
    Ok(())
}

fn api_version(metadata: &Metadata) -> Check {
    match metadata.api_version.as_str() {
        "v1" | "v2" => Ok(()),
        "" => Err("apiVersion is required. The value must be either \"v1\" or \"v2\"".to_string()),
        other => Err(format!("apiVersion '{other}' is not valid. The value must be either \"v1\" or \"v2\"")),
    }
}

fn is_string(raw: &Value, key: &str) -> Check {
    match raw.as_map().and_then(|map| map.get(key.as_bytes())) {
        None | Some(Value::Str(_)) => Ok(()),
        Some(value) => Err(format!("{key} should be of type string but it's of type {}", value.go_type())),
    }
}

fn version(metadata: &Metadata) -> Check {
    if metadata.version.is_empty() {
        return Err("version is required".to_string());
    }
    let Ok(version) = Version::new(metadata.version.as_bytes()) else {
        return Err(format!("version '{}' is not a valid SemVer", metadata.version));
    };
    let above_zero = Constraints::new(b">0.0.0-0").map_err(|e| e.text)?;
    match above_zero.validate(&version).first() {
        Some(error) => Err(format!("version {}", error.text)),
        None => Ok(()),
    }
}

fn strict_version(metadata: &Metadata) -> Check {
    match Version::strict(metadata.version.as_bytes()) {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("version '{}' is not a valid SemVerV2", metadata.version)),
    }
}

fn maintainers(metadata: &Metadata) -> Check {
    for maintainer in &metadata.maintainers {
        let Some(maintainer) = maintainer else { return Err("a maintainer entry is empty".to_string()) };
        if maintainer.name.is_empty() {
            return Err("each maintainer requires a name".to_string());
        }
        if !maintainer.email.is_empty() && !is_email(&maintainer.email) {
            return Err(format!("invalid email '{}' for maintainer '{}'", maintainer.email, maintainer.name));
        }
        if !maintainer.url.is_empty() && !is_url(&maintainer.url) {
            return Err(format!("invalid url '{}' for maintainer '{}'", maintainer.url, maintainer.name));
        }
    }
    Ok(())
}

fn sources(metadata: &Metadata) -> Check {
    match metadata.sources.iter().find(|source| !is_request_url(source)) {
        Some(source) => Err(format!("invalid source URL '{source}'")),
        None => Ok(()),
    }
}

fn icon_presence(metadata: &Metadata) -> Check {
    if metadata.icon.is_empty() { Err("icon is recommended".to_string()) } else { Ok(()) }
}

fn icon_url(metadata: &Metadata) -> Check {
    if metadata.icon.is_empty() || is_request_url(&metadata.icon) {
        return Ok(());
    }
    Err(format!("invalid icon URL '{}'", metadata.icon))
}

fn chart_type(metadata: &Metadata) -> Check {
    if metadata.chart_type.is_empty() || metadata.api_version == "v2" {
        return Ok(());
    }
    Err(format!("chart type is not valid in apiVersion '{}'. It is valid in apiVersion 'v2'", metadata.api_version))
}

fn dependencies(metadata: &Metadata) -> Check {
    if metadata.dependencies.is_empty() || metadata.api_version == "v2" {
        return Ok(());
    }
    Err(format!(
        "dependencies are not valid in the Chart file with apiVersion '{}'. They are valid in apiVersion 'v2'",
        metadata.api_version
    ))
}

/// Loads a chart for a rule that needs it whole.
pub(super) fn load(linter: &Linter, log: &mut dyn chart::log::Log) -> Result<Chart, String> {
    chart::load_any_version(&linter.chart_dir, log).map_err(|error| error.text)
}
