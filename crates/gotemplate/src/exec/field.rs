//! Fields: keys of maps, fields of structs, methods.

use gostd::value::Method;
use gostd::{Map, Object, Str, Value};

use super::command::Rest;
use super::operand::Seen;
use super::{Exec, Frame, Operand, Outcome};
use crate::node::At;

impl Exec<'_> {
    /// Evaluates `receiver.name`; methods get the arguments.
    pub(super) fn field(
        &mut self,
        frame: &Frame<'_>,
        arg: u32,
        receiver: &Operand,
        name: &Str,
        mut rest: Rest<'_>,
    ) -> Outcome<Operand> {
        let has_args = !rest.is_none();
        match &receiver.value {
            Value::Map(map) if map.map_type().methods.is_empty() => self.key(frame, map, name, has_args),
            Value::Map(map) => match map.map_type().methods.iter().find(|m| *name == m.name) {
                Some(method) => {
                    let args = self.method_args(frame, (method.name, method.params, false), &mut rest)?;
                    let result = (method.call)(map, &args);
                    self.method_result(frame, At::Arg(arg), name, result)
                }
                None => self.key(frame, map, name, has_args),
            },
            Value::Object(object) => match method(object.as_ref(), receiver.seen, name) {
                Some(method) => {
                    let signature = (method.name, method.params, method.variadic);
                    let args = self.method_args(frame, signature, &mut rest)?;
                    let result = (method.call)(object, &args);
                    self.method_result(frame, At::Arg(arg), name, result)
                }
                None => self.object_field(frame, receiver, name, has_args),
            },
            Value::Nil if !receiver.is_interface() => Ok(Operand::INVALID),
            Value::Nil => {
                let text = format!("nil pointer evaluating interface {{}}.{}", name.to_text());
                Err(self.failure(frame, &text, None, Some(nothing_there(frame, name))))
            }
            _ => Err(self.no_field(frame, receiver, name)),
        }
    }

    fn key(&self, frame: &Frame<'_>, map: &Map, name: &Str, has_args: bool) -> Outcome<Operand> {
        if has_args {
            return Err(self.fail(frame, format!("{} is not a method but has arguments", name.to_text())));
        }
        Ok(element(map, name))
    }

    fn object_field(&self, frame: &Frame<'_>, receiver: &Operand, name: &Str, has_args: bool) -> Outcome<Operand> {
        let Value::Object(object) = &receiver.value else { return Err(self.no_field(frame, receiver, name)) };
        if let Some(Value::Map(map)) = object.underlying() {
            return self.key(frame, &map, name, has_args);
        }
        let Some(value) = name.to_utf8().and_then(|name| object.field(name)) else {
            if object.fields().iter().any(|(field, ..)| *name == *field) {
                let name = name.to_text();
                let text = format!("{name} is an unexported field of struct type {}", receiver.go_type());
                return Err(self.fail(frame, text));
            }
            return Err(self.no_field(frame, receiver, name));
        };
        if has_args {
            let text = format!("{} has arguments but cannot be invoked as function", name.to_text());
            return Err(self.fail(frame, text));
        }
        let addressable = receiver.seen == Seen::Addressable || object.go_type().starts_with('*');
        Ok(Operand { value, seen: if addressable { Seen::Addressable } else { Seen::Concrete } })
    }

    fn no_field(&self, frame: &Frame<'_>, receiver: &Operand, name: &Str) -> Box<gostd::GoError> {
        let text = format!("can't evaluate field {} in type {}", name.to_text(), receiver.go_type());
        self.failure(
            frame,
            &text,
            None,
            Some(format!("the value before .{} is {}", name.to_text(), shown(&receiver.value))),
        )
    }
}

/// A field of a struct that has an address has the methods of pointers too.
fn method(object: &dyn Object, seen: Seen, name: &Str) -> Option<&'static Method> {
    let own = object.methods().iter().find(|m| *name == m.name);
    let of_pointer = || object.pointer_methods().iter().find(|m| *name == m.name);
    own.or_else(|| if seen == Seen::Addressable { of_pointer() } else { None })
}

/// Returns the element of a map, or what Go has for a missing one: the zero value of the element type.
pub(crate) fn element(map: &Map, key: &[u8]) -> Operand {
    let interface = has_interface_elements(map);
    match map.get(key) {
        Some(value) => Operand::element(value, interface),
        None if interface => Operand::interface(Value::Nil),
        None if map.go_type() == "map[string]string" => Operand::concrete(Value::Str(Str::default())),
        None => Operand::concrete(Value::Bytes(Str::default())),
    }
}

/// Maps with elements of one type are those that Go code makes: annotations, files.
pub(crate) fn has_interface_elements(map: &Map) -> bool {
    !matches!(map.go_type(), "map[string]string" | "map[string][]uint8")
}

fn nothing_there(frame: &Frame<'_>, name: &Str) -> String {
    let _ = frame;
    format!("there is nothing to take .{} of: the value before it is missing or null", name.to_text())
}

/// Longest value that a diagnostic shows.
const SHOWN_CHARS: usize = 60;

fn shown(value: &Value) -> String {
    let mut text = Vec::new();
    if gostd::fmt::try_append_value(&mut text, value).is_err() {
        return value.go_type().to_string();
    }
    let text = String::from_utf8_lossy(&text);
    let cut: String = text.chars().take(SHOWN_CHARS).collect();
    let more = if cut.len() < text.len() { "…" } else { "" };
    format!("{cut}{more} ({})", value.go_type())
}
