//! The JSON of Chart.yaml (`json.Marshal` of `pkg/chart/v2/metadata.go` and `dependency.go`): in records of releases, in
//! registries, in the digest of a lock file.

use gostd::json::{Object, append_list};
use gostd::{GoError, Value};

use super::{Dependency, Maintainer, Metadata};

impl Metadata {
    /// Appends the fields that are not empty.
    ///
    /// # Errors
    /// What `encoding/json` says of values that stand in `import-values`.
    pub fn append_json(&self, out: &mut Vec<u8>) -> Result<(), GoError> {
        let mut object = Object::open(out);
        object.text_unless_empty("name", self.name.as_bytes());
        object.text_unless_empty("home", self.home.as_bytes());
        object.texts_unless_empty("sources", &self.sources);
        object.text_unless_empty("version", self.version.as_bytes());
        object.text_unless_empty("description", self.description.as_bytes());
        object.texts_unless_empty("keywords", &self.keywords);
        if !self.maintainers.is_empty() {
            append_list(object.name("maintainers"), &self.maintainers, maintainer);
        }
        object.text_unless_empty("icon", self.icon.as_bytes());
        object.text_unless_empty("apiVersion", self.api_version.as_bytes());
        object.text_unless_empty("condition", self.condition.as_bytes());
        object.text_unless_empty("tags", self.tags.as_bytes());
        object.text_unless_empty("appVersion", self.app_version.as_bytes());
        object.flag_unless_false("deprecated", self.deprecated);
        if let Some(annotations) = self.annotations.as_ref().filter(|annotations| !annotations.is_empty()) {
            let mut map = Object::open(object.name("annotations"));
            annotations.iter().for_each(|(name, text)| map.text(name, text.as_bytes()));
            map.close();
        }
        object.text_unless_empty("kubeVersion", self.kube_version.as_bytes());
        if !self.dependencies.is_empty() {
            append_dependencies(object.name("dependencies"), &self.dependencies)?;
        }
        object.text_unless_empty("type", self.chart_type.as_bytes());
        object.close();
        Ok(())
    }
}

/// Writes dependencies as an array.
///
/// # Errors
/// As [`Metadata::append_json`].
pub fn append_dependencies(out: &mut Vec<u8>, list: &[Dependency]) -> Result<(), GoError> {
    out.push(b'[');
    for (at, each) in list.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        dependency(out, each)?;
    }
    out.push(b']');
    Ok(())
}

fn dependency(out: &mut Vec<u8>, dependency: &Dependency) -> Result<(), GoError> {
    let mut object = Object::open(out);
    object.text("name", dependency.name.as_bytes());
    object.text_unless_empty("version", dependency.version.as_bytes());
    object.text("repository", dependency.repository.as_bytes());
    object.text_unless_empty("condition", dependency.condition.as_bytes());
    object.texts_unless_empty("tags", &dependency.tags);
    object.flag_unless_false("enabled", dependency.enabled);
    if !dependency.import_values.is_empty() {
        object.value("import-values", &Value::list(dependency.import_values.clone()))?;
    }
    object.text_unless_empty("alias", dependency.alias.as_bytes());
    object.close();
    Ok(())
}

fn maintainer(out: &mut Vec<u8>, maintainer: &Option<Maintainer>) {
    let Some(maintainer) = maintainer else { return out.extend_from_slice(b"null") };
    let mut object = Object::open(out);
    object.text_unless_empty("name", maintainer.name.as_bytes());
    object.text_unless_empty("email", maintainer.email.as_bytes());
    object.text_unless_empty("url", maintainer.url.as_bytes());
    object.close();
}
