//! Kubernetes objects as far as lint looks at them, read from a stream of YAML or JSON documents.

use gostd::json::{Field, Shape};
use gostd::{GoError, Value};

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

const ANNOTATIONS: Shape = Shape::Map(&Shape::String, "map[string]string");
const ITEM_METADATA: Shape =
    Shape::Struct(&[Field { name: "Annotations", shape: ANNOTATIONS }], "struct { Annotations map[string]string }");
const ITEM: Shape = Shape::Struct(
    &[Field { name: "Metadata", shape: ITEM_METADATA }],
    "struct { Metadata struct { Annotations map[string]string } }",
);
const ITEMS: Shape = Shape::List(&ITEM, "[]struct { Metadata struct { Annotations map[string]string } }");
const LIST: Shape = Shape::Struct(
    &[Field { name: "Items", shape: ITEMS }],
    "struct { Items []struct { Metadata struct { Annotations map[string]string } } }",
);

/// Reports whether an item of a `List`, the first document of the text, has the annotation `helm.sh/resource-policy`.
///
/// # Errors
/// What sigs.k8s.io/yaml says of items of the wrong type.
pub fn has_kept_item(text: &[u8]) -> Result<bool, GoError> {
    let below = |value: &Value, key: &[u8]| value.as_map().and_then(|map| map.get(key));
    let list = goyaml::from_yaml_shaped(text, &LIST)?;
    let kept = |item: &Value| {
        let annotations = below(item, b"Metadata").and_then(|metadata| below(&metadata, b"Annotations"));
        annotations.is_some_and(|annotations| below(&annotations, b"helm.sh/resource-policy").is_some())
    };
    Ok(below(&list, b"Items").as_ref().and_then(Value::as_list).is_some_and(|items| items.iter().any(kept)))
}

/// Reads the documents of a stream as `NewYAMLOrJSONDecoder` of k8s.io/apimachinery does; empty documents are left out.
///
/// Reading stops at the first document that is no YAML or has a head of the wrong types: its error is the last item.
pub fn documents(text: &[u8]) -> impl Iterator<Item = Result<Document, String>> {
    goyaml::Objects::new(text, &OBJECT).filter_map(|object| match object {
        Ok(Value::Nil) => None,
        Ok(value) => Some(Ok(Document::new(&value))),
        Err(error) => Some(Err(error.text)),
    })
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
