//! References, combinations and conditions.

use crate::error::ValidationError;
use crate::kind::Kind;
use crate::node::{Condition, NodeId};

use super::scope::At;
use super::{Frame, Validator};

impl<'v> Validator<'v> {
    /// Validates with the target of a reference.
    pub(super) fn reference(
        &mut self,
        frame: &mut Frame<'_, 'v>,
        target: NodeId,
        keyword: &'static str,
    ) -> Result<(), ValidationError> {
        let at = At { arena: frame.scope.at.arena, id: target };
        self.reference_at(frame, at, keyword)
    }

    fn reference_at(
        &mut self,
        frame: &mut Frame<'_, 'v>,
        target: At<'v>,
        keyword: &'static str,
    ) -> Result<(), ValidationError> {
        self.same_at(frame, target, keyword, false).map_err(|error| match error.kind {
            Kind::Group => self.error_because(&frame.scope, Kind::Reference(keyword), error.causes),
            // A reference with a single cause says nothing of its own.
            _ => error,
        })
    }

    pub(super) fn dynamic_references(&mut self, frame: &mut Frame<'_, 'v>) {
        let Some(dynamic) = frame.node.dynamic.as_deref() else { return };
        let arena = frame.scope.at.arena;
        if let Some(target) = dynamic.recursive_ref {
            let initial = At { arena, id: target };
            let recursive = initial.node().and_then(|n| n.dynamic.as_ref()).is_some_and(|d| d.recursive_anchor);
            let target = if recursive { self.outermost_recursive().unwrap_or(initial) } else { initial };
            let result = self.reference_at(frame, target, "$recursiveRef");
            frame.note(result);
        }
        if let Some((target, anchor)) = &dynamic.dynamic_ref {
            let initial = At { arena, id: *target };
            let named = initial.node().and_then(|n| n.dynamic.as_ref()).is_some_and(|d| d.dynamic_anchor == *anchor);
            let target =
                if named && !anchor.is_empty() { self.outermost_anchor(anchor).unwrap_or(initial) } else { initial };
            let result = self.reference_at(frame, target, "$dynamicRef");
            frame.note(result);
        }
    }

    /// Returns the first schema on the way that was in a resource with `$recursiveAnchor`.
    fn outermost_recursive(&self) -> Option<At<'v>> {
        let recursive = |at: At<'v>| at.node().and_then(|n| n.dynamic.as_ref()).is_some_and(|d| d.recursive_anchor);
        self.targets.iter().find(|t| recursive(t.resource)).map(|t| t.entry)
    }

    /// Returns the schema of an anchor in the first resource on the way that has it.
    fn outermost_anchor(&self, anchor: &str) -> Option<At<'v>> {
        let find = |at: At<'v>| Some(At { arena: at.arena, id: at.node()?.dynamic.as_ref()?.anchor(anchor)? });
        self.targets.iter().find_map(|t| find(t.resource))
    }

    pub(super) fn logic(&mut self, frame: &mut Frame<'_, 'v>) {
        let Some(logic) = frame.node.logic.as_deref() else { return };
        if let Some(not) = logic.not
            && self.same(frame, not, "", true).is_ok()
        {
            self.refuse(frame, Kind::Not);
        }
        if !logic.all_of.is_empty() {
            self.all_of(frame, &logic.all_of);
        }
        if !logic.any_of.is_empty() {
            self.any_of(frame, &logic.any_of);
        }
        if !logic.one_of.is_empty() {
            self.one_of(frame, &logic.one_of);
        }
        if let Some(condition) = &logic.condition {
            self.condition(frame, condition);
        }
    }

    fn all_of(&mut self, frame: &mut Frame<'_, 'v>, schemas: &[NodeId]) {
        let mut errors = Vec::new();
        for id in schemas {
            if let Err(error) = self.same(frame, *id, "", false) {
                errors.push(error);
                if frame.scope.quiet {
                    break;
                }
            }
        }
        if !errors.is_empty() {
            self.refuse_because(frame, Kind::AllOf, errors);
        }
    }

    fn any_of(&mut self, frame: &mut Frame<'_, 'v>, schemas: &[NodeId]) {
        let (before, mut matched, mut errors) = (self.errors, false, Vec::new());
        for id in schemas {
            match self.same(frame, *id, "", false) {
                Err(error) => errors.push(error),
                Ok(()) => {
                    matched = true;
                    // What is left unevaluated depends on every schema that fits.
                    if frame.unevaluated.is_empty() {
                        break;
                    }
                }
            }
        }
        if matched {
            self.errors = before;
        } else {
            self.refuse_because(frame, Kind::AnyOf, errors);
        }
    }

    fn one_of(&mut self, frame: &mut Frame<'_, 'v>, schemas: &[NodeId]) {
        let (before, mut matched, mut errors) = (self.errors, None, Vec::new());
        for (i, id) in schemas.iter().enumerate() {
            match (self.same(frame, *id, "", matched.is_some()), matched) {
                (Err(error), None) => errors.push(error),
                (Err(_), Some(_)) => {}
                (Ok(()), None) => {
                    matched = Some(i);
                    self.errors = before;
                }
                (Ok(()), Some(first)) => {
                    self.refuse(frame, Kind::OneOf(Some((first, i))));
                    break;
                }
            }
        }
        if matched.is_none() {
            self.refuse_because(frame, Kind::OneOf(None), errors);
        }
    }

    fn condition(&mut self, frame: &mut Frame<'_, 'v>, condition: &Condition) {
        let branch =
            if self.same(frame, condition.test, "", true).is_ok() { condition.then } else { condition.otherwise };
        if let Some(id) = branch {
            let result = self.same(frame, id, "", false);
            frame.note(result);
        }
    }
}
