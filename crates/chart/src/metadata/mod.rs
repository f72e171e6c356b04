//! Chart.yaml: its fields, how it is read, checked and shown.

mod decode;
mod json;
mod shape;
mod validate;
mod views;

pub use json::append_dependencies;
pub use shape::{BASE, LOCK, METADATA};

use std::collections::BTreeMap;

use gostd::{GoError, Map, Value};

/// The fields of Chart.yaml (v1 and v2). Empty means absent, as Go's zero values do.
#[derive(Clone, Default, Debug)]
pub struct Metadata {
    pub name: String,
    pub home: String,
    pub sources: Vec<String>,
    pub version: String,
    pub description: String,
    pub keywords: Vec<String>,
    /// `None` is a null in the list, which only a chart that was not validated can have.
    pub maintainers: Vec<Option<Maintainer>>,
    pub icon: String,
    pub api_version: String,
    pub condition: String,
    pub tags: String,
    pub app_version: String,
    pub deprecated: bool,
    /// `None` when Chart.yaml has none or null.
    pub annotations: Option<BTreeMap<String, String>>,
    pub kube_version: String,
    pub dependencies: Vec<Dependency>,
    /// There is a list of dependencies, if only an empty one: only then Helm looks at those of the subcharts.
    pub declares_dependencies: bool,
    /// The position of the first null among the dependencies; validation refuses it.
    pub null_dependency: Option<usize>,
    pub chart_type: String,
}

/// A person or group behind a chart.
#[derive(Clone, Default, Debug)]
pub struct Maintainer {
    pub name: String,
    pub email: String,
    pub url: String,
}

/// A chart that another one needs.
#[derive(Clone, Default, Debug)]
pub struct Dependency {
    pub name: String,
    /// A version or a range of versions.
    pub version: String,
    pub repository: String,
    /// Comma-separated value paths; the first that holds a bool decides.
    pub condition: String,
    pub tags: Vec<String>,
    pub enabled: bool,
    /// Strings (`exports.NAME` of the child) and maps (`child`, `parent`); any value until they are processed.
    pub import_values: Vec<Value>,
    pub alias: String,
}

impl Dependency {
    /// Returns the name under which the chart is known to its parent.
    pub fn known_as(&self) -> &str {
        if self.alias.is_empty() { &self.name } else { &self.alias }
    }
}

/// Chart.lock, or requirements.lock of a v1 chart.
#[derive(Clone, Default, Debug)]
pub struct Lock {
    /// When it was made, as written in the file (RFC 3339).
    pub generated: String,
    pub digest: String,
    pub dependencies: Vec<Dependency>,
    /// There is a list of dependencies, if only an empty one; else JSON has null for it.
    pub declares_dependencies: bool,
}

impl Metadata {
    /// Reads a Chart.yaml; unknown fields are ignored.
    ///
    /// # Errors
    /// What sigs.k8s.io/yaml says of the text.
    pub fn parse(text: &[u8]) -> Result<Self, GoError> {
        let mut metadata = Metadata::default();
        metadata.read(text)?;
        Ok(metadata)
    }

    /// Reads a Chart.yaml as `helm lint` does: unknown fields and duplicate keys are errors.
    ///
    /// # Errors
    /// What sigs.k8s.io/yaml says of the text.
    pub fn parse_strict(text: &[u8]) -> Result<Self, GoError> {
        let mut metadata = Metadata::default();
        metadata.apply(&goyaml::from_yaml_strict_shaped(text, &METADATA)?);
        Ok(metadata)
    }

    /// Reads fields over those that are there, as unmarshalling into a struct in use does (requirements.yaml).
    ///
    /// # Errors
    /// What sigs.k8s.io/yaml says of the text.
    pub fn read(&mut self, text: &[u8]) -> Result<(), GoError> {
        self.apply(&goyaml::from_yaml_shaped(text, &METADATA)?);
        Ok(())
    }

    /// Takes the fields of a decoded tree that fits [`METADATA`].
    pub fn from_value(value: &Value) -> Self {
        let mut metadata = Metadata::default();
        metadata.apply(value);
        metadata
    }

    /// Library charts hold definitions for others and cannot be installed.
    pub fn is_library(&self) -> bool {
        self.chart_type.eq_ignore_ascii_case("library")
    }
}

impl Lock {
    /// Reads a lock file; one without content (blanks, comments, a null) is none.
    ///
    /// # Errors
    /// What sigs.k8s.io/yaml says of the text.
    pub fn parse(text: &[u8]) -> Result<Option<Self>, GoError> {
        let value = goyaml::from_yaml_shaped(text, &LOCK)?;
        Ok(value.as_map().map(|_| Lock::from_value(&value)))
    }
}

/// Returns a map, or an empty one for null.
fn fields(value: &Value) -> Map {
    value.as_map().cloned().unwrap_or_default()
}
