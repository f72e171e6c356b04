//! Kubernetes objects as far as lint looks at them, read from a stream of YAML or JSON documents.

use gostd::Value;
use gostd::json::{Field, Shape};

/// The head of an object.
pub struct Document {
    pub api_version: String,
    pub kind: String,
    pub name: String,
}

const METADATA: &[Field] =
    &[Field { name: "Namespace", shape: Shape::String }, Field { name: "Name", shape: Shape::String }];

const OBJECT: Shape = Shape::Struct(
    &[
        Field { name: "apiVersion", shape: Shape::String },
        Field { name: "Kind", shape: Shape::String },
        Field { name: "Metadata", shape: Shape::Struct(METADATA, "rules.k8sYamlMetadata") },
    ],
    "rules.k8sYamlStruct",
);

/// Reads the documents of a stream as `NewYAMLOrJSONDecoder` of k8s.io/apimachinery does; empty documents are left out.
///
/// Reading stops at the first document that is no YAML or has a head of the wrong types: its error is the last item.
pub fn documents(text: &[u8]) -> Vec<Result<Document, String>> {
    let mut all = Vec::new();
    for part in goyaml::documents(text) {
        match goyaml::from_yaml_shaped(part, &OBJECT) {
            Ok(Value::Nil) => {}
            Ok(value) => all.push(Ok(Document::new(&value))),
            Err(error) => {
                all.push(Err(error.text));
                break;
            }
        }
    }
    all
}

impl Document {
    fn new(value: &Value) -> Self {
        let text = |value: Option<Value>| value.as_ref().and_then(Value::as_str).map(|s| s.to_text().into_owned());
        let field = |name: &str| value.as_map().and_then(|map| map.get(name.as_bytes()));
        let metadata = field("Metadata");
        let name = metadata.as_ref().and_then(Value::as_map).and_then(|map| map.get(b"Name"));
        Document {
            api_version: text(field("apiVersion")).unwrap_or_default(),
            kind: text(field("Kind")).unwrap_or_default(),
            name: text(name).unwrap_or_default(),
        }
    }
}
