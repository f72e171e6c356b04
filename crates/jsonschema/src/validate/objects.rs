//! Keywords of objects.

use gostd::value::Str;

use crate::error::{Token, ValidationError};
use crate::instance::{Borrowed, Instance, Key, Members};
use crate::kind::Kind;
use crate::node::{Additional, Dependency, NodeId, ObjectRules};

use super::scope::{At, Scope};
use super::{Frame, Validator};

impl<'v> Validator<'v> {
    pub(super) fn object(&mut self, frame: &mut Frame<'_, 'v>, members: Members<'_>) {
        let Some(rules) = frame.node.object.as_deref() else { return };
        let members = members.borrow();
        let count = members.len();
        if let Some(want) = rules.min.filter(|want| (count as i64) < *want) {
            self.refuse(frame, Kind::Count("minProperties", count, want));
        }
        if let Some(want) = rules.max.filter(|want| count as i64 > *want) {
            self.refuse(frame, Kind::Count("maxProperties", count, want));
        }
        if let Some(missing) = missing(&members, &rules.required) {
            self.refuse(frame, Kind::Required(missing));
        }
        if frame.is_settled() {
            return;
        }
        self.dependencies(frame, rules, &members);
        if !self.members(frame, rules, &members) {
            return;
        }
        if let Some(id) = rules.names {
            self.names(frame, id, &members);
        }
        self.dependents(frame, rules, &members);
    }

    fn dependencies(&mut self, frame: &mut Frame<'_, 'v>, rules: &ObjectRules, members: &Borrowed<'_>) {
        for (name, dependency) in &rules.dependencies {
            if members.get(name.as_bytes()).is_none() {
                continue;
            }
            match dependency {
                Dependency::Needs(needs) => self.needs(frame, name, needs, members),
                Dependency::Schema(id) => {
                    let result = self.same(frame, *id, "", false);
                    frame.note(result);
                }
            }
        }
    }

    fn needs(&mut self, frame: &mut Frame<'_, 'v>, name: &str, needs: &[Str], members: &Borrowed<'_>) {
        if let Some(missing) = missing(members, needs) {
            self.refuse(frame, Kind::Dependency(name.into(), missing));
        }
    }

    /// Validates the values of the members; false when the rest does not matter any more.
    fn members(&mut self, frame: &mut Frame<'_, 'v>, rules: &ObjectRules, members: &Borrowed<'_>) -> bool {
        if rules.properties.is_empty() && rules.patterns.is_empty() && !rules.additional.is_said() {
            return true;
        }
        let mut additional = Vec::new();
        for (i, (key, value)) in members.iter().enumerate() {
            if frame.is_settled() {
                return false;
            }
            if self.member(frame, rules, key, value) {
                frame.unevaluated.remove(i);
                continue;
            }
            match rules.additional {
                Additional::Unsaid => continue,
                Additional::Allowed(true) => {}
                Additional::Allowed(false) => additional.push(key.to_str()),
                Additional::Schema(id) => {
                    let result = self.child(frame, id, value, Token::Member(key.to_str()));
                    frame.note(result);
                }
            }
            frame.unevaluated.remove(i);
        }
        if !additional.is_empty() {
            self.refuse(frame, Kind::AdditionalProperties(additional));
        }
        true
    }

    /// Validates a member with `properties` and `patternProperties`; false when neither knows it.
    fn member(&mut self, frame: &mut Frame<'_, 'v>, rules: &ObjectRules, key: Key<'_>, value: Instance<'_>) -> bool {
        let name = key.bytes();
        let mut known = false;
        if let Some(id) = rules.property(name) {
            known = true;
            let result = self.child(frame, id, value, Token::Member(key.to_str()));
            frame.note(result);
        }
        for (pattern, id) in &rules.patterns {
            if pattern.is_match(name) {
                known = true;
                let result = self.child(frame, *id, value, Token::Member(key.to_str()));
                frame.note(result);
            }
        }
        known
    }

    fn names(&mut self, frame: &mut Frame<'_, 'v>, id: NodeId, members: &Borrowed<'_>) {
        let at = At { arena: frame.scope.at.arena, id };
        for (key, _) in members.iter() {
            let scope =
                Scope { level: frame.scope.level, ..Scope::first(at, Instance::Name(key.bytes()), frame.scope.quiet) };
            if let Err(error) = self.fresh(scope) {
                let kind = Kind::PropertyName(key.to_str(), frame.scope.depth);
                self.late = true;
                self.refuse_because(frame, kind, error.ungrouped());
            }
        }
    }

    fn dependents(&mut self, frame: &mut Frame<'_, 'v>, rules: &ObjectRules, members: &Borrowed<'_>) {
        for (name, id) in &rules.dependent_schemas {
            if members.get(name.as_bytes()).is_some() {
                let result: Result<(), ValidationError> = self.same(frame, *id, "", false);
                frame.note(result);
            }
        }
        for (name, needs) in &rules.dependent_required {
            if members.get(name.as_bytes()).is_some() {
                self.needs(frame, name, needs, members);
            }
        }
    }
}

/// Returns the names that are not among the members; nothing when all are.
fn missing(members: &Borrowed<'_>, names: &[Str]) -> Option<Vec<Str>> {
    let missing: Vec<Str> = names.iter().filter(|name| members.get(name).is_none()).cloned().collect();
    (!missing.is_empty()).then_some(missing)
}
