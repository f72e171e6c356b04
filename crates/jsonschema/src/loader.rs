//! Where documents that a schema refers to come from.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

use gostd::GoError;

use crate::doc::Doc;
use crate::{link, metaschemas, parse};

/// A schema that refers to more documents is refused.
const DOCUMENT_LIMIT: usize = 1_000;

/// The longest that the texts of the documents may be together: the OpenAPI of all of Kubernetes has half of it, and what
/// is made of a text takes up to fifty times its length.
const DOCUMENTS_BYTES: usize = 8 << 20;

/// Schemas in all documents together: each takes up to half a KiB.
const SCHEMA_LIMIT: usize = 500_000;

/// Why a document cannot be had.
pub enum LoadError {
    /// It is longer than it may be.
    TooLong,
    Failed(GoError),
}

impl From<GoError> for LoadError {
    fn from(error: GoError) -> Self {
        LoadError::Failed(error)
    }
}

/// The port through which references leave the schema.
pub trait Loader {
    /// Returns the text behind a `file:`, `http:` or `https:` URL.
    ///
    /// # Errors
    /// Their text ends `failing loading "URL": …`; [`LoadError::TooLong`] for more than `limit_bytes`.
    fn load(&mut self, url: &str, limit_bytes: usize) -> Result<Vec<u8>, LoadError>;

    /// Hears of a `urn:` that a schema refers to and nobody knows: everything is valid there. Helm warns of it with
    /// `unresolved URN reference ignored; using permissive schema`, once per process.
    fn unresolved_urn(&mut self, urn: &str);
}

/// Loads nothing.
pub struct NoLoader;

impl Loader for NoLoader {
    fn load(&mut self, _url: &str, _limit_bytes: usize) -> Result<Vec<u8>, LoadError> {
        let text =
            "references to other documents are not followed here; move what is referred to into the schema's $defs";
        Err(GoError::new(text).into())
    }

    fn unresolved_urn(&mut self, _urn: &str) {}
}

/// Documents that stay where they are while it lives, so that others can point into them.
#[derive(Default)]
pub struct Library {
    first: OnceCell<Box<Shelf>>,
}

struct Shelf {
    doc: Doc,
    next: OnceCell<Box<Shelf>>,
}

impl Library {
    fn add(&self, doc: Doc) -> &Doc {
        let mut place = &self.first;
        while let Some(shelf) = place.get() {
            place = &shelf.next;
        }
        &place.get_or_init(|| Box::new(Shelf { doc, next: OnceCell::new() })).doc
    }
}

/// The documents that are known so far, by URL.
pub struct Documents<'d, 'l> {
    library: &'d Library,
    known: HashMap<Rc<str>, &'d Doc>,
    loader: &'l mut dyn Loader,
    /// How long the documents that are still to come may be.
    bytes_left: usize,
    schemas: usize,
}

impl<'d, 'l> Documents<'d, 'l> {
    pub fn new(library: &'d Library, loader: &'l mut dyn Loader) -> Self {
        Documents { library, known: HashMap::new(), loader, bytes_left: DOCUMENTS_BYTES, schemas: 0 }
    }

    pub fn add(&mut self, url: &str, doc: Doc) -> &'d Doc {
        let doc = self.library.add(doc);
        self.known.insert(url.into(), doc);
        doc
    }

    /// Returns the document of a URL, from what is known, the metaschemas, or the loader.
    ///
    /// # Errors
    /// `failing loading "URL": …`.
    pub fn get(&mut self, url: &str) -> Result<&'d Doc, GoError> {
        if let Some(doc) = self.known.get(url) {
            return Ok(doc);
        }
        if self.known.len() >= DOCUMENT_LIMIT {
            return Err(GoError::new(format!("the schema refers to more than {DOCUMENT_LIMIT} documents")));
        }
        let doc = match metaschemas::document(url)? {
            Some(doc) => doc,
            None => self.load(url).map_err(|error| {
                GoError::wrap(format!("failing loading {}: {}", link::quoted(url), error.text), error)
            })?,
        };
        Ok(self.add(url, doc))
    }

    /// Counts a schema in one of the documents.
    ///
    /// # Errors
    /// When there are too many.
    pub fn count_schema(&mut self) -> Result<(), GoError> {
        self.schemas += 1;
        match self.schemas > SCHEMA_LIMIT {
            true => Err(GoError::new(format!("the schema has more than {SCHEMA_LIMIT} schemas inside"))),
            false => Ok(()),
        }
    }

    fn load(&mut self, url: &str) -> Result<Doc, GoError> {
        match link::scheme(url)?.as_str() {
            "file" | "http" | "https" => parse::parse(&self.text(url)?),
            "urn" => {
                self.loader.unresolved_urn(url);
                Ok(Doc::Bool(true))
            }
            _ => Err(GoError::new(format!("no URLLoader registered for {}", link::quoted(url)))),
        }
    }

    fn text(&mut self, url: &str) -> Result<Vec<u8>, GoError> {
        let loaded = self.loader.load(url, self.bytes_left);
        let left = loaded.as_ref().ok().and_then(|text| self.bytes_left.checked_sub(text.len()));
        match (loaded, left) {
            (Err(LoadError::Failed(error)), _) => Err(error),
            (Ok(text), Some(left)) => {
                self.bytes_left = left;
                Ok(text)
            }
            (Ok(_), None) | (Err(LoadError::TooLong), _) => Err(GoError::new(format!(
                "the documents that the schema refers to have more than {} MiB",
                DOCUMENTS_BYTES >> 20
            ))),
        }
    }
}
