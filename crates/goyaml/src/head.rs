//! The head of a rendered manifest: what Helm reads of every document before it sorts it.

use std::borrow::Cow;

use gostd::json::{Field, Shape};
use gostd::{GoError, Str, Value};

use crate::decode::{key_text, target};
use crate::fast::{self, Collection, Doubt, Sink, Text};
use crate::resolve::{Resolved, resolve};

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
    let mut reader = Reader::default();
    match fast::scan(manifest, &mut reader) {
        Ok(()) => Ok(reader.head),
        Err(_) => exact_head(manifest),
    }
}

pub(crate) fn exact_head(manifest: &[u8]) -> Result<Head, GoError> {
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

/// Picks the head from a document that is scanned without being built.
#[derive(Default)]
struct Reader {
    head: Head,
    /// The innermost open mapping that has to do with the head.
    inside: Inside,
    /// What the next value is.
    next: Place,
    /// Open collections inside a value of no interest.
    body: usize,
}

#[derive(Clone, Copy, Default)]
enum Inside {
    #[default]
    Stream,
    Document,
    Metadata,
    Annotations,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Document,
    ApiVersion,
    Kind,
    Metadata,
    Name,
    Annotations,
    /// The value of the last annotation.
    Annotation,
    /// Of no interest.
    Body,
}

impl Reader {
    fn is_in_body(&self) -> bool {
        self.body > 0 || self.next == Place::Body
    }

    fn place(&mut self, key: &[u8]) -> Result<Place, Doubt> {
        match self.inside {
            Inside::Document => {
                field(key, &[("apiVersion", Place::ApiVersion), ("kind", Place::Kind), ("metadata", Place::Metadata)])
            }
            Inside::Metadata => field(key, &[("name", Place::Name), ("annotations", Place::Annotations)]),
            Inside::Annotations => {
                self.head.annotations.get_or_insert_default().push((Str::from(key), Str::default()));
                Ok(Place::Annotation)
            }
            Inside::Stream => Ok(Place::Body),
        }
    }

    /// Takes a scalar of the head; null is none.
    fn set(&mut self, text: Option<Str>) -> Result<(), Doubt> {
        let is_null = text.is_none();
        let text = text.unwrap_or_default();
        match self.next {
            Place::ApiVersion => self.head.api_version = text,
            Place::Kind => self.head.kind = text,
            Place::Name => self.head.name = text,
            Place::Annotation => {
                if let Some(annotation) = self.head.annotations.as_mut().and_then(|list| list.last_mut()) {
                    annotation.1 = text;
                }
            }
            Place::Metadata if is_null => (self.head.name, self.head.annotations) = (Str::default(), None),
            Place::Annotations if is_null => self.head.annotations = None,
            _ => return Err(Doubt),
        }
        Ok(())
    }
}

/// Finds a field; a key that only case tells from one is for the exact reader.
fn field(key: &[u8], fields: &[(&str, Place)]) -> Result<Place, Doubt> {
    for (name, place) in fields {
        if name.as_bytes() == key {
            return Ok(*place);
        }
        if target::equal_fold(name.as_bytes(), key) {
            return Err(Doubt);
        }
    }
    Ok(Place::Body)
}

impl Sink for Reader {
    fn wants_text(&self) -> bool {
        !self.is_in_body()
    }

    fn open(&mut self, collection: Collection) -> Result<(), Doubt> {
        if self.is_in_body() {
            self.body += 1;
            return Ok(());
        }
        match (self.next, collection) {
            (Place::Document, Collection::Mapping) => self.inside = Inside::Document,
            (Place::Metadata, Collection::Mapping) => {
                self.inside = Inside::Metadata;
                (self.head.name, self.head.annotations) = (Str::default(), None);
            }
            (Place::Annotations, Collection::Mapping) => {
                self.inside = Inside::Annotations;
                self.head.annotations = Some(Vec::new());
            }
            _ => return Err(Doubt),
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Doubt> {
        if self.body > 0 {
            self.body -= 1;
            return Ok(());
        }
        self.inside = match self.inside {
            Inside::Annotations => {
                if let Some(annotations) = &mut self.head.annotations {
                    keep_last(annotations);
                }
                Inside::Metadata
            }
            Inside::Metadata => Inside::Document,
            Inside::Document | Inside::Stream => Inside::Stream,
        };
        Ok(())
    }

    fn key(&mut self, key: Text<'_>) -> Result<(), Doubt> {
        let text = match key {
            Text::Quoted(text) => Cow::Borrowed(text),
            Text::Plain(text) => match resolve(text) {
                Resolved::String | Resolved::Timestamp => Cow::Borrowed(text),
                resolved => key_text(resolved, text).ok_or(Doubt)?,
            },
        };
        if self.body == 0 {
            self.next = self.place(&text)?;
        }
        Ok(())
    }

    fn value(&mut self, value: Text<'_>) -> Result<(), Doubt> {
        if self.is_in_body() {
            return match value {
                Text::Plain(text @ [b'.' | b'+' | b'-', ..]) => match resolve(text) {
                    Resolved::Float(float) if !float.is_finite() => Err(Doubt),
                    _ => Ok(()),
                },
                _ => Ok(()),
            };
        }
        let (resolved, text) = value.resolved();
        match resolved {
            Resolved::Null => self.set(None),
            resolved => self.set(Some(target::scalar_text(resolved).unwrap_or_else(|| Str::from(text)))),
        }
    }
}

/// Sorts by key, and keeps the last of each.
fn keep_last(annotations: &mut Vec<(Str, Str)>) {
    annotations.reverse();
    annotations.sort_by(|a, b| a.0.cmp(&b.0));
    annotations.dedup_by(|a, b| a.0 == b.0);
}
