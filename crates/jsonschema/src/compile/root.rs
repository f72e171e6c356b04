//! One schema document: its resources (what has an `$id`), anchors, and which of its values are schemas.

use std::collections::HashMap;
use std::rc::Rc;

use gostd::GoError;

use crate::doc::{Astray, Doc, Object};
use crate::draft::{Dialect, Draft, Seat};
use crate::link::{self, Target, quoted};
use crate::loader::Documents;
use crate::node::Step;

use super::dialect;

/// A schema with a name of its own, and all below it up to the next such.
pub struct Resource<'d> {
    pub doc: &'d Doc,
    pub pointer: Rc<str>,
    pub id: Rc<str>,
    pub dialect: Dialect,
    pub anchors: HashMap<Box<str>, (&'d Doc, Rc<str>)>,
    pub dynamic_anchors: Vec<Rc<str>>,
}

/// A document.
pub struct Root<'d> {
    pub url: Rc<str>,
    /// Its place in the arena's list.
    pub number: u32,
    pub doc: &'d Doc,
    /// The first is the document itself.
    pub resources: Vec<Resource<'d>>,
    by_id: HashMap<Rc<str>, usize>,
    /// The resource that a value is, by the value's identity.
    at: HashMap<usize, usize>,
    /// The resource of every value that is known to be a schema.
    pub schemas: HashMap<usize, usize>,
}

/// Where a reference leads: the value, if it is there, and its pointer in the document.
pub type Spot<'d> = (Option<&'d Doc>, Rc<str>);

/// Walks a document from a schema to those below it.
pub struct Survey<'r, 'd, 'c, 'l> {
    pub root: &'r mut Root<'d>,
    pub documents: &'c mut Documents<'d, 'l>,
    /// The pointer of the schema where the walk began.
    pub start: Rc<str>,
    pub steps: Vec<(&'d str, Step)>,
}

impl<'d> Root<'d> {
    pub fn new(url: Rc<str>, number: u32, doc: &'d Doc) -> Self {
        Root {
            url,
            number,
            doc,
            resources: Vec::new(),
            by_id: HashMap::new(),
            at: HashMap::new(),
            schemas: HashMap::new(),
        }
    }

    /// Resolves a reference inside this document; nothing when it leads elsewhere.
    ///
    /// # Errors
    /// `anchor in "…" not found in schema "…"`.
    pub fn resolve(&self, target: &Target) -> Result<Option<Spot<'d>>, GoError> {
        let resource = if target.url == *self.url { Some(0) } else { self.by_id.get(target.url.as_str()).copied() };
        match resource {
            Some(index) => self.resolve_in(index, &target.fragment).map(Some),
            None => Ok(None),
        }
    }

    /// Returns the value that a fragment means in a resource. A pointer that leads nowhere is kept: it is an error only
    /// when its turn comes.
    ///
    /// # Errors
    /// As [`Root::resolve`].
    pub fn resolve_in(&self, index: usize, fragment: &str) -> Result<Spot<'d>, GoError> {
        let Some(resource) = self.resources.get(index) else { return Ok((None, Rc::from(fragment))) };
        if link::is_pointer(fragment) {
            let pointer = format!("{}{fragment}", resource.pointer).into();
            return Ok((resource.doc.lookup(fragment, |_| ()).ok(), pointer));
        }
        match resource.anchors.get(fragment) {
            Some((doc, pointer)) => Ok((Some(doc), pointer.clone())),
            None => {
                let reference = quoted(&link::location(&resource.id, fragment));
                Err(GoError::new(format!("anchor in {reference} not found in schema {}", quoted(&self.url))))
            }
        }
    }

    /// Follows a pointer and returns the value with the nearest resource above it.
    ///
    /// # Errors
    /// `json-pointer in "…" not found` and `invalid json-pointer "…"`.
    pub fn lookup(&self, pointer: &str) -> Result<(&'d Doc, usize), GoError> {
        let mut resource = 0;
        let found =
            self.doc.lookup(pointer, |doc| resource = self.at.get(&doc.identity()).copied().unwrap_or(resource));
        let location = || quoted(&link::location(&self.url, pointer));
        match found {
            Ok(doc) => Ok((doc, resource)),
            Err(Astray::Missing) => Err(GoError::new(format!("json-pointer in {} not found", location()))),
            Err(Astray::Malformed) => Err(GoError::new(format!("invalid json-pointer {}", location()))),
        }
    }
}

impl<'d> Survey<'_, 'd, '_, '_> {
    fn pointer(&self) -> String {
        let mut out = self.start.to_string();
        for (keyword, step) in &self.steps {
            out.push('/');
            out.push_str(&crate::doc::escape(keyword));
            step.append(&mut out);
        }
        out
    }

    fn location(&self) -> String {
        quoted(&link::location(&self.root.url, &self.pointer()))
    }

    /// Notes a schema and all below it; `parent` is the resource that it is in, if any.
    ///
    /// # Errors
    /// Names that are given twice, or are no URLs; `$schema`s that cannot be had; too many schemas.
    pub fn collect(&mut self, doc: &'d Doc, parent: Option<usize>) -> Result<(), GoError> {
        if self.root.schemas.contains_key(&doc.identity()) {
            return Ok(());
        }
        self.documents.count_schema()?;
        let Doc::Object(object) = doc else {
            let resource = match parent {
                Some(parent) => parent,
                None => self.add_resource(doc, self.root.url.clone(), Dialect::of(Draft::LATEST)),
            };
            self.root.schemas.insert(doc.identity(), resource);
            return Ok(());
        };
        let (resource, draft) = self.enter(doc, object, parent)?;
        self.collect_anchors(doc, object, resource)?;
        self.root.schemas.insert(doc.identity(), resource);
        for (keyword, value) in object.members() {
            if let Some(seat) = draft.seat(keyword) {
                self.collect_below(keyword, value, seat, resource)?;
            }
        }
        Ok(())
    }

    /// Returns the resource of a schema, a new one if it has a name, and the draft that says where subschemas are.
    fn enter(&mut self, doc: &'d Doc, object: &'d Object, parent: Option<usize>) -> Result<(usize, Draft), GoError> {
        let above = parent.and_then(|p| self.root.resources.get(p));
        let fallback = above.map_or(Dialect::of(Draft::LATEST), |r| r.dialect.clone());
        let base = above.map_or(self.root.url.clone(), |r| r.id.clone());
        let at_root = self.start.is_empty() && self.steps.is_empty();
        let own = match object.text("$schema") {
            Some(named) => Some(self.draft_named(named, at_root, fallback.draft)?),
            None => None,
        };
        let mut draft = own.unwrap_or(fallback.draft);
        let mut named_here = own.is_some();
        let mut id = draft.id(object);
        if id.is_empty() && !at_root {
            // A $schema means something only beside a name.
            draft = fallback.draft;
            named_here = false;
            id = draft.id(object);
        }
        if id.is_empty()
            && let Some(parent) = parent
        {
            return Ok((parent, draft));
        }
        let url = if id.is_empty() { base } else { self.joined(&base, id)? };
        if let Some(known) = self.root.by_id.get(&url).copied() {
            self.check_unique(known, doc, &url)?;
            return Ok((known, draft));
        }
        let dialect = if named_here {
            let vocabularies = dialect::vocabularies(self.documents, object, draft)?;
            Dialect { draft, vocabularies }
        } else {
            fallback
        };
        Ok((self.add_resource(doc, url, dialect), draft))
    }

    fn draft_named(&mut self, named: &str, at_root: bool, fallback: Draft) -> Result<Draft, GoError> {
        if let Some(draft) = Draft::named(named) {
            return Ok(draft);
        }
        let own = at_root.then(|| self.root.url.clone());
        let location = link::location(&self.root.url, &self.pointer());
        dialect::draft(self.documents, named, own.as_deref(), &location, fallback)
    }

    fn joined(&self, base: &str, id: &str) -> Result<Rc<str>, GoError> {
        match link::join(base, id) {
            Ok(target) => Ok(target.url.into()),
            Err(_) => Err(GoError::new(format!("error in parsing id at {}", self.location()))),
        }
    }

    fn check_unique(&self, known: usize, doc: &Doc, url: &str) -> Result<(), GoError> {
        match self.root.resources.get(known) {
            Some(other) if other.doc.identity() != doc.identity() => Err(GoError::new(format!(
                "duplicate id {} in {} at {} and {}",
                quoted(url),
                quoted(&self.root.url),
                quoted(&self.pointer()),
                quoted(&other.pointer)
            ))),
            _ => Ok(()),
        }
    }

    fn add_resource(&mut self, doc: &'d Doc, id: Rc<str>, dialect: Dialect) -> usize {
        let index = self.root.resources.len();
        let pointer = self.pointer().into();
        self.root.by_id.insert(id.clone(), index);
        self.root.at.insert(doc.identity(), index);
        let (anchors, dynamic_anchors) = (HashMap::new(), Vec::new());
        self.root.resources.push(Resource { doc, pointer, id, dialect, anchors, dynamic_anchors });
        index
    }

    /// Notes the anchors that a schema gives itself.
    ///
    /// # Errors
    /// `duplicate anchor …`, `error in parsing anchor at …`.
    pub fn collect_anchors(&mut self, doc: &'d Doc, object: &'d Object, index: usize) -> Result<(), GoError> {
        let Some(draft) = self.root.resources.get(index).map(|r| r.dialect.draft) else { return Ok(()) };
        if draft < Draft::D2019 {
            if object.get(b"$ref").is_some() {
                return Ok(());
            }
            let Some(id) = object.text(draft.id_keyword()) else { return Ok(()) };
            let fragment = match link::split_fragment(id) {
                Ok((_, fragment)) => fragment,
                Err(_) => return Err(GoError::new(format!("error in parsing anchor at {}", self.location()))),
            };
            return if link::is_pointer(&fragment) { Ok(()) } else { self.add_anchor(doc, index, &fragment) };
        }
        if let Some(anchor) = object.text("$anchor") {
            self.add_anchor(doc, index, anchor)?;
        }
        if draft >= Draft::D2020
            && let Some(anchor) = object.text("$dynamicAnchor")
        {
            self.add_anchor(doc, index, anchor)?;
            if let Some(resource) = self.root.resources.get_mut(index) {
                resource.dynamic_anchors.push(anchor.into());
            }
        }
        Ok(())
    }

    fn add_anchor(&mut self, doc: &'d Doc, index: usize, anchor: &str) -> Result<(), GoError> {
        let pointer: Rc<str> = self.pointer().into();
        let Some(resource) = self.root.resources.get_mut(index) else { return Ok(()) };
        match resource.anchors.get(anchor) {
            Some((other, _)) if other.identity() == doc.identity() => Ok(()),
            Some((_, other)) => Err(GoError::new(format!(
                "duplicate anchor {} in {} at {} and {}",
                quoted(anchor),
                quoted(&self.root.url),
                quoted(other),
                quoted(&pointer)
            ))),
            None => {
                resource.anchors.insert(anchor.into(), (doc, pointer));
                Ok(())
            }
        }
    }

    fn collect_below(&mut self, keyword: &'d str, value: &'d Doc, seat: Seat, resource: usize) -> Result<(), GoError> {
        if matches!(seat, Seat::Value | Seat::ValueOrItems) {
            self.collect_one(keyword, Step::None, value, resource)?;
        }
        match (seat, value) {
            (Seat::Items | Seat::ValueOrItems, Doc::Array(items)) => {
                for (i, item) in items.iter().enumerate() {
                    self.collect_one(keyword, Step::Item(i), item, resource)?;
                }
            }
            (Seat::Members, Doc::Object(members)) => {
                for (name, member) in members.members() {
                    self.collect_one(keyword, Step::Member(name.clone()), member, resource)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn collect_one(&mut self, keyword: &'d str, step: Step, doc: &'d Doc, resource: usize) -> Result<(), GoError> {
        self.steps.push((keyword, step));
        let collected = self.collect(doc, Some(resource));
        self.steps.pop();
        collected
    }
}
