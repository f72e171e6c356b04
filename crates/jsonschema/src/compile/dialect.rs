//! What the `$schema` of a schema asks for: a draft, perhaps through metaschemas of somebody's own.

use std::rc::Rc;

use gostd::GoError;

use crate::doc::{Doc, Object};
use crate::draft::Draft;
use crate::link::{self, quoted};
use crate::loader::Documents;

/// Follows `$schema`s that name no draft until one does.
///
/// `own` is the URL of the document when the schema is the whole of it, `location` that of the schema.
///
/// # Errors
/// For what cannot be loaded, for cycles, and for a metaschema of itself.
pub fn draft(
    documents: &mut Documents<'_, '_>,
    named: &str,
    own: Option<&str>,
    location: &str,
    fallback: Draft,
) -> Result<Draft, GoError> {
    let mut seen: Vec<String> = Vec::new();
    let (mut named, mut own, mut location) = (named.to_owned(), own.map(str::to_owned), location.to_owned());
    loop {
        if let Some(draft) = Draft::named(&named) {
            return Ok(draft);
        }
        let url = link::split(&named).0.to_owned();
        if let Err(error) = link::check(&url) {
            return Err(GoError::new(format!("invalid $schema in {}: {}", quoted(&location), error.text)));
        }
        if own.as_ref() == Some(&url) {
            return Err(GoError::new(format!("draft {} is not supported", quoted(&url))));
        }
        if seen.contains(&url) {
            return Err(GoError::new(format!("cycle in resolving $schema in {}", quoted(&url))));
        }
        seen.push(url.clone());
        match documents.get(&url)?.as_object().and_then(|o| o.text("$schema")) {
            Some(next) => named = next.to_owned(),
            None => return Ok(fallback),
        }
        location = link::location(&url, "");
        own = Some(url);
    }
}

/// Returns the vocabularies that the metaschema of a schema requires; nothing when it says none.
///
/// # Errors
/// `unsupported vocabulary "…" in "…"`.
pub fn vocabularies(
    documents: &mut Documents<'_, '_>,
    schema: &Object,
    draft: Draft,
) -> Result<Option<Rc<[&'static str]>>, GoError> {
    let Some(named) = schema.text("$schema") else { return Ok(None) };
    if Draft::named(named).is_some() {
        return Ok(None);
    }
    let url = link::split(named).0;
    let metaschema = documents.get(url)?;
    if draft < Draft::D2019 {
        return Ok(None);
    }
    let asked = metaschema.as_object().and_then(|o| o.get(b"$vocabulary")).and_then(Doc::as_object);
    let Some(asked) = asked else { return Ok(None) };
    let mut names = Vec::new();
    for (vocabulary, required) in asked.members() {
        if *required != Doc::Bool(true) {
            continue;
        }
        match draft.vocabulary(vocabulary) {
            Some(name) => names.push(name),
            None => {
                return Err(GoError::new(format!("unsupported vocabulary {} in {}", quoted(vocabulary), quoted(url))));
            }
        }
    }
    if !names.contains(&"core") {
        names.push("core");
    }
    Ok(Some(names.into()))
}
