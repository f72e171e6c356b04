//! The way that validation took: which schema was applied inside which.

use crate::instance::Instance;
use crate::link;
use crate::node::{Arena, Node, NodeId};

/// A schema in its arena.
#[derive(Clone, Copy)]
pub struct At<'v> {
    pub arena: &'v Arena,
    pub id: NodeId,
}

impl PartialEq for At<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.arena, other.arena)
    }
}

impl<'v> At<'v> {
    pub fn node(self) -> Option<&'v Node> {
        self.arena.node(self.id)
    }
}

/// A schema applied to a value, below another application.
#[derive(Clone, Copy)]
pub struct Scope<'a, 'v> {
    pub at: At<'v>,
    /// The keyword of the reference that led here; empty when the schema stands below its parent.
    pub keyword: &'static str,
    /// The number of scopes above.
    pub level: usize,
    pub parent: Option<&'a Scope<'a, 'v>>,
    pub value: Instance<'a>,
    /// The number of tokens that lead to the value: scopes that differ in it see different values.
    pub depth: usize,
    /// Only whether there are errors counts.
    pub quiet: bool,
    /// The metaschema, when schemas are validated.
    pub meta: Option<At<'v>>,
}

/// A resource that dynamic references look at, and the schema through which it was entered first.
#[derive(Clone, Copy)]
pub struct Target<'v> {
    pub resource: At<'v>,
    pub entry: At<'v>,
}

impl<'a, 'v> Scope<'a, 'v> {
    /// Makes a scope with nothing above it.
    pub fn first(at: At<'v>, value: Instance<'a>, quiet: bool) -> Self {
        Scope { at, keyword: "", level: 0, parent: None, value, depth: 0, quiet, meta: Some(at) }
    }

    /// Returns the scope above that applies the same schema to the same value.
    pub fn cycle(&self) -> Option<&'a Scope<'a, 'v>> {
        let mut above = self.parent;
        while let Some(scope) = above.filter(|s| s.depth == self.depth) {
            if scope.at == self.at {
                return Some(scope);
            }
            above = scope.parent;
        }
        None
    }

    pub fn target(&self) -> Option<Target<'v>> {
        let resource = At { arena: self.at.arena, id: self.at.node()?.resource };
        let is_target = resource.node()?.dynamic.as_ref().is_some_and(|d| d.is_target());
        is_target.then_some(Target { resource, entry: self.at })
    }

    /// Returns the keywords that led here from the start, as a JSON pointer.
    pub fn keyword_location(&self) -> String {
        let mut parts = Vec::new();
        let mut scope = self;
        while let Some(parent) = scope.parent {
            parts.push(if scope.keyword.is_empty() {
                below(parent.at, scope.at)
            } else {
                format!("/{}", scope.keyword)
            });
            scope = parent;
        }
        parts.reverse();
        parts.concat()
    }
}

/// Returns what the location of a schema has more than that of one above.
fn below(above: At<'_>, at: At<'_>) -> String {
    let (url, pointer) = above.arena.whereabouts(above.id);
    let above = link::location(url, &pointer);
    let (url, pointer) = at.arena.whereabouts(at.id);
    let location = link::location(url, &pointer);
    location.strip_prefix(above.as_str()).unwrap_or_default().to_owned()
}
