//! JSON Schema drafts 4 to 2020-12 with the behaviour and messages of santhosh-tekuri/jsonschema 6.0.3, as Helm 4.3.1
//! uses it for `values.schema.json`.
//!
//! Schemas are read with the text of their numbers, checked against their metaschema and compiled to an arena; values
//! are those of templates. The crate reads no files and no network: a [`Loader`] does, where references may leave the
//! schema.

mod compile;
mod doc;
mod draft;
mod english;
mod error;
mod format;
mod instance;
mod kind;
mod link;
mod loader;
mod metaschemas;
mod node;
mod number;
mod parse;
mod pattern;
mod validate;

use std::collections::HashMap;

use gostd::value::MapType;
use gostd::{GoError, Value};

pub use doc::{Doc, Object};
pub use draft::Draft;
pub use error::{Invalid, ValidationError};
pub use kind::{Cycle, FormatError, Kind};
pub use loader::{LoadError, Loader, NoLoader};
pub use node::{Choices, Types};

use instance::Instance;

/// A compiled schema.
pub struct Schema {
    arena: node::Arena,
}

/// Compiles the text of a chart's `values.schema.json`.
///
/// # Errors
/// What Helm prints when the text is no JSON, does not fit its metaschema, refers to what cannot be had, or has a
/// pattern that is none.
pub fn compile(text: &[u8], loader: &mut dyn Loader) -> Result<Schema, GoError> {
    compile_doc(parse::parse(text)?, loader)
}

/// Compiles a schema that is read already.
///
/// # Errors
/// As [`compile`].
pub fn compile_doc(doc: Doc, loader: &mut dyn Loader) -> Result<Schema, GoError> {
    Ok(Schema { arena: compile::schema(doc, loader)? })
}

impl Schema {
    /// Validates values. The outermost map may be of any type, as Helm's `common.Values`; those inside may not.
    ///
    /// # Errors
    /// What does not fit, or [`Invalid::Undecided`].
    pub fn validate(&self, values: &Value) -> Result<(), Invalid> {
        let plain = match values {
            Value::Map(map) => Value::Map(map.view(MapType::ANY)),
            other => other.clone(),
        };
        validate::against(&self.arena, Instance::Value(&plain), HashMap::new())
    }
}

/// Checks values against the text of a schema.
///
/// Follows `ValidateAgainstSingleSchema` of Helm 4.3.1 (pkg/chart/common/util/jsonschema.go).
///
/// # Errors
/// The text that stands below `CHART:` in Helm's error.
pub fn check_values(values: &Value, schema: &[u8], loader: &mut dyn Loader) -> Result<(), GoError> {
    Ok(compile(schema, loader)?.validate(values)?)
}
