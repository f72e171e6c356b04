//! `range`: over lists, maps and integers.

use gostd::{Str, Value, fmt};

use super::operand::underlying;
use super::walk::Flow;
use super::{Exec, Frame, Operand, Outcome};
use crate::node::Branch;

impl Exec<'_> {
    pub(super) fn range(&mut self, frame: &Frame<'_>, branch: &Branch, dot: &Operand) -> Outcome<Flow> {
        self.step(frame)?;
        frame.at.set(branch.id);
        let value = underlying(&self.pipeline(frame, &branch.pipe, dot)?.value);
        let ran = match &value {
            Value::Nil => false,
            Value::List(list) => {
                let interface = list.element() == gostd::Type::Any;
                let items = list.iter().enumerate();
                let pairs = items.map(|(at, item)| (Value::Int(at as i64), Operand { value: item.clone(), interface }));
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
                let pairs = entries.into_iter().map(|(k, value)| (Value::Str(k), Operand { value, interface }));
                self.iterate(frame, branch, pairs)?
            }
            Value::Int(end) | Value::Int64(end) | Value::Sized(_, end) => self.integers(frame, branch, &value, *end)?,
            other => {
                let mut text = Vec::new();
                let shown = fmt::try_append_value(&mut text, other);
                let text = shown.map(|()| String::from_utf8_lossy(&text).into_owned()).unwrap_or_else(|e| e.text);
                return Err(self.fail(frame, format!("range can't iterate over {text}")));
            }
        };
        match &branch.else_list {
            Some(list) if !ran => self.walk_list(frame, list, dot),
            _ => Ok(Flow::Next),
        }
    }

    fn integers(&mut self, frame: &Frame<'_>, branch: &Branch, value: &Value, end: i64) -> Outcome<bool> {
        if branch.pipe.decl.len() > 1 {
            let text = format!("can't use {end} to iterate over more than one variable");
            return Err(self.fail(frame, text));
        }
        let of_type = |n: i64| match value {
            Value::Int64(_) => Value::Int64(n),
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
        let mut ran = false;
        for (index, element) in pairs {
            ran = true;
            self.step(frame)?;
            match branch.pipe.decl.as_slice() {
                [] => {}
                [only] => self.set_variable(frame, only, element.clone())?,
                [first, second, ..] => {
                    self.set_variable(frame, first, Operand::concrete(index))?;
                    self.set_variable(frame, second, element.clone())?;
                }
            }
            if self.walk_list(frame, &branch.list, &element)? == Flow::Break {
                break;
            }
        }
        Ok(ran)
    }
}
