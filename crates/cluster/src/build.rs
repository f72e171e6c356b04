//! From manifests to resources: reads the documents, flattens lists, finds where each kind is served, sets namespaces.
//!
//! Source: `buildResourceList`, pkg/kube/client.go, over the builder of k8s.io/cli-runtime pkg/resource (visitor.go,
//! mapper.go), whose error texts these are.

use gostd::Value as GoValue;
use goyaml::Objects;
use serde_json::Value;

use crate::resource::split_api_version;
use crate::{Client, Error, Resource};

/// Whether documents must have kind and API version before anything else is looked at.
///
/// Fields are validated by the server when objects are written (`fieldValidation=Strict`), as Helm's builder leaves it to
/// any server since Kubernetes 1.27.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validation {
    Ignore,
    Strict,
}

/// Lists in lists in lists; Helm has no limit.
const LIST_DEPTH: usize = 16;

impl Client {
    /// Reads a manifest stream into resources, in its order. All documents are read before an error is told.
    ///
    /// # Errors
    /// Texts of kubectl's builder, as `resource mapping not found for name: "x" namespace: "" from "": no matches for kind
    /// "Y" in version "v1"\nensure CRDs are installed first`; several come as `[a, b]`.
    pub fn build(&self, manifest: &[u8], validation: Validation) -> Result<Vec<Resource>, Error> {
        self.build_in(manifest, validation, self.namespace())
    }

    /// Like [`Client::build`], with another namespace for objects that name none.
    ///
    /// # Errors
    /// As [`Client::build`].
    pub fn build_in(&self, manifest: &[u8], validation: Validation, namespace: &str) -> Result<Vec<Resource>, Error> {
        let mut resources = Vec::new();
        let mut errors = Vec::new();
        for document in Objects::with_integers(manifest) {
            let document = match document {
                Ok(GoValue::Nil) => continue,
                Ok(document) => document,
                Err(error) => {
                    errors.push(Error::Plain(format!("error parsing : {}", error.text)));
                    break;
                }
            };
            if validation == Validation::Strict
                && let Err(error) = validate(&document)
            {
                errors.push(Error::Plain(format!("error validating \"\": error validating data: {error}")));
                break;
            }
            match self.visit(&document, namespace) {
                Ok(found) => resources.extend(found),
                Err(Some(error)) => errors.push(error),
                Err(None) => return Err(Error::Cancelled),
            }
        }
        match Error::aggregate(errors) {
            Some(error) => Err(error),
            None => Ok(resources),
        }
    }

    /// Takes one document. `Err(None)` is the caller's token.
    fn visit(&self, document: &GoValue, namespace: &str) -> Result<Vec<Resource>, Option<Error>> {
        let object = decode(document).map_err(Some)?;
        let mut items = Vec::new();
        flatten(object, &mut items, 0).map_err(Some)?;
        let mut found = Vec::new();
        for item in items {
            match self.locate(item, namespace) {
                Ok(resource) => found.push(resource),
                Err(Error::Cancelled) => return Err(None),
                Err(error) => return Err(Some(error)),
            }
        }
        Ok(found)
    }

    /// Finds where an object is served and sets its namespace.
    fn locate(&self, mut object: Value, namespace: &str) -> Result<Resource, Error> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (api_version, kind) = (text(&object["apiVersion"]), text(&object["kind"]));
        let (group, version) = split_api_version(&api_version);
        let (name, mut own) = (text(&object["metadata"]["name"]), text(&object["metadata"]["namespace"]));
        let served = self
            .map_kind(group, version, &kind)
            .map_err(|error| match error {
                Error::Cancelled => error,
                error => Error::Plain(format!("unable to recognize \"\": {error}")),
            })?
            .map_err(|error| {
                Error::Plain(format!(
                    "resource mapping not found for name: {name:?} namespace: {own:?} from \"\": {error}\nensure CRDs are installed first"
                ))
            })?;
        if served.namespaced && own.is_empty() {
            own = namespace.to_owned();
            set_namespace(&mut object, &own);
        }
        Ok(Resource {
            namespace: own,
            name,
            kind,
            group: group.to_owned(),
            version: version.to_owned(),
            plural: served.plural,
            namespaced: served.namespaced,
            api_version,
            object,
        })
    }
}

/// `getObjectKind` of kubectl's validation.
fn validate(document: &GoValue) -> Result<(), Error> {
    let Some(map) = document.as_map() else {
        return Err(Error::plain("couldn't get version/kind; json parse error: json: cannot unmarshal"));
    };
    let mut errors = Vec::new();
    for (field, wrong) in [("apiVersion", "apiVersion isn't string type"), ("kind", "kind isn't string type")] {
        match map.get(field.as_bytes()) {
            None => errors.push(Error::Plain(format!("{field} not set"))),
            Some(GoValue::Str(_)) => {}
            Some(_) => errors.push(Error::plain(wrong)),
        }
    }
    Error::aggregate(errors).map_or(Ok(()), Err)
}

/// `unstructuredJSONScheme.Decode`.
fn decode(document: &GoValue) -> Result<Value, Error> {
    let failed = |text: String| Error::Plain(format!("unable to decode \"\": {text}"));
    let bytes = gostd::json::encode(document).map_err(|error| failed(error.text))?;
    let shown = || String::from_utf8_lossy(&bytes);
    let object: Value = serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))?;
    if !object.is_object() {
        return Err(failed(format!("json: cannot unmarshal {} into Go value of type unstructured.detector", shown())));
    }
    match object["kind"].as_str() {
        Some(kind) if !kind.is_empty() => {
            crate::metadata::check(&object).map_err(|error| failed(error.to_string()))?;
            Ok(object)
        }
        _ => Err(failed(format!("Object 'Kind' is missing in '{}'", shown()))),
    }
}

/// Takes the objects out of lists. An item without kind and API version has those of its list, less `List`.
fn flatten(object: Value, items: &mut Vec<Value>, depth: usize) -> Result<(), Error> {
    if depth > LIST_DEPTH {
        return Err(Error::plain("lists in a manifest are nested too deeply"));
    }
    let list = match object {
        Value::Object(ref fields) if fields.get("items").is_some_and(Value::is_array) => object,
        object => {
            items.push(object);
            return Ok(());
        }
    };
    let kind = list["kind"].as_str().unwrap_or_default().trim_end_matches("List").to_owned();
    for item in list["items"].as_array().into_iter().flatten() {
        let mut item = item.clone();
        if let Some(fields) = item.as_object_mut()
            && fields.get("kind").is_none()
            && fields.get("apiVersion").is_none()
        {
            fields.insert("kind".to_owned(), Value::String(kind.clone()));
            fields.insert("apiVersion".to_owned(), list["apiVersion"].clone());
        }
        flatten(item, items, depth + 1)?;
    }
    Ok(())
}

fn set_namespace(object: &mut Value, namespace: &str) {
    let Some(fields) = object.as_object_mut() else { return };
    let metadata = fields.entry("metadata").or_insert_with(|| Value::Object(Default::default()));
    if !metadata.is_object() {
        *metadata = Value::Object(Default::default());
    }
    if let Some(metadata) = metadata.as_object_mut() {
        metadata.insert("namespace".to_owned(), Value::String(namespace.to_owned()));
    }
}
