//! Looks at the value of a pipeline where it lies: most print or test a field or a variable, and need no copy of it.

use gostd::{Map, Str, Value};

use super::field::has_interface_elements;
use super::operand::Seen;
use super::{Frame, Operand};
use crate::node::ArgKind;

/// Names that are walked at once at most: each takes some stack.
const DESCENT: usize = 32;

/// Calls `see` with the value of a pipeline that is a single field or variable; `None` where it is anything else, where
/// the fields are not just keys of maps, or where `see` says so. Nothing has happened then.
pub(super) fn look<R>(
    vars: &[Operand],
    frame: &Frame<'_>,
    pipe: u32,
    dot: &Operand,
    see: impl FnOnce(&Value) -> Option<R>,
) -> Option<R> {
    let parts = &frame.tree.parts;
    let pipe = &parts.pipes[pipe as usize];
    let commands = pipe.commands.of(&parts.commands);
    let ([command], true) = (commands, pipe.decls.is_empty()) else { return None };
    let [word] = command.args.of(&parts.args) else { return None };
    match &word.kind {
        ArgKind::Dot => see(&dot.value),
        ArgKind::Field(names) => see_field(dot, names.of(&parts.names), see),
        ArgKind::Variable(variable) => {
            let variable = &parts.variables[*variable as usize];
            let value = &vars[frame.base + variable.slot? as usize];
            match variable.fields {
                _ if value.seen == Seen::Undeclared => None,
                fields if fields.is_empty() => see(&value.value),
                fields => see_field(value, fields.of(&parts.names), see),
            }
        }
        _ => None,
    }
}

fn see_field<R>(receiver: &Operand, names: &[Str], see: impl FnOnce(&Value) -> Option<R>) -> Option<R> {
    match &receiver.value {
        Value::Map(map) => descend(map, names, |map, name| match map.borrow().get(name.as_bytes()) {
            Some(value) => see(value),
            None if has_interface_elements(map) => see(&Value::Nil),
            None => None,
        }),
        _ => None,
    }
}

/// Walks keys of maps without methods up to the last, without copies of what lies between; `None` where something else
/// is met.
pub(super) fn descend<R>(map: &Map, names: &[Str], last: impl FnOnce(&Map, &Str) -> Option<R>) -> Option<R> {
    let (name, rest) = names.split_first()?;
    if !map.map_type().methods.is_empty() || rest.len() > DESCENT {
        return None;
    }
    if rest.is_empty() {
        return last(map, name);
    }
    match map.borrow().get(name.as_bytes()) {
        Some(Value::Map(inner)) => descend(inner, rest, last),
        _ => None,
    }
}
