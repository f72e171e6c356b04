//! Aliases and merge keys, replaced by what they stand for.

use std::collections::HashMap;

use gostd::{GoError, limits};
use yamlnode::{Kind, Node};

/// Aliases of aliases multiply; no description of a plugin comes near this.
const MAX_NODES: usize = 100_000;

/// Returns a document without aliases and merge keys.
///
/// # Errors
/// An alias inside of what it stands for, a merge of what is no mapping, more than 100,000 nodes.
pub fn expand(root: Node) -> Result<Node, GoError> {
    Expansion { anchors: HashMap::new(), nodes: 0 }.node(root)
}

struct Expansion {
    /// What anchors stand for; nothing as long as it is not complete.
    anchors: HashMap<Vec<u8>, Option<Node>>,
    nodes: usize,
}

impl Expansion {
    /// Goes as deep as the document, which the reader limits.
    fn node(&mut self, mut node: Node) -> Result<Node, GoError> {
        if node.kind == Kind::Alias {
            return self.alias(&node.value);
        }
        self.count(1)?;
        let anchor = std::mem::take(&mut node.anchor);
        if !anchor.is_empty() {
            self.anchors.insert(anchor.clone(), None);
        }
        let content = std::mem::take(&mut node.content);
        node.content = content.into_iter().map(|child| self.node(child)).collect::<Result<_, _>>()?;
        if node.kind == Kind::Mapping {
            self.merge(&mut node)?;
        }
        if !anchor.is_empty() {
            self.anchors.insert(anchor, Some(node.clone()));
        }
        Ok(node)
    }

    fn alias(&mut self, name: &[u8]) -> Result<Node, GoError> {
        let Some(Some(target)) = self.anchors.get(name) else {
            let name = String::from_utf8_lossy(name);
            return Err(GoError::new(format!("yaml: anchor '{name}' value contains itself")));
        };
        let target = target.clone();
        self.count(size(&target))?;
        Ok(target)
    }

    fn count(&mut self, nodes: usize) -> Result<(), GoError> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            return Err(limits::exceeded(format!("yaml: the document is too large: more than {MAX_NODES} nodes")));
        }
        Ok(())
    }

    /// Adds the entries of merged mappings that a mapping does not have itself.
    fn merge(&mut self, node: &mut Node) -> Result<(), GoError> {
        let is_merge = |key: &Node| key.kind == Kind::Scalar && *key.tag == *b"!!merge";
        let merges = node.entries().enumerate().filter(|(_, (key, _))| is_merge(key));
        let Some(at) = merges.map(|(i, _)| i).last() else { return Ok(()) };
        let merged = node.content.drain(2 * at..2 * at + 2).nth(1).unwrap_or_default();
        let sources = match merged.kind {
            Kind::Mapping => vec![merged],
            Kind::Sequence if merged.content.iter().all(|node| node.kind == Kind::Mapping) => merged.content,
            _ => {
                return Err(GoError::new("yaml: map merge requires map or sequence of maps as the value"));
            }
        };
        for source in &sources {
            for (key, value) in source.entries() {
                if node.field(&key.value).is_none() {
                    node.content.extend([key.clone(), value.clone()]);
                }
            }
        }
        Ok(())
    }
}

fn size(node: &Node) -> usize {
    1 + node.content.iter().map(size).sum::<usize>()
}
