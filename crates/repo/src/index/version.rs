//! A version of a chart in an index (`ChartVersion`): Chart.yaml's fields, and where its archive is.

use chart::Metadata;
use chart::metadata::METADATA;
use gostd::json::{Field, Shape};
use gostd::value::{List, Str};
use gostd::{GoError, Map, Type, Value};

use crate::file::normal_time;

const STRINGS: Shape = Shape::List(&Shape::String, "[]string");

const OWN: [Field; 8] = [
    Field { name: "urls", shape: STRINGS },
    Field { name: "created", shape: Shape::Time },
    Field { name: "removed", shape: Shape::Bool },
    Field { name: "digest", shape: Shape::String },
    // Of Helm 2: they may be there and count for nothing.
    Field { name: "checksum", shape: Shape::String },
    Field { name: "engine", shape: Shape::String },
    Field { name: "tillerVersion", shape: Shape::String },
    Field { name: "url", shape: Shape::String },
];

const DEFINITION: &[Field] = match METADATA {
    Shape::Struct(fields, _) => fields,
    _ => &[],
};

const COUNT: usize = DEFINITION.len() + OWN.len();

/// Puts the fields of Chart.yaml before the others; of a shape if they all have one.
const fn fields(shape: Option<Shape>) -> [Field; COUNT] {
    let mut fields = [OWN[0]; COUNT];
    let mut at = 0;
    while at < COUNT {
        fields[at] = if at < DEFINITION.len() { DEFINITION[at] } else { OWN[at - DEFINITION.len()] };
        if at < DEFINITION.len()
            && let Some(shape) = shape
        {
            fields[at].shape = shape;
        }
        at += 1;
    }
    fields
}

const FIELDS: [Field; COUNT] = fields(None);

/// As sigs.k8s.io/yaml sees the fields: Chart.yaml is embedded.
const WRITTEN_FIELDS: [Field; COUNT] = fields(Some(METADATA));

/// `repo.ChartVersion`.
pub const VERSION: Shape = Shape::Struct(&FIELDS, "repo.ChartVersion");

/// `repo.ChartVersions`.
pub(super) const VERSIONS: Shape = Shape::List(&VERSION, "repo.ChartVersions");

const WRITTEN: Shape = Shape::List(&Shape::Struct(&WRITTEN_FIELDS, "repo.ChartVersion"), "repo.ChartVersions");

/// Reads the versions of one chart in YAML.
///
/// # Errors
/// What sigs.k8s.io/yaml says of them.
pub(super) fn versions_from_yaml(text: &[u8]) -> Result<Value, GoError> {
    goyaml::from_yaml_strict_embedded(text, &WRITTEN, &VERSIONS)
}

/// Reads an index in YAML.
///
/// # Errors
/// What sigs.k8s.io/yaml says of it.
pub(super) fn index_from_yaml(text: &[u8]) -> Result<Value, GoError> {
    const ENTRIES: Shape = Shape::Map(&WRITTEN, "map[string]repo.ChartVersions");
    const WRITTEN_INDEX: Shape = Shape::Struct(&index_fields(ENTRIES), "repo.IndexFile");
    goyaml::from_yaml_strict_embedded(text, &WRITTEN_INDEX, &INDEX)
}

/// `repo.IndexFile`.
pub const INDEX: Shape =
    Shape::Struct(&index_fields(Shape::Map(&VERSIONS, "map[string]repo.ChartVersions")), "repo.IndexFile");

const fn index_fields(entries: Shape) -> [Field; 6] {
    [
        Field { name: "serverInfo", shape: Shape::Map(&Shape::Any, "map[string]interface {}") },
        Field { name: "apiVersion", shape: Shape::String },
        Field { name: "generated", shape: Shape::Time },
        Field { name: "entries", shape: entries },
        Field { name: "publicKeys", shape: STRINGS },
        Field { name: "annotations", shape: Shape::Map(&Shape::String, "map[string]string") },
    ]
}

/// A version of a chart.
#[derive(Clone, Default, Debug)]
pub struct Version {
    pub metadata: Metadata,
    /// `None` is written as null.
    pub urls: Option<Vec<String>>,
    /// RFC 3339, as Go writes it.
    pub created: String,
    pub removed: bool,
    /// The SHA-256 of the archive in hexadecimal.
    pub digest: String,
    /// `checksum`, `engine`, `tillerVersion`, `url` of Helm 2.
    pub legacy: [String; 4],
}

const LEGACY: [&str; 4] = ["checksum", "engine", "tillerVersion", "url"];

impl Version {
    /// Takes the fields of a decoded tree that fits [`VERSION`]; none for null.
    pub fn from_value(value: &Value) -> Option<Self> {
        let map = value.as_map()?;
        let created = text(map, "created");
        Some(Version {
            metadata: Metadata::from_value(value),
            urls: strings(map, "urls"),
            created: if created.is_empty() { ZERO_TIME.to_owned() } else { normal_time(&created) },
            removed: matches!(map.get(b"removed"), Some(Value::Bool(true))),
            digest: text(map, "digest"),
            legacy: LEGACY.map(|name| text(map, name)),
        })
    }

    /// Gives an entry without `apiVersion` that of the first charts, and cleans its texts.
    pub fn complete(&mut self) {
        // Versions that are kept were checked.
        let _ = self.check();
    }

    /// Checks an entry as `loadIndex` does.
    ///
    /// # Errors
    /// `validation: …`. That a dependency is there twice is none: some repositories leave its alias out.
    pub fn check(&mut self) -> Result<(), GoError> {
        if self.metadata.api_version.is_empty() {
            self.metadata.api_version = "v1".to_owned();
        }
        match self.metadata.validate() {
            Err(error) if error.text.starts_with("validation: more than one dependency with name or alias") => Ok(()),
            result => result,
        }
    }

    /// Returns the fields as `yaml.Marshal` writes them.
    pub fn to_value(&self) -> Value {
        let value = self.metadata.to_value();
        if let Some(map) = value.as_map() {
            let urls = match &self.urls {
                Some(urls) => List::strings(urls.iter().map(String::as_str)),
                None => List::nil(Type::String),
            };
            map.insert("urls", Value::List(urls));
            map.insert("created", self.created.as_str().into());
            if self.removed {
                map.insert("removed", true.into());
            }
            let texts = LEGACY.into_iter().zip(&self.legacy).chain([("digest", &self.digest)]);
            texts.filter(|(_, text)| !text.is_empty()).for_each(|(name, text)| {
                map.insert(Str::from(name), text.as_str().into());
            });
        }
        value
    }
}

pub(crate) const ZERO_TIME: &str = "0001-01-01T00:00:00Z";

fn text(map: &Map, name: &str) -> String {
    map.get(name.as_bytes()).and_then(|value| value.as_str().map(|s| s.to_text().into_owned())).unwrap_or_default()
}

fn strings(map: &Map, name: &str) -> Option<Vec<String>> {
    let value = map.get(name.as_bytes())?;
    let list = value.as_list().filter(|list| !list.is_nil())?;
    Some(list.iter().map(|item| item.as_str().map(|s| s.to_text().into_owned()).unwrap_or_default()).collect())
}
