//! Turns schema documents into an [`Arena`]: what is referred to is loaded, checked against its metaschema, and compiled,
//! in the order in which it is met.

mod dialect;
mod keywords;
mod root;

use std::collections::HashMap;
use std::rc::Rc;

use gostd::GoError;

use crate::doc::Doc;
use crate::draft::{Dialect, Draft};
use crate::instance::Instance;
use crate::link::{self, quoted};
use crate::loader::{Documents, Library, Loader, NoLoader};
use crate::metaschemas::{self, Metaschemas};
use crate::node::{Arena, Dynamic, Node, NodeId, Place, Step, Types};
use crate::pattern::Patterns;
use crate::validate;

use root::{Root, Spot, Survey};

/// The URL under which Helm compiles the schema of a chart.
pub const CHART_SCHEMA: &str = "file:///values.schema.json";

/// Compiles the schema of a chart.
///
/// # Errors
/// Everything that Helm prints for a schema that is wrong.
pub fn schema(doc: Doc, loader: &mut dyn Loader) -> Result<Arena, GoError> {
    let library = Library::default();
    let mut compiler = Compiler::new(&library, loader);
    compiler.documents.add(CHART_SCHEMA, doc);
    compiler.compile(CHART_SCHEMA)
}

/// Compiles a metaschema; in these, formats are always checked.
///
/// # Errors
/// None in practice: the documents are ours.
pub fn metaschema(url: &str, doc: Option<Doc>) -> Result<Arena, GoError> {
    let (library, mut loader) = (Library::default(), NoLoader);
    let mut compiler = Compiler::new(&library, &mut loader);
    compiler.is_metaschema = true;
    if let Some(doc) = doc {
        compiler.documents.add(url, doc);
    }
    compiler.compile(url)
}

/// A node that waits for its turn.
struct Waiting<'d> {
    root: usize,
    /// Nothing when its pointer leads nowhere.
    doc: Option<&'d Doc>,
    place: Place,
}

struct Compiler<'d, 'l> {
    documents: Documents<'d, 'l>,
    roots: Vec<Root<'d>>,
    root_of: HashMap<Rc<str>, usize>,
    waiting: Vec<Waiting<'d>>,
    /// The node of every value that has one, by the value's identity.
    ids: HashMap<usize, NodeId>,
    patterns: Patterns,
    is_metaschema: bool,
}

impl<'d, 'l> Compiler<'d, 'l> {
    fn new(library: &'d Library, loader: &'l mut dyn Loader) -> Self {
        Compiler {
            documents: Documents::new(library, loader),
            roots: Vec::new(),
            root_of: HashMap::new(),
            waiting: Vec::new(),
            ids: HashMap::new(),
            patterns: Patterns::default(),
            is_metaschema: false,
        }
    }

    fn compile(mut self, url: &str) -> Result<Arena, GoError> {
        let root = self.root(url)?;
        let doc = self.roots.get(root).map(|r| r.doc);
        self.enqueue_spot(root, (doc, Rc::from("")));
        let mut nodes = Vec::new();
        while nodes.len() < self.waiting.len() {
            nodes.push(self.node(nodes.len())?);
        }
        let urls = self.roots.iter().map(|r| r.url.clone()).collect();
        Ok(Arena { nodes, urls, location: link::location(url, "") })
    }

    /// Returns the document of a URL, loaded and checked now or before.
    fn root(&mut self, url: &str) -> Result<usize, GoError> {
        if let Some(index) = self.root_of.get(url) {
            return Ok(*index);
        }
        let doc = self.documents.get(url)?;
        let index = self.roots.len();
        let mut root = Root::new(url.into(), index as u32, doc);
        Survey { root: &mut root, documents: &mut self.documents, start: "".into(), steps: Vec::new() }
            .collect(doc, None)?;
        if !metaschemas::is_trusted(url) && !self.is_metaschema {
            check(&root, doc, 0, "")?;
        }
        self.root_of.insert(root.url.clone(), index);
        self.roots.push(root);
        Ok(index)
    }

    /// Makes sure that what a reference leads to is known as a schema; returns its value and resource.
    fn ensure(&mut self, index: usize, place: &Place, doc: Option<&'d Doc>) -> Result<(&'d Doc, usize), GoError> {
        if let Some(doc) = doc
            && let Some(resource) = self.roots.get(index).and_then(|r| r.schemas.get(&doc.identity()))
        {
            return Ok((doc, *resource));
        }
        let pointer: Rc<str> = self.pointer(place).into();
        let Some(root) = self.roots.get_mut(index) else { return Err(GoError::new("no such document")) };
        let (doc, parent) = root.lookup(&pointer)?;
        let documents = &mut self.documents;
        Survey { root, documents, start: pointer.clone(), steps: Vec::new() }.collect(doc, Some(parent))?;
        let resource = root.schemas.get(&doc.identity()).copied().unwrap_or(parent);
        if !self.is_metaschema {
            check(root, doc, resource, &pointer)?;
        }
        Ok((doc, resource))
    }

    /// Returns the JSON pointer of a schema in its document.
    fn pointer(&self, place: &Place) -> String {
        let mut steps = Vec::new();
        let mut here = place;
        let mut pointer = loop {
            match here {
                Place::At(_, start) => break start.to_string(),
                Place::Below(parent, keyword, step) => {
                    steps.push((keyword, step));
                    match self.waiting.get(*parent as usize) {
                        Some(waiting) => here = &waiting.place,
                        None => break String::new(),
                    }
                }
            }
        };
        for (keyword, step) in steps.into_iter().rev() {
            pointer.push('/');
            pointer.push_str(keyword);
            step.append(&mut pointer);
        }
        pointer
    }

    fn node(&mut self, number: usize) -> Result<Node, GoError> {
        let Some(waiting) = self.waiting.get(number) else { return Err(GoError::new("no such schema")) };
        let (root, place, doc) = (waiting.root, waiting.place.clone(), waiting.doc);
        let (doc, resource) = self.ensure(root, &place, doc)?;
        let Some(owner) = self.roots.get(root).and_then(|r| r.resources.get(resource)) else {
            return Err(GoError::new("no such resource"));
        };
        let dialect = owner.dialect.clone();
        let is_resource = owner.doc.identity() == doc.identity();
        let spot = (Some(owner.doc), owner.pointer.clone());
        let resource_id = self.enqueue_spot(root, spot);
        let mut node = blank(place, resource_id, dialect.draft);
        if is_resource && dialect.draft >= Draft::D2020 {
            self.dynamic_anchors(&mut node, root, resource);
        }
        match doc {
            Doc::Bool(b) => node.fixed = Some(*b),
            Doc::Object(object) if object.members().is_empty() => node.fixed = Some(true),
            Doc::Object(object) => {
                let id = number as NodeId;
                keywords::Keywords { compiler: self, object, root, resource, id, dialect }.compile(&mut node)?;
            }
            _ => {}
        }
        Ok(node)
    }

    fn dynamic_anchors(&mut self, node: &mut Node, root: usize, resource: usize) {
        let Some(owner) = self.roots.get(root).and_then(|r| r.resources.get(resource)) else { return };
        let names = owner.dynamic_anchors.clone();
        let targets: Vec<_> = names.iter().filter_map(|name| owner.anchors.get(&**name).cloned()).collect();
        for (name, (doc, pointer)) in names.into_iter().zip(targets) {
            let id = self.enqueue_spot(root, (Some(doc), pointer));
            node.dynamic.get_or_insert_default().anchors.push((name, id));
        }
    }

    /// Returns the node of what a reference leads to.
    fn enqueue_spot(&mut self, root: usize, (doc, pointer): Spot<'d>) -> NodeId {
        let number = self.roots.get(root).map_or(0, |r| r.number);
        self.enqueue(root, doc, Place::At(number, pointer))
    }

    /// Returns the node of a schema below another.
    fn enqueue_below(
        &mut self,
        root: usize,
        doc: &'d Doc,
        parent: NodeId,
        keyword: &'static str,
        step: Step,
    ) -> NodeId {
        self.enqueue(root, Some(doc), Place::Below(parent, keyword, step))
    }

    fn enqueue(&mut self, root: usize, doc: Option<&'d Doc>, place: Place) -> NodeId {
        let next = self.waiting.len() as NodeId;
        if let Some(doc) = doc {
            let known = *self.ids.entry(doc.identity()).or_insert(next);
            if known != next {
                return known;
            }
        }
        self.waiting.push(Waiting { root, doc, place });
        next
    }

    /// Resolves a `$ref`, relative to a resource of a document.
    fn resolve(&mut self, root: usize, resource: usize, reference: &str) -> Result<NodeId, GoError> {
        let (Some(here), Some(owner)) =
            (self.roots.get(root), self.roots.get(root).and_then(|r| r.resources.get(resource)))
        else {
            return Err(GoError::new("no such resource"));
        };
        let target = link::join(&owner.id, reference)?;
        if let Some(spot) = here.resolve(&target)? {
            return Ok(self.enqueue_spot(root, spot));
        }
        let other = self.root(&target.url)?;
        match self.roots.get(other).map(|r| r.resolve_in(0, &target.fragment)) {
            Some(spot) => Ok(self.enqueue_spot(other, spot?)),
            None => Err(GoError::new("no such document")),
        }
    }
}

/// Checks a schema against its metaschema; resources with a dialect of their own against theirs.
fn check(root: &Root<'_>, doc: &Doc, resource: usize, pointer: &str) -> Result<(), GoError> {
    let metaschemas = Metaschemas::here();
    let latest = Dialect::of(Draft::LATEST);
    let main = root.resources.get(resource).map_or(&latest, |r| &r.dialect);
    let mut others = Vec::new();
    if root.resources.iter().any(|r| r.dialect != *main) {
        for resource in &root.resources {
            others.push((resource.doc.identity(), metaschemas.of(&resource.dialect)?));
        }
    }
    let dialects = others.iter().map(|(identity, arena)| (*identity, &**arena)).collect();
    let metaschema = metaschemas.of(main)?;
    match validate::against(&metaschema, Instance::Doc(doc), dialects) {
        Ok(()) => Ok(()),
        Err(crate::Invalid::Undecided(error)) => Err(error),
        Err(crate::Invalid::Errors(errors)) => {
            let location = quoted(&link::location(&root.url, pointer));
            let text = String::from_utf8_lossy(&errors.text()).into_owned();
            Err(GoError::new(format!("{location} is not valid against metaschema: {text}")))
        }
    }
}

fn blank(place: Place, resource: NodeId, draft: Draft) -> Node {
    Node {
        place,
        resource,
        draft,
        fixed: None,
        types: Types::default(),
        constant: None,
        choices: None,
        format: None,
        reference: None,
        object: None,
        array: None,
        text: None,
        number: None,
        logic: None,
        dynamic: None::<Box<Dynamic>>,
        unevaluated_properties: None,
        unevaluated_items: None,
        evaluates_properties: false,
        evaluates_items: false,
        evaluated_items: 0,
    }
}
