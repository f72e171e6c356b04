//! Checks that the metadata of a manifest has the types that `ObjectMeta` has, so that nothing is lost silently.
//!
//! Source: `metadataValidatingDecoder`, k8s.io/cli-runtime pkg/resource/metadata_decoder.go; the texts are those of
//! sigs.k8s.io/json, in the order of the fields' names.

use serde_json::Value;

use crate::Error;

/// What a field is to be.
enum Kind {
    Text,
    Whole,
    Time,
    Texts,
    TextMap,
}

fn kind_of(field: &str) -> Option<Kind> {
    Some(match field {
        "name" | "generateName" | "namespace" | "selfLink" | "uid" | "resourceVersion" => Kind::Text,
        "generation" | "deletionGracePeriodSeconds" => Kind::Whole,
        "creationTimestamp" | "deletionTimestamp" => Kind::Time,
        "finalizers" => Kind::Texts,
        "labels" | "annotations" => Kind::TextMap,
        _ => return None,
    })
}

/// Says what does not fit first.
pub(crate) fn check(object: &Value) -> Result<(), Error> {
    let metadata = match &object["metadata"] {
        Value::Null => return Ok(()),
        Value::Object(metadata) => metadata,
        other => return Err(wrong(other, "metadataOnlyObject.metadata", "v1.ObjectMeta")),
    };
    for (field, value) in metadata.iter().filter(|(_, value)| !value.is_null()) {
        let Some(kind) = kind_of(field) else { continue };
        check_field(&format!("ObjectMeta.metadata.{field}"), value, &kind)?;
    }
    Ok(())
}

fn check_field(path: &str, value: &Value, kind: &Kind) -> Result<(), Error> {
    match (kind, value) {
        (Kind::Text | Kind::Time, Value::String(_)) => Ok(()),
        (Kind::Text | Kind::Time, other) => Err(wrong(other, path, "string")),
        (Kind::Whole, Value::Number(number)) if number.is_i64() => Ok(()),
        (Kind::Whole, Value::Number(number)) => Err(Error::Plain(format!(
            "json: cannot unmarshal number {number} into Go struct field {path} of type int64"
        ))),
        (Kind::Whole, other) => Err(wrong(other, path, "int64")),
        (Kind::Texts, Value::Array(list)) => texts(list.iter(), path),
        (Kind::Texts, other) => Err(wrong(other, path, "[]string")),
        (Kind::TextMap, Value::Object(map)) => texts(map.values(), path),
        (Kind::TextMap, other) => Err(wrong(other, path, "map[string]string")),
    }
}

fn texts<'a>(mut values: impl Iterator<Item = &'a Value>, path: &str) -> Result<(), Error> {
    match values.find(|value| !value.is_string() && !value.is_null()) {
        Some(value) => Err(wrong(value, path, "string")),
        None => Ok(()),
    }
}

fn wrong(value: &Value, path: &str, wanted: &str) -> Error {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    Error::Plain(format!("json: cannot unmarshal {found} into Go struct field {path} of type {wanted}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Texts printed by Go with metav1.ObjectMeta and the json package of apimachinery.
    #[test]
    fn what_does_not_fit_is_told_as_go_does() {
        let cases = [
            (
                json!({"annotations": {"x": true}}),
                "bool into Go struct field ObjectMeta.metadata.annotations of type string",
            ),
            (json!({"labels": []}), "array into Go struct field ObjectMeta.metadata.labels of type map[string]string"),
            (json!({"name": 1}), "number into Go struct field ObjectMeta.metadata.name of type string"),
            (json!("x"), "string into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta"),
            (json!({"finalizers": [1]}), "number into Go struct field ObjectMeta.metadata.finalizers of type string"),
            (
                json!({"generation": 1.5}),
                "number 1.5 into Go struct field ObjectMeta.metadata.generation of type int64",
            ),
        ];
        for (metadata, text) in cases {
            let error = check(&json!({"metadata": metadata})).expect_err("an error");
            assert_eq!(error.to_string(), format!("json: cannot unmarshal {text}"));
        }
        assert!(check(&json!({"metadata": {"annotations": {"x": null}, "creationTimestamp": null}})).is_ok());
    }
}
