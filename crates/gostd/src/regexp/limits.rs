//! How large an expression may be: what Go's parser counts, in the way it counts.

use super::fault::Code;
use super::node::{Kind, Node, Repeat};

/// `maxHeight`: levels of a tree.
const MAX_HEIGHT: u32 = 1000;
/// `maxSize`: instructions of Go's compiled form, 128 MiB of 40 bytes each.
const MAX_SIZE: u64 = (128 << 20) / 40;
/// `maxRunes`: range ends in all classes, 128 MiB of 4 bytes each.
const MAX_RUNES: usize = (128 << 20) / 4;

pub(super) struct Limits {
    held_runes: usize,
    /// Nodes that Go would have made. It uses them again, so not all of the pattern count.
    nodes: u64,
    free_nodes: u64,
    /// Product of all counts.
    repeats: u64,
    /// Whether sizes count: Go looks at them once nodes and counts pass a bound.
    measuring: bool,
}

impl Limits {
    pub(super) fn new() -> Limits {
        Limits { held_runes: 0, nodes: 0, free_nodes: 0, repeats: 1, measuring: false }
    }

    pub(super) fn node_made(&mut self) {
        match self.free_nodes {
            0 => self.nodes += 1,
            _ => self.free_nodes -= 1,
        }
    }

    pub(super) fn node_freed(&mut self) {
        self.free_nodes += 1;
    }

    /// Checks a node that was made or became part of another; `around` are the nodes read before it.
    pub(super) fn check<'n>(&mut self, node: &Node, mut around: impl Iterator<Item = &'n Node>) -> Result<(), Code> {
        self.held_runes += node.held_runes();
        if self.held_runes > MAX_RUNES {
            return Err(Code::Large);
        }
        if let Kind::Repeat(Repeat { counted: true, min, max, .. }, _) = node.kind {
            // A repetition counts each time it is checked: as a whole group too, again.
            let copies = u64::from(max.unwrap_or(min).max(1));
            self.repeats = self.repeats.saturating_mul(copies).min(MAX_SIZE);
        }
        if !self.measuring && self.nodes >= MAX_SIZE / self.repeats {
            self.measuring = true;
            if around.any(|node| node.size > MAX_SIZE) {
                return Err(Code::Large);
            }
        }
        match node.height {
            _ if self.measuring && node.size > MAX_SIZE => Err(Code::Large),
            height if height > MAX_HEIGHT => Err(Code::NestingDepth),
            _ => Ok(()),
        }
    }
}
