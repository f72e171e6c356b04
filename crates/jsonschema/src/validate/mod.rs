//! Runs compiled schemas over values: the keywords in the library's order, errors as a tree.
//!
//! Go walks its maps in random order; here members, patterns and dependencies come in the byte order of their names.

mod arrays;
mod equal;
mod errors;
mod logic;
mod objects;
mod scalars;
mod scope;
mod unevaluated;

use std::collections::HashMap;

use gostd::GoError;

use crate::error::{Invalid, Token, ValidationError};
use crate::instance::{Instance, Numeric, Shape};
use crate::kind::{FormatError, Kind};
use crate::node::{Arena, Node, NodeId, Types};

use errors::ERROR_LIMIT;
use scope::{At, Scope, Target};
use unevaluated::Unevaluated;

/// Schemas applied inside each other. Values and schemas are at most 10,000 deep; a few schemas see the same value.
const DEPTH_LIMIT: usize = 50_000;

/// Schemas applied altogether, for schemas whose work doubles with each line.
const STEP_LIMIT: u64 = 50_000_000;

/// Where Go begins to make its array of tokens anew; it doubles from here.
const FIRST_TOKENS: usize = 8;

/// What Helm says when the library panics over a number that is too large for it.
const PANIC: &str = "unable to validate schema: runtime error: invalid memory address or nil pointer dereference";

/// Validates a value against the root of an arena.
///
/// `dialects` are for schemas as values: the metaschema of each resource, when they differ.
///
/// # Errors
/// What does not fit, or [`Invalid::Undecided`].
pub fn against<'v>(arena: &'v Arena, value: Instance<'_>, dialects: HashMap<usize, &'v Arena>) -> Result<(), Invalid> {
    within(STEP_LIMIT, arena, value, dialects)
}

fn within<'v>(
    steps: u64,
    arena: &'v Arena,
    value: Instance<'_>,
    dialects: HashMap<usize, &'v Arena>,
) -> Result<(), Invalid> {
    let mut validator = Validator {
        dialects,
        tokens: Vec::new(),
        steps,
        errors: 0,
        location_bytes: 0,
        late: false,
        fault: None,
        targets: Vec::new(),
    };
    let root = At { arena, id: 0 };
    let result = validator.fresh(Scope::first(root, value, false));
    if let Some(fault) = validator.fault {
        return Err(Invalid::Undecided(fault));
    }
    let Err(mut error) = result else { return Ok(()) };
    if validator.late {
        error.settle(&validator.tokens, 0);
    }
    let mut outer = ValidationError::new(Box::default(), Kind::Schema(arena.location.as_str().into()));
    outer.causes = error.ungrouped();
    if validator.errors > ERROR_LIMIT {
        outer.causes.push(ValidationError::new(Box::default(), Kind::TooMany(ERROR_LIMIT)));
    }
    Err(Invalid::Errors(Box::new(outer)))
}

/// What lasts for a whole validation.
struct Validator<'v> {
    dialects: HashMap<usize, &'v Arena>,
    /// The way to the value at hand, and leftovers of longer ways behind it.
    tokens: Vec<Token>,
    /// Those that are left.
    steps: u64,
    /// Those that have no causes.
    errors: usize,
    location_bytes: usize,
    /// There are errors whose location [`ValidationError::settle`] has to say.
    late: bool,
    fault: Option<GoError>,
    /// Resources on the way that dynamic references look at.
    targets: Vec<Target<'v>>,
}

/// One schema applied to one value.
struct Frame<'a, 'v> {
    scope: Scope<'a, 'v>,
    node: &'v Node,
    unevaluated: Unevaluated,
    errors: Vec<ValidationError>,
}

impl Frame<'_, '_> {
    /// Reports whether the value is known to be refused, and nobody wants to know more.
    fn is_settled(&self) -> bool {
        self.scope.quiet && !self.errors.is_empty()
    }

    fn note(&mut self, result: Result<(), ValidationError>) {
        if let Err(error) = result {
            self.errors.push(error);
        }
    }
}

impl<'v> Validator<'v> {
    /// Validates with a scope that has nothing above it.
    fn fresh(&mut self, scope: Scope<'_, 'v>) -> Result<(), ValidationError> {
        let outer = std::mem::take(&mut self.targets);
        let result = self.enter(scope, false).map(drop);
        self.targets = outer;
        result
    }

    /// Validates the value of a frame with another schema: what is evaluated there is evaluated here.
    fn same(
        &mut self,
        frame: &mut Frame<'_, 'v>,
        id: NodeId,
        keyword: &'static str,
        quiet: bool,
    ) -> Result<(), ValidationError> {
        let at = At { arena: frame.scope.at.arena, id };
        self.same_at(frame, at, keyword, quiet)
    }

    fn same_at(
        &mut self,
        frame: &mut Frame<'_, 'v>,
        at: At<'v>,
        keyword: &'static str,
        quiet: bool,
    ) -> Result<(), ValidationError> {
        let outer = &frame.scope;
        let scope =
            Scope { at, keyword, level: outer.level + 1, parent: Some(outer), quiet: outer.quiet || quiet, ..*outer };
        let left = self.enter(scope, !frame.unevaluated.is_empty())?;
        frame.unevaluated.merge(&left);
        Ok(())
    }

    /// Validates a value inside that of a frame.
    fn child(
        &mut self,
        frame: &Frame<'_, 'v>,
        id: NodeId,
        value: Instance<'_>,
        token: Token,
    ) -> Result<(), ValidationError> {
        let outer = &frame.scope;
        match self.tokens.get_mut(outer.depth) {
            Some(place) => *place = token,
            None => self.tokens.push(token),
        }
        let at = At { arena: outer.at.arena, id };
        let (level, depth) = (outer.level + 1, outer.depth + 1);
        let scope = Scope { at, keyword: "", level, parent: Some(outer), value, depth, ..*outer };
        let result = self.enter(scope, false).map(drop);
        if self.late && outer.depth >= FIRST_TOKENS && outer.depth.is_power_of_two() {
            return result.map_err(|mut error| {
                error.settle(&self.tokens, outer.depth);
                error
            });
        }
        result
    }

    /// Applies a schema. Returns what no keyword has evaluated, if that was tracked.
    fn enter(&mut self, mut scope: Scope<'_, 'v>, tracked: bool) -> Result<Unevaluated, ValidationError> {
        self.count(&scope);
        let Some(node) = scope.at.node() else { return Err(ValidationError::unseen()) };
        if self.fault.is_some() {
            return Err(ValidationError::unseen());
        }
        if let Some(fixed) = node.fixed {
            return if fixed {
                Ok(Unevaluated::from(scope.value, node, tracked))
            } else {
                Err(self.error(&scope, Kind::FalseSchema))
            };
        }
        if let Some(other) = scope.cycle() {
            return Err(self.cycle(&scope, other));
        }
        let unevaluated = Unevaluated::from(scope.value, node, tracked);
        let targets = self.targets.len();
        self.targets.extend(scope.target().filter(|t| self.targets.iter().all(|other| other.resource != t.resource)));
        let node = self.switch_dialect(&mut scope).unwrap_or(node);
        let result = self.run(Frame { scope, node, unevaluated, errors: Vec::new() });
        self.targets.truncate(targets);
        result
    }

    /// Counts a step, and stops everything when there are too many.
    fn count(&mut self, scope: &Scope<'_, '_>) {
        match self.steps.checked_sub(1) {
            Some(left) => self.steps = left,
            None => {
                let text = format!("validation against the schema takes more than {STEP_LIMIT} steps");
                self.fault.get_or_insert(GoError::new(text));
            }
        }
        if scope.level > DEPTH_LIMIT {
            let text = format!("schemas are applied more than {DEPTH_LIMIT} levels inside each other");
            self.fault.get_or_insert(GoError::new(text));
        }
    }

    /// Goes over to the metaschema of a resource that has a dialect of its own.
    fn switch_dialect(&self, scope: &mut Scope<'_, 'v>) -> Option<&'v Node> {
        if self.dialects.is_empty() || scope.meta != Some(scope.at) || scope.parent.is_none() {
            return None;
        }
        let arena = self.dialects.get(&scope.value.identity()?)?;
        let at = At { arena, id: 0 };
        scope.at = at;
        scope.meta = Some(at);
        at.node()
    }

    fn run(&mut self, mut frame: Frame<'_, 'v>) -> Result<Unevaluated, ValidationError> {
        let shape = frame.scope.value.shape();
        self.exclusive(&frame, shape)?;
        let node = frame.node;
        if let Some(target) = node.reference {
            let result = self.reference(&mut frame, target, "$ref");
            if node.draft < crate::Draft::D2019 {
                return result.map(|()| frame.unevaluated);
            }
            frame.note(result);
        }
        match shape {
            Shape::Object(members) => self.object(&mut frame, members),
            Shape::Array(items) => self.array(&mut frame, items),
            Shape::Text(text) => self.text(&mut frame, text),
            Shape::Number(number) => self.number(&mut frame, number),
            _ => {}
        }
        if !frame.is_settled() {
            self.dynamic_references(&mut frame);
            self.logic(&mut frame);
            self.unevaluated(&mut frame, shape);
        }
        match frame.errors.len() {
            0 => Ok(frame.unevaluated),
            1 => Err(frame.errors.pop().unwrap_or_else(ValidationError::unseen)),
            _ => Err(self.error_because(&frame.scope, Kind::Group, frame.errors)),
        }
    }

    /// Checks the keywords whose error is the only one: type, const, enum, format.
    fn exclusive(&mut self, frame: &Frame<'_, 'v>, shape: Shape<'_>) -> Result<(), ValidationError> {
        let (scope, node) = (&frame.scope, frame.node);
        let (own, name) = match type_of(shape) {
            Ok(found) => found,
            Err(go_type) => return Err(self.error(scope, Kind::Foreign(go_type))),
        };
        if !node.types.is_empty() && !node.types.has(own) {
            let is_integer = |n: Numeric<'_>| n.number().is_some_and(|n| n.is_integer());
            let fits = matches!(shape, Shape::Number(n) if node.types.has(Types::INTEGER) && is_integer(n));
            if !fits {
                return Err(self.error(scope, Kind::Type { got: name, want: node.types }));
            }
        }
        if let Some(want) = &node.constant {
            match equal::equal(scope.value, Instance::Doc(want)) {
                Ok(true) => {}
                Ok(false) => return Err(self.error(scope, Kind::Const(want.clone()))),
                Err(go_type) => return Err(self.error(scope, Kind::Foreign(go_type))),
            }
        }
        if let Some(choices) = &node.choices {
            let mut matched = false;
            if choices.types.has(own) {
                for choice in &choices.values {
                    match equal::equal(scope.value, Instance::Doc(choice)) {
                        Ok(equal) => matched = equal,
                        Err(go_type) => return Err(self.error(scope, Kind::Foreign(go_type))),
                    }
                    if matched {
                        break;
                    }
                }
            }
            if !matched {
                return Err(self.error(scope, Kind::Enum(choices.clone())));
            }
        }
        self.format(frame, shape)
    }

    fn format(&mut self, frame: &Frame<'_, 'v>, shape: Shape<'_>) -> Result<(), ValidationError> {
        let (Some(format), Shape::Text(text)) = (frame.node.format, shape) else { return Ok(()) };
        match format.check(text) {
            Ok(()) => Ok(()),
            Err(reason) => {
                let mut got = Vec::new();
                crate::english::append_quoted(&mut got, text);
                let error = FormatError { got, format: format.name, reason };
                Err(self.error(&frame.scope, Kind::Format(Box::new(error))))
            }
        }
    }
}

/// Returns the JSON type of a value and its name, or the Go type of what is no JSON.
fn type_of(shape: Shape<'_>) -> Result<(Types, &'static str), &'static str> {
    Ok(match shape {
        Shape::Null => (Types::NULL, "null"),
        Shape::Bool(_) => (Types::BOOLEAN, "boolean"),
        Shape::Number(_) => (Types::NUMBER, "number"),
        Shape::Text(_) => (Types::STRING, "string"),
        Shape::Array(_) => (Types::ARRAY, "array"),
        Shape::Object(_) => (Types::OBJECT, "object"),
        Shape::Foreign(go_type) => return Err(go_type),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{compile, loader::NoLoader, parse};

    #[test]
    fn work_that_doubles_with_each_line_ends() {
        let mut schema = String::from("{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
        for i in 0..60 {
            let next = format!("{{\"$ref\":\"#/$defs/d{}\"}}", i + 1);
            schema.push_str(&format!("\"d{i}\":{{\"allOf\":[{next},{next}]}},"));
        }
        schema.push_str("\"d60\":{\"minProperties\":1}}}");
        let arena = compile::schema(parse::parse(schema.as_bytes()).unwrap(), &mut NoLoader).unwrap();
        let answer = within(100_000, &arena, Instance::Name(b"x"), HashMap::new());
        assert_eq!(format!("{answer:?}"), "Err(validation against the schema takes more than 50000000 steps)");
    }
}
