//! Which members or items no keyword has looked at: for `unevaluatedProperties` and `unevaluatedItems`.

use crate::error::Token;
use crate::instance::{Instance, Items, Members, Shape};
use crate::node::{Node, NodeId};

use super::{Frame, Validator};

/// A set of members or items, by their number in order. Empty when nobody asks.
#[derive(Default)]
pub struct Unevaluated(Vec<u64>);

impl Unevaluated {
    /// Returns the members or items that a schema starts with; `tracked` says that a schema above asks for them.
    pub fn from(value: Instance<'_>, node: &Node, tracked: bool) -> Self {
        if !tracked && node.unevaluated_properties.is_none() && node.unevaluated_items.is_none() {
            return Unevaluated::default();
        }
        match value.shape() {
            Shape::Object(members)
                if !node.evaluates_properties && (tracked || node.unevaluated_properties.is_some()) =>
            {
                Unevaluated::range(0, members.borrow().len())
            }
            Shape::Array(items) if !node.evaluates_items && (tracked || node.unevaluated_items.is_some()) => {
                Unevaluated::range(node.evaluated_items, items.len())
            }
            _ => Unevaluated::default(),
        }
    }

    fn range(start: usize, end: usize) -> Self {
        if start >= end {
            return Unevaluated::default();
        }
        let mut set = Unevaluated(vec![u64::MAX; end.div_ceil(64)]);
        if let Some(last) = set.0.last_mut()
            && !end.is_multiple_of(64)
        {
            *last = (1 << (end % 64)) - 1;
        }
        (0..start).for_each(|i| set.remove(i));
        set
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub fn has(&self, index: usize) -> bool {
        self.0.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    pub fn remove(&mut self, index: usize) {
        if let Some(word) = self.0.get_mut(index / 64) {
            *word &= !(1 << (index % 64));
        }
    }

    /// Removes what the other does not have.
    pub fn merge(&mut self, other: &Unevaluated) {
        for (i, word) in self.0.iter_mut().enumerate() {
            *word &= other.0.get(i).copied().unwrap_or(0);
        }
    }
}

impl<'v> Validator<'v> {
    pub(super) fn unevaluated(&mut self, frame: &mut Frame<'_, 'v>, shape: Shape<'_>) {
        let node = frame.node;
        match (shape, node.unevaluated_properties, node.unevaluated_items) {
            (Shape::Object(members), Some(id), _) => self.unevaluated_members(frame, members, id),
            (Shape::Array(items), _, Some(id)) => self.unevaluated_items(frame, items, id),
            _ => {}
        }
    }

    fn unevaluated_members(&mut self, frame: &mut Frame<'_, 'v>, members: Members<'_>, id: NodeId) {
        let members = members.borrow();
        for (i, (key, value)) in members.iter().enumerate() {
            if frame.unevaluated.has(i) {
                let result = self.child(frame, id, value, Token::Member(key.to_str()));
                frame.note(result);
            }
        }
        frame.unevaluated = Unevaluated::default();
    }

    fn unevaluated_items(&mut self, frame: &mut Frame<'_, 'v>, items: Items<'_>, id: NodeId) {
        for (i, item) in items.from(0) {
            if frame.unevaluated.has(i) {
                let result = self.child(frame, id, item, Token::Item(i));
                frame.note(result);
            }
        }
        frame.unevaluated = Unevaluated::default();
    }
}
