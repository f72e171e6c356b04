//! `range`: over lists, maps and integers.

use gostd::time::Duration;
use gostd::{Str, Value, fmt};

use super::operand::{printable, underlying};
use super::walk::Flow;
use super::{Exec, Frame, Operand, Outcome};
use crate::node::Branch;

impl Exec<'_> {
    pub(super) fn range(&mut self, frame: &Frame<'_>, branch: &Branch, dot: &Operand) -> Outcome<Flow> {
        self.step(frame)?;
        let operand = self.pipeline(frame, branch.pipe, dot)?;
        let value = underlying(&operand.value);
        let ran = match &value {
            Value::Nil => false,
            Value::List(list) => {
                let interface = list.element() == gostd::Type::Any;
                let items = list.iter().enumerate();
                let pairs = items.map(|(at, item)| (Value::Int(at as i64), Operand::element(item.clone(), interface)));
                self.iterate(frame, branch, pairs)?
            }
            Value::Bytes(bytes) => {
                let byte = |b: &u8| Operand::concrete(Value::Sized(gostd::value::IntKind::Uint8, i64::from(*b)));
                let pairs = bytes.iter().enumerate().map(|(at, b)| (Value::Int(at as i64), byte(b)));
                self.iterate(frame, branch, pairs)?
            }
            Value::Map(map) => {
                // Go takes a copy of keys and values first: the body may change the map.
                let entries: Vec<(Str, Value)> = map.borrow().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
                let interface = super::field::has_interface_elements(map);
                let pairs = entries.into_iter().map(|(k, value)| (Value::Str(k), Operand::element(value, interface)));
                self.iterate(frame, branch, pairs)?
            }
            Value::Int(end) | Value::Int64(end) | Value::Sized(_, end) => {
                self.integers(frame, branch, &operand.value, *end)?
            }
            _ => {
                // The value that a pointer points to, without the methods of the pointer.
                let plain = Operand::concrete(operand.value);
                let text = shown(&printable(&plain).unwrap_or(plain.value));
                return Err(self.fail(frame, format!("range can't iterate over {text}")));
            }
        };
        if ran { Ok(Flow::Next) } else { self.walk_list(frame, branch.else_list, dot) }
    }

    fn integers(&mut self, frame: &Frame<'_>, branch: &Branch, value: &Value, end: i64) -> Outcome<bool> {
        if frame.tree.parts.pipes[branch.pipe as usize].decls.len() > 1 {
            let text = format!("can't use {} to iterate over more than one variable", shown(value));
            return Err(self.fail(frame, text));
        }
        let of_type = |n: i64| match value {
            Value::Int64(_) => Value::Int64(n),
            Value::Object(object) if object.as_any().is::<Duration>() => Value::object(Duration(n)),
            Value::Sized(kind, _) => Value::Sized(*kind, n),
            _ => Value::Int(n),
        };
        let unsigned = matches!(value, Value::Sized(kind, _) if kind.is_unsigned());
        let end = if unsigned { end as u64 } else { end.max(0) as u64 };
        self.iterate(frame, branch, (0..end).map(|n| (Value::Nil, Operand::concrete(of_type(n as i64)))))
    }

    /// Runs the body for every pair; returns whether there was one.
    fn iterate(
        &mut self,
        frame: &Frame<'_>,
        branch: &Branch,
        pairs: impl Iterator<Item = (Value, Operand)>,
    ) -> Outcome<bool> {
        let parts = &frame.tree.parts;
        let decls = parts.pipes[branch.pipe as usize].decls.of(&parts.decls);
        let mut ran = false;
        for (index, element) in pairs {
            ran = true;
            self.step(frame)?;
            match decls {
                [] => {}
                [only] => self.set_variable(frame, only, element.clone())?,
                [first, second, ..] => {
                    self.set_variable(frame, first, Operand::concrete(index))?;
                    self.set_variable(frame, second, element.clone())?;
                }
            }
            if self.walk_list(frame, branch.list, &element)? == Flow::Break {
                break;
            }
        }
        Ok(ran)
    }
}

fn shown(value: &Value) -> String {
    let mut text = Vec::new();
    match fmt::try_append_value(&mut text, value) {
        Ok(()) => String::from_utf8_lossy(&text).into_owned(),
        Err(error) => error.text,
    }
}
