//! Compiled schemas: nodes in an arena, which refer to each other by number.

use std::cmp::Ordering;
use std::rc::Rc;

use gostd::value::Str;

use crate::doc::{self, Doc};
use crate::draft::Draft;
use crate::format::Format;
use crate::link;
use crate::number::Number;
use crate::pattern::Pattern;

/// The number of a node in its arena.
pub type NodeId = u32;

/// A compiled schema with all that it refers to; node 0 is its root.
pub struct Arena {
    pub nodes: Vec<Node>,
    /// The URLs of the documents.
    pub urls: Vec<Rc<str>>,
    /// The location of the root as messages print it.
    pub location: String,
}

/// One schema: `true`, `false`, or an object of keywords.
pub struct Node {
    pub place: Place,
    /// The schema that has the nearest `$id`, or the root of the document.
    pub resource: NodeId,
    pub draft: Draft,
    pub fixed: Option<bool>,
    pub types: Types,
    pub constant: Option<Rc<Doc>>,
    pub choices: Option<Rc<Choices>>,
    pub format: Option<Format>,
    pub reference: Option<NodeId>,
    pub object: Option<Box<ObjectRules>>,
    pub array: Option<Box<ArrayRules>>,
    pub text: Option<Box<TextRules>>,
    pub number: Option<Box<NumberRules>>,
    pub logic: Option<Box<Logic>>,
    pub dynamic: Option<Box<Dynamic>>,
    pub unevaluated_properties: Option<NodeId>,
    pub unevaluated_items: Option<NodeId>,
    /// What is known to be evaluated before any keyword runs.
    pub evaluates_properties: bool,
    pub evaluates_items: bool,
    pub evaluated_items: usize,
}

/// Where a node is in its document.
#[derive(Clone)]
pub enum Place {
    /// In a document (an index of [`Arena::urls`]) at a JSON pointer.
    At(u32, Rc<str>),
    /// Below another node.
    Below(NodeId, &'static str, Step),
}

/// What follows a keyword in a JSON pointer.
#[derive(Clone)]
pub enum Step {
    None,
    Item(usize),
    Member(Rc<str>),
}

impl Step {
    pub fn append(&self, out: &mut String) {
        match self {
            Step::None => {}
            Step::Item(i) => {
                out.push('/');
                out.push_str(&i.to_string());
            }
            Step::Member(name) => {
                out.push('/');
                out.push_str(&doc::escape(name));
            }
        }
    }
}

/// JSON types, one bit each.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Types(u8);

impl Types {
    pub const NULL: Types = Types(1);
    pub const BOOLEAN: Types = Types(2);
    pub const NUMBER: Types = Types(4);
    pub const INTEGER: Types = Types(8);
    pub const STRING: Types = Types(16);
    pub const ARRAY: Types = Types(32);
    pub const OBJECT: Types = Types(64);

    const NAMED: [(Types, &'static str); 7] = [
        (Types::NULL, "null"),
        (Types::BOOLEAN, "boolean"),
        (Types::NUMBER, "number"),
        (Types::INTEGER, "integer"),
        (Types::STRING, "string"),
        (Types::ARRAY, "array"),
        (Types::OBJECT, "object"),
    ];

    pub fn named(name: &str) -> Types {
        Types::NAMED.iter().find(|(_, n)| *n == name).map_or(Types(0), |(t, _)| *t)
    }

    pub fn add(&mut self, other: Types) {
        self.0 |= other.0;
    }

    pub fn has(self, other: Types) -> bool {
        self.0 & other.0 != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the names, in the order in which messages list them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Types::NAMED.into_iter().filter(move |(t, _)| self.has(*t)).map(|(_, n)| n)
    }
}

/// The values of an `enum`.
pub struct Choices {
    pub values: Vec<Doc>,
    pub types: Types,
}

/// What becomes of members or items that no other keyword names.
#[derive(Clone, Copy, Default)]
pub enum Additional {
    #[default]
    Unsaid,
    Allowed(bool),
    Schema(NodeId),
}

impl Additional {
    pub fn is_said(self) -> bool {
        !matches!(self, Additional::Unsaid)
    }
}

/// Names that are required when a member is there.
pub type Needs = Vec<Str>;

pub enum Dependency {
    Needs(Needs),
    Schema(NodeId),
}

#[derive(Default)]
pub struct ObjectRules {
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub required: Needs,
    /// In the order of [`by_length`].
    pub properties: Vec<(Rc<str>, NodeId)>,
    pub patterns: Vec<(Rc<Pattern>, NodeId)>,
    pub additional: Additional,
    pub names: Option<NodeId>,
    pub dependencies: Vec<(Rc<str>, Dependency)>,
    pub dependent_schemas: Vec<(Rc<str>, NodeId)>,
    pub dependent_required: Vec<(Rc<str>, Needs)>,
}

impl ObjectRules {
    pub fn property(&self, name: &[u8]) -> Option<NodeId> {
        let at = self.properties.binary_search_by(|(k, _)| by_length(k.as_bytes(), name)).ok()?;
        self.properties.get(at).map(|(_, id)| *id)
    }
}

/// Orders names for searching: most of those that are not there differ in length already.
pub fn by_length(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[derive(Default)]
pub struct ArrayRules {
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub unique: bool,
    /// Schemas of the first items.
    pub prefix: Vec<NodeId>,
    /// What follows the prefix: `items` of today, `additionalItems` or a single `items` of old.
    pub rest: Additional,
    pub contains: Option<NodeId>,
    pub min_contains: Option<i64>,
    pub max_contains: Option<i64>,
}

#[derive(Default)]
pub struct TextRules {
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub pattern: Option<Rc<Pattern>>,
}

#[derive(Default)]
pub struct NumberRules {
    pub minimum: Option<Number>,
    pub maximum: Option<Number>,
    pub exclusive_minimum: Option<Number>,
    pub exclusive_maximum: Option<Number>,
    pub multiple_of: Option<Number>,
}

#[derive(Default)]
pub struct Logic {
    pub not: Option<NodeId>,
    pub all_of: Vec<NodeId>,
    pub any_of: Vec<NodeId>,
    pub one_of: Vec<NodeId>,
    pub condition: Option<Condition>,
}

/// `if`, `then`, `else`.
pub struct Condition {
    pub test: NodeId,
    pub then: Option<NodeId>,
    pub otherwise: Option<NodeId>,
}

/// References whose target depends on the way that validation came.
#[derive(Default)]
pub struct Dynamic {
    pub recursive_ref: Option<NodeId>,
    pub recursive_anchor: bool,
    /// The first target, and the anchor when the reference names one.
    pub dynamic_ref: Option<(NodeId, Rc<str>)>,
    pub dynamic_anchor: Rc<str>,
    /// Of a resource: its dynamic anchors.
    pub anchors: Vec<(Rc<str>, NodeId)>,
}

impl Dynamic {
    /// Reports whether dynamic references look at this resource.
    pub fn is_target(&self) -> bool {
        self.recursive_anchor || !self.anchors.is_empty()
    }

    pub fn anchor(&self, name: &str) -> Option<NodeId> {
        self.anchors.iter().find(|(anchor, _)| **anchor == *name).map(|(_, id)| *id)
    }
}

impl Arena {
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    /// Returns the URL of the document and the JSON pointer of a node.
    pub fn whereabouts(&self, id: NodeId) -> (&str, String) {
        let mut steps = Vec::new();
        let mut place = self.node(id).map(|n| &n.place);
        let mut url = "";
        let mut pointer = String::new();
        while let Some(here) = place {
            match here {
                Place::At(root, start) => {
                    url = self.urls.get(*root as usize).map_or("", |url| url);
                    pointer.push_str(start);
                    break;
                }
                Place::Below(parent, keyword, step) => {
                    steps.push((keyword, step));
                    place = self.node(*parent).map(|n| &n.place);
                }
            }
        }
        for (keyword, step) in steps.into_iter().rev() {
            pointer.push('/');
            pointer.push_str(keyword);
            step.append(&mut pointer);
        }
        (url, pointer)
    }

    /// Returns the location of a node as messages print it.
    pub fn location_of(&self, id: NodeId) -> String {
        let (url, pointer) = self.whereabouts(id);
        link::location(url, &pointer)
    }
}
