//! The head of a rendered manifest: what Helm reads of every document before it sorts it.

use gostd::json::{Field, Shape};
use gostd::{GoError, Str, Value};

/// `SimpleHead` of Helm's `pkg/release/v1/util`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub api_version: Str,
    pub kind: Str,
    pub name: Str,
    /// `metadata.annotations`, in the order of their keys; none where there is no such map.
    pub annotations: Option<Vec<(Str, Str)>>,
}

const METADATA: &[Field] = &[
    Field { name: "name", shape: Shape::String },
    Field { name: "annotations", shape: Shape::Map(&Shape::String, "map[string]string") },
];

const HEAD: &[Field] = &[
    Field { name: "apiVersion", shape: Shape::String },
    Field { name: "kind", shape: Shape::String },
    Field {
        name: "metadata",
        shape: Shape::Struct(
            METADATA,
            r#"struct { Name string "json:\"name\""; Annotations map[string]string "json:\"annotations\"" }"#,
        ),
    },
];

const SHAPE: Shape = Shape::Struct(HEAD, "util.SimpleHead");

/// Reads the head of a manifest; an empty document has an empty one.
///
/// # Errors
/// What `sigs.k8s.io/yaml.Unmarshal` into Helm's `SimpleHead` reports: any mistake in the document, also far from its
/// head, and fields of the wrong type.
pub fn head(manifest: &[u8]) -> Result<Head, GoError> {
    let value = crate::from_yaml_shaped(manifest, &SHAPE)?;
    let metadata = member(&value, "metadata");
    let annotations = metadata.as_ref().and_then(|metadata| member(metadata, "annotations"));
    Ok(Head {
        api_version: text(&value, "apiVersion"),
        kind: text(&value, "kind"),
        name: metadata.map(|metadata| text(&metadata, "name")).unwrap_or_default(),
        annotations: annotations.as_ref().and_then(Value::as_map).map(|map| {
            let entries = map.borrow();
            entries.iter().map(|(key, value)| (key.clone(), value.as_str().cloned().unwrap_or_default())).collect()
        }),
    })
}

fn member(value: &Value, name: &str) -> Option<Value> {
    value.as_map()?.get(name.as_bytes())
}

fn text(value: &Value, name: &str) -> Str {
    member(value, name).and_then(|value| value.as_str().cloned()).unwrap_or_default()
}
