//! The published metaschemas, and which of them a schema is checked against.
//!
//! The texts are those of json-schema.org as the library carries them, without titles, comments and defaults.

use std::cell::OnceCell;
use std::rc::Rc;

use gostd::GoError;

use crate::compile;
use crate::doc::Doc;
use crate::draft::{Dialect, Draft};
use crate::node::Arena;
use crate::parse;

/// Every document below json-schema.org, by its path.
static DOCUMENTS: &[(&str, &str)] = &[
    ("draft-04/schema", include_str!("metaschemas/draft4-schema.json")),
    ("draft-06/schema", include_str!("metaschemas/draft6-schema.json")),
    ("draft-07/schema", include_str!("metaschemas/draft7-schema.json")),
    ("draft/2019-09/meta/applicator", include_str!("metaschemas/2019-09-meta-applicator.json")),
    ("draft/2019-09/meta/content", include_str!("metaschemas/2019-09-meta-content.json")),
    ("draft/2019-09/meta/core", include_str!("metaschemas/2019-09-meta-core.json")),
    ("draft/2019-09/meta/format", include_str!("metaschemas/2019-09-meta-format.json")),
    ("draft/2019-09/meta/meta-data", include_str!("metaschemas/2019-09-meta-meta-data.json")),
    ("draft/2019-09/meta/validation", include_str!("metaschemas/2019-09-meta-validation.json")),
    ("draft/2019-09/schema", include_str!("metaschemas/2019-09-schema.json")),
    ("draft/2020-12/meta/applicator", include_str!("metaschemas/2020-12-meta-applicator.json")),
    ("draft/2020-12/meta/content", include_str!("metaschemas/2020-12-meta-content.json")),
    ("draft/2020-12/meta/core", include_str!("metaschemas/2020-12-meta-core.json")),
    ("draft/2020-12/meta/format-annotation", include_str!("metaschemas/2020-12-meta-format-annotation.json")),
    ("draft/2020-12/meta/format-assertion", include_str!("metaschemas/2020-12-meta-format-assertion.json")),
    ("draft/2020-12/meta/meta-data", include_str!("metaschemas/2020-12-meta-meta-data.json")),
    ("draft/2020-12/meta/unevaluated", include_str!("metaschemas/2020-12-meta-unevaluated.json")),
    ("draft/2020-12/meta/validation", include_str!("metaschemas/2020-12-meta-validation.json")),
    ("draft/2020-12/schema", include_str!("metaschemas/2020-12-schema.json")),
];

/// Folders of the library's embedded files: naming one is an error of its own.
static FOLDERS: &[&str] = &[
    "draft",
    "draft-04",
    "draft-06",
    "draft-07",
    "draft/2019-09",
    "draft/2019-09/meta",
    "draft/2020-12",
    "draft/2020-12/meta",
];

/// Reports whether a URL is of the site of the metaschemas, whose documents are not checked.
pub fn is_trusted(url: &str) -> bool {
    path(url).is_some()
}

fn path(url: &str) -> Option<&str> {
    url.strip_prefix("http://json-schema.org/").or_else(|| url.strip_prefix("https://json-schema.org/"))
}

/// Returns the metaschema at a URL; nothing when there is none.
///
/// # Errors
/// For the name of a folder.
pub fn document(url: &str) -> Result<Option<Doc>, GoError> {
    let path = match path(url) {
        None => return Ok(None),
        Some("schema") => return document(Draft::LATEST.url()),
        Some(path) => path,
    };
    if FOLDERS.contains(&path) {
        return Err(GoError::new(format!("read metaschemas/{path}/: is a directory")));
    }
    match DOCUMENTS.iter().find(|(name, _)| *name == path) {
        Some((_, text)) => parse::parse(text.as_bytes()).map(Some),
        None => Ok(None),
    }
}

/// The compiled metaschemas of the drafts, each made when first needed.
#[derive(Default)]
pub struct Metaschemas {
    drafts: [OnceCell<Rc<Arena>>; 5],
}

thread_local! {
    static METASCHEMAS: Rc<Metaschemas> = Rc::default();
}

impl Metaschemas {
    /// Returns those of this thread.
    pub fn here() -> Rc<Metaschemas> {
        METASCHEMAS.with(Rc::clone)
    }

    /// Returns the metaschema of a dialect.
    ///
    /// # Errors
    /// None in practice: the documents are ours.
    pub fn of(&self, dialect: &Dialect) -> Result<Rc<Arena>, GoError> {
        if let Some(vocabularies) = &dialect.vocabularies {
            return composed(dialect.draft, vocabularies);
        }
        let Some(cell) = self.drafts.get(dialect.draft as usize) else { return published(dialect.draft) };
        if let Some(arena) = cell.get() {
            return Ok(arena.clone());
        }
        let arena = published(dialect.draft)?;
        Ok(cell.get_or_init(|| arena).clone())
    }
}

fn published(draft: Draft) -> Result<Rc<Arena>, GoError> {
    compile::metaschema(draft.url(), None).map(Rc::new)
}

/// Joins the metaschemas of the vocabularies that a schema's own metaschema asks for.
fn composed(draft: Draft, vocabularies: &[&str]) -> Result<Rc<Arena>, GoError> {
    const URL: &str = "urn:mem:metaschema";
    let refs: Vec<String> =
        vocabularies.iter().map(|v| format!("{{\"$ref\":\"{}\"}}", draft.vocabulary_metaschema(v))).collect();
    // Only 2020-12 has an anchor that the vocabularies' references find; in 2019-09 each recurs into itself.
    let anchor = if draft == Draft::D2020 { "\"$dynamicAnchor\":\"meta\"," } else { "" };
    let text = format!("{{\"$schema\":\"{}\",{anchor}\"allOf\":[{}]}}", draft.url(), refs.join(","));
    let mut arena = compile::metaschema(URL, Some(parse::parse(text.as_bytes())?))?;
    arena.location = URL.to_owned();
    Ok(Rc::new(arena))
}
