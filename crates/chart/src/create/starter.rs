//! New charts made from a starter: another chart with `<CHARTNAME>` in its templates and values.

use std::path::Path;

use gostd::{GoError, Value};

use super::{PLACEHOLDER, check_folder};
use crate::chart::Chart;
use crate::expand::write;
use crate::load::load_any_version;
use crate::log::Log;
use crate::metadata::Metadata;
use crate::pack::{self, Stamp, check_name};

/// Writes the chart `name` below `folder` from the starter at `source`.
pub fn create(name: &str, folder: &Path, source: &Path, log: &mut dyn Log) -> Result<(), GoError> {
    let starter = load_any_version(source, log).map_err(|error| {
        GoError::wrap(format!("could not load {}: {}", source.to_string_lossy(), error.text), error)
    })?;
    check_values(&starter, name)?;
    check_name(name)?;
    let chart = folder.join(name);
    check_folder(&chart)?;
    let definition = goyaml::to_yaml(&definition(name).to_value())?;
    write(&chart.join("Chart.yaml"), &definition)?;
    if let Some(values) = starter.raw_values() {
        write(&chart.join("values.yaml"), &transform(values, name))?;
    }
    if let Some(schema) = starter.schema() {
        write(&chart.join("values.schema.json"), schema)?;
    }
    for file in starter.templates() {
        write(&chart.join(&file.name), &transform(&file.data, name))?;
    }
    for file in starter.files() {
        write(&chart.join(&file.name), &file.data)?;
    }
    for child in starter.dependencies() {
        pack::save(child, &chart.join("charts"), Stamp::Files)
            .map_err(|error| GoError::wrap(format!("saving {name}/charts/{}: {}", child.name(), error.text), error))?;
    }
    Ok(())
}

fn definition(name: &str) -> Metadata {
    Metadata {
        name: name.to_owned(),
        description: "A Helm chart for Kubernetes".to_owned(),
        chart_type: "application".to_owned(),
        version: "0.1.0".to_owned(),
        app_version: "0.1.0".to_owned(),
        api_version: "v2".to_owned(),
        ..Metadata::default()
    }
}

/// The values must be YAML with the name in them too.
fn check_values(starter: &Chart, name: &str) -> Result<(), GoError> {
    let failed = |what: &str, error: GoError| GoError::wrap(format!("{what} values file: {}", error.text), error);
    let text = goyaml::to_yaml(&Value::Map(starter.values().clone())).map_err(|error| failed("reading", error))?;
    goyaml::from_yaml_map(&transform(&text, name)).map_err(|error| failed("transforming", error))?;
    Ok(())
}

fn transform(text: &[u8], name: &str) -> Vec<u8> {
    gostd::strings::replace_all(text, PLACEHOLDER.as_bytes(), name.as_bytes())
}
