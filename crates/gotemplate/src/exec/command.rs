//! Commands of a pipeline, and the words they are made of.

use gostd::{Str, Type, Value};

use super::operand::Seen;
use super::{Exec, Frame, Operand, Outcome};
use crate::node::{Arg, ArgKind, Command, Variable};

impl Exec<'_> {
    /// Evaluates a command; `last` is what the command before it gave.
    pub(super) fn command(
        &mut self,
        frame: &Frame<'_>,
        command: &Command,
        dot: &Operand,
        last: Option<Operand>,
    ) -> Outcome<Operand> {
        let (first, rest) = command.args.split_first().ok_or_else(|| self.fail(frame, "empty command"))?;
        match &first.kind {
            ArgKind::Function(function) => {
                frame.at.set(first.id);
                self.function(frame, *function, command.id, rest, (dot, last))
            }
            ArgKind::Field(names) => {
                frame.at.set(first.id);
                self.fields(frame, first.id, dot.clone(), names, rest, (dot, last))
            }
            ArgKind::Variable(variable) => {
                frame.at.set(first.id);
                self.variable(frame, first.id, variable, (first, rest), (dot, last))
            }
            ArgKind::Chain(inner, names) => {
                frame.at.set(first.id);
                if matches!(inner.kind, ArgKind::Nil) {
                    let text = frame.tree.text_of(crate::node::NodeRef::Arg(first));
                    return Err(self.fail(frame, format!("indirection through explicit nil in {text}")));
                }
                let receiver = self.arg(frame, None, inner, dot)?;
                self.fields(frame, first.id, receiver, names, rest, (dot, last))
            }
            ArgKind::Pipe(pipe) => {
                self.not_a_function(frame, first, rest, &last)?;
                self.pipeline(frame, pipe, dot)
            }
            _ => {
                frame.at.set(first.id);
                self.not_a_function(frame, first, rest, &last)?;
                self.constant(frame, first, dot)
            }
        }
    }

    fn not_a_function(&self, frame: &Frame<'_>, first: &Arg, rest: &[Arg], last: &Option<Operand>) -> Outcome<()> {
        if rest.is_empty() && last.is_none() {
            return Ok(());
        }
        let text = frame.tree.text_of(crate::node::NodeRef::Arg(first));
        Err(self.fail(frame, format!("can't give argument to non-function {text}")))
    }

    fn constant(&self, frame: &Frame<'_>, arg: &Arg, dot: &Operand) -> Outcome<Operand> {
        match &arg.kind {
            ArgKind::Dot => Ok(dot.clone()),
            ArgKind::Bool(truth) => Ok(Operand::concrete(Value::Bool(*truth))),
            ArgKind::Str(text, ..) => Ok(Operand::concrete(Value::Str(text.clone()))),
            ArgKind::Number(number) => match &number.ideal {
                Some(value) => Ok(Operand::concrete(value.clone())),
                None => Err(self.fail(frame, format!("{} overflows int", number.text))),
            },
            ArgKind::Nil => Err(self.fail(frame, "nil is not a command")),
            _ => Err(self.fail(frame, "can't evaluate command")),
        }
    }

    fn variable(
        &mut self,
        frame: &Frame<'_>,
        id: u32,
        variable: &Variable,
        (first, rest): (&Arg, &[Arg]),
        (dot, last): (&Operand, Option<Operand>),
    ) -> Outcome<Operand> {
        let value = self.variable_value(frame, variable)?;
        if variable.fields.is_empty() {
            self.not_a_function(frame, first, rest, &last)?;
            return Ok(value);
        }
        self.fields(frame, id, value, &variable.fields, rest, (dot, last))
    }

    fn variable_value(&self, frame: &Frame<'_>, variable: &Variable) -> Outcome<Operand> {
        let slot = variable.slot.map(|slot| frame.base + slot).filter(|slot| self.is_declared(*slot));
        match slot.or_else(|| self.declared(frame, &variable.older)) {
            Some(slot) => Ok(self.vars[slot].clone()),
            None => Err(self.fail(frame, format!("undefined variable: {}", variable.name.to_text()))),
        }
    }

    pub(super) fn is_declared(&self, slot: usize) -> bool {
        self.vars[slot].seen != Seen::Undeclared
    }

    /// Returns the youngest of some slots whose declaration was not skipped.
    pub(super) fn declared(&self, frame: &Frame<'_>, older: &[usize]) -> Option<usize> {
        older.iter().map(|slot| frame.base + slot).find(|slot| self.is_declared(*slot))
    }

    /// Walks fields; only the last can be a method with arguments.
    fn fields(
        &mut self,
        frame: &Frame<'_>,
        id: u32,
        receiver: Operand,
        names: &[Str],
        rest: &[Arg],
        (dot, last): (&Operand, Option<Operand>),
    ) -> Outcome<Operand> {
        let Some((end, path)) = names.split_last() else { return Ok(receiver) };
        let mut receiver = receiver;
        for name in path {
            receiver = self.field(frame, id, &receiver, name, &[], (dot, None))?;
        }
        self.field(frame, id, &receiver, end, rest, (dot, last))
    }

    /// Evaluates an argument for a parameter of a type; without a type, for what follows it.
    pub(super) fn arg(&mut self, frame: &Frame<'_>, param: Option<Type>, arg: &Arg, dot: &Operand) -> Outcome<Operand> {
        frame.at.set(arg.id);
        let value = match &arg.kind {
            ArgKind::Dot => dot.clone(),
            ArgKind::Nil => return self.nil(frame, param),
            ArgKind::Field(names) => self.fields(frame, arg.id, dot.clone(), names, &[], (dot, None))?,
            ArgKind::Variable(variable) => self.variable(frame, arg.id, variable, (arg, &[]), (dot, None))?,
            ArgKind::Pipe(pipe) => self.pipeline(frame, pipe, dot)?,
            ArgKind::Function(function) => self.function(frame, *function, arg.id, &[], (dot, None))?,
            ArgKind::Chain(inner, names) => {
                if matches!(inner.kind, ArgKind::Nil) {
                    let text = frame.tree.text_of(crate::node::NodeRef::Arg(arg));
                    return Err(self.fail(frame, format!("indirection through explicit nil in {text}")));
                }
                let receiver = self.arg(frame, None, inner, dot)?;
                self.fields(frame, arg.id, receiver, names, &[], (dot, None))?
            }
            _ => return self.literal(frame, param, arg, dot),
        };
        self.check_type(frame, value, param)
    }

    fn nil(&self, frame: &Frame<'_>, param: Option<Type>) -> Outcome<Operand> {
        match param {
            Some(Type::Any) => Ok(Operand::interface(Value::Nil)),
            Some(param) if super::call::can_be_nil(param) => Ok(Operand::concrete(super::call::nil_of(param))),
            Some(param) => Err(self.fail(frame, format!("cannot assign nil to {}", param.name()))),
            None => Ok(Operand::INVALID),
        }
    }

    /// Makes a literal the type that the parameter asks for.
    fn literal(&self, frame: &Frame<'_>, param: Option<Type>, arg: &Arg, dot: &Operand) -> Outcome<Operand> {
        let expected = |word: &str| {
            let text = frame.tree.text_of(crate::node::NodeRef::Arg(arg));
            Err(self.fail(frame, format!("expected {word}; found {text}")))
        };
        let number = match &arg.kind {
            ArgKind::Number(number) => Some(number),
            _ => None,
        };
        match param {
            None | Some(Type::Any | Type::Reflect) => self.constant(frame, arg, dot),
            Some(Type::Bool) => match arg.kind {
                ArgKind::Bool(truth) => Ok(Operand::concrete(Value::Bool(truth))),
                _ => expected("bool"),
            },
            Some(Type::String) => match &arg.kind {
                ArgKind::Str(text, ..) => Ok(Operand::concrete(Value::Str(text.clone()))),
                _ => expected("string"),
            },
            Some(Type::Int) => match number.and_then(|n| n.int) {
                Some(int) => Ok(Operand::concrete(Value::Int(int))),
                None => expected("integer"),
            },
            Some(Type::Int64) => match number.and_then(|n| n.int) {
                Some(int) => Ok(Operand::concrete(Value::Int64(int))),
                None => expected("integer"),
            },
            Some(Type::Uint) => match number.and_then(|n| n.uint) {
                Some(uint) => Ok(Operand::concrete(Value::Sized(gostd::value::IntKind::Uint, uint as i64))),
                None => expected("unsigned integer"),
            },
            Some(Type::UINT32) => match number.and_then(|n| n.uint) {
                // As in Go, what does not fit loses its high bits.
                Some(uint) => {
                    Ok(Operand::concrete(Value::Sized(gostd::value::IntKind::Uint32, i64::from(uint as u32))))
                }
                None => expected("unsigned integer"),
            },
            Some(Type::DURATION) => match number.and_then(|n| n.int) {
                Some(int) => Ok(Operand::concrete(Value::object(gostd::time::Duration(int)))),
                None => expected("integer"),
            },
            Some(Type::Float64) => match number.and_then(|n| n.float) {
                Some(float) => Ok(Operand::concrete(Value::Float(float))),
                None => expected("float"),
            },
            Some(other) => {
                let text = frame.tree.text_of(crate::node::NodeRef::Arg(arg));
                Err(self.fail(frame, format!("can't handle {text} for arg of type {}", other.name())))
            }
        }
    }
}
