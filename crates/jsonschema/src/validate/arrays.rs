//! Keywords of arrays.

use crate::draft::Draft;
use crate::error::Token;
use crate::instance::Items;
use crate::kind::Kind;
use crate::node::{Additional, ArrayRules, NodeId};

use super::equal::{self, Trouble};
use super::{Frame, Validator};

impl<'v> Validator<'v> {
    pub(super) fn array(&mut self, frame: &mut Frame<'_, 'v>, items: Items<'_>) {
        let Some(rules) = frame.node.array.as_deref() else { return };
        let count = items.len();
        if let Some(want) = rules.min.filter(|want| (count as i64) < *want) {
            self.refuse(frame, Kind::Count("minItems", count, want));
        }
        if let Some(want) = rules.max.filter(|want| count as i64 > *want) {
            self.refuse(frame, Kind::Count("maxItems", count, want));
        }
        if rules.unique {
            match equal::duplicates(items) {
                Ok(None) => {}
                Ok(Some((i, j))) => self.refuse(frame, Kind::UniqueItems(i, j)),
                Err(Trouble::Foreign(go_type)) => self.refuse(frame, Kind::Foreign(go_type)),
                Err(Trouble::Panic) => self.panic(),
            }
        }
        self.items(frame, rules, items);
        if let Some(id) = rules.contains {
            self.contains(frame, rules, id, items);
        }
    }

    fn items(&mut self, frame: &mut Frame<'_, 'v>, rules: &ArrayRules, items: Items<'_>) {
        for ((i, item), id) in items.from(0).zip(&rules.prefix) {
            let result = self.child(frame, *id, item, Token::Item(i));
            frame.note(result);
        }
        let rest = rules.prefix.len();
        match rules.rest {
            Additional::Unsaid | Additional::Allowed(true) => {}
            Additional::Allowed(false) => {
                if let Some(more @ 1..) = items.len().checked_sub(rest) {
                    self.refuse(frame, Kind::AdditionalItems(more));
                }
            }
            Additional::Schema(id) => {
                for (i, item) in items.from(rest) {
                    let result = self.child(frame, id, item, Token::Item(i));
                    frame.note(result);
                }
            }
        }
    }

    fn contains(&mut self, frame: &mut Frame<'_, 'v>, rules: &ArrayRules, id: NodeId, items: Items<'_>) {
        let (mut errors, mut matched) = (Vec::new(), Vec::new());
        let before = self.errors;
        for (i, item) in items.from(0) {
            match self.child(frame, id, item, Token::Item(i)) {
                Err(error) => errors.push(error),
                Ok(()) => {
                    matched.push(i);
                    if frame.node.draft >= Draft::D2020 {
                        frame.unevaluated.remove(i);
                    }
                }
            }
        }
        let count = matched.len() as i64;
        match rules.min_contains {
            Some(want) if count < want => {
                self.refuse_because(frame, Kind::MinContains(matched.clone(), want), errors);
            }
            None if count == 0 => self.refuse_because(frame, Kind::Contains, errors),
            _ => self.errors = before,
        }
        if let Some(want) = rules.max_contains.filter(|want| count > *want) {
            self.refuse(frame, Kind::MaxContains(matched, want));
        }
    }
}
