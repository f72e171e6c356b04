//! Commands of a pipeline, and the words they are made of.

use gostd::{Str, Type, Value};

use super::field::element;
use super::look::descend;
use super::operand::Seen;
use super::{Exec, Frame, Operand, Outcome};
use crate::node::{ArgKind, At, Chain, Span, Variable};

/// What follows the first word of a command: the numbers of the words, dot, and what the command before it gave.
pub(super) struct Rest<'a> {
    pub args: Span,
    pub dot: &'a Operand,
    pub last: Option<Operand>,
}

impl<'a> Rest<'a> {
    pub fn none(dot: &'a Operand) -> Self {
        Rest { args: Span::EMPTY, dot, last: None }
    }

    pub fn is_none(&self) -> bool {
        self.args.is_empty() && self.last.is_none()
    }
}

impl Exec<'_> {
    /// Evaluates a command; `last` is what the command before it gave.
    pub(super) fn command(
        &mut self,
        frame: &Frame<'_>,
        command: u32,
        dot: &Operand,
        last: Option<Operand>,
    ) -> Outcome<Operand> {
        let parts = &frame.tree.parts;
        let words = parts.commands[command as usize].args;
        let Some((first, args)) = words.split_first() else { return Err(self.fail(frame, "empty command")) };
        let mut rest = Rest { args, dot, last };
        match &parts.args[first as usize].kind {
            ArgKind::Function(function) => {
                frame.at.set(At::Arg(first));
                self.function(frame, *function, At::Command(command), &mut rest)
            }
            ArgKind::Field(names) => {
                frame.at.set(At::Arg(first));
                self.fields(frame, first, dot, names.of(&parts.names), rest)
            }
            ArgKind::Variable(variable) => {
                frame.at.set(At::Arg(first));
                self.variable(frame, first, &parts.variables[*variable as usize], rest)
            }
            ArgKind::Chain(chain) => self.chain(frame, first, parts.chains[*chain as usize], rest),
            ArgKind::Pipe(pipe) => {
                self.not_a_function(frame, first, &rest)?;
                self.pipeline(frame, *pipe, dot)
            }
            _ => {
                frame.at.set(At::Arg(first));
                self.not_a_function(frame, first, &rest)?;
                self.constant(frame, first, dot)
            }
        }
    }

    fn chain(&mut self, frame: &Frame<'_>, arg: u32, chain: Chain, rest: Rest<'_>) -> Outcome<Operand> {
        let Chain { inner, names } = chain;
        frame.at.set(At::Arg(arg));
        let parts = &frame.tree.parts;
        if matches!(parts.args[inner as usize].kind, ArgKind::Nil) {
            let text = frame.tree.text_of(At::Arg(arg));
            return Err(self.fail(frame, format!("indirection through explicit nil in {text}")));
        }
        let receiver = self.arg(frame, None, inner, rest.dot)?;
        self.fields(frame, arg, &receiver, names.of(&parts.names), rest)
    }

    fn not_a_function(&self, frame: &Frame<'_>, first: u32, rest: &Rest<'_>) -> Outcome<()> {
        if rest.is_none() {
            return Ok(());
        }
        let text = frame.tree.text_of(At::Arg(first));
        Err(self.fail(frame, format!("can't give argument to non-function {text}")))
    }

    fn constant(&self, frame: &Frame<'_>, arg: u32, dot: &Operand) -> Outcome<Operand> {
        let parts = &frame.tree.parts;
        match &parts.args[arg as usize].kind {
            ArgKind::Dot => Ok(dot.clone()),
            ArgKind::Bool(truth) => Ok(Operand::concrete(Value::Bool(*truth))),
            ArgKind::Str(literal) => Ok(Operand::concrete(parts.strings[*literal as usize].value.clone())),
            ArgKind::Number(number) => {
                let number = &parts.numbers[*number as usize];
                match &number.ideal {
                    Some(value) => Ok(Operand::concrete(value.clone())),
                    None => Err(self.fail(frame, format!("{} overflows int", frame.tree.text_of(At::Arg(arg))))),
                }
            }
            ArgKind::Nil => Err(self.fail(frame, "nil is not a command")),
            _ => Err(self.fail(frame, "can't evaluate command")),
        }
    }

    fn variable(&mut self, frame: &Frame<'_>, arg: u32, variable: &Variable, rest: Rest<'_>) -> Outcome<Operand> {
        let slot = self.variable_slot(frame, variable)?;
        let value = self.vars[slot].clone();
        if variable.fields.is_empty() {
            self.not_a_function(frame, arg, &rest)?;
            return Ok(value);
        }
        self.fields(frame, arg, &value, variable.fields.of(&frame.tree.parts.names), rest)
    }

    fn variable_slot(&self, frame: &Frame<'_>, variable: &Variable) -> Outcome<usize> {
        let slot = variable.slot.map(|slot| frame.base + slot as usize).filter(|slot| self.is_declared(*slot));
        match slot.or_else(|| self.declared(frame, &variable.older)) {
            Some(slot) => Ok(slot),
            None => Err(self.fail(frame, format!("undefined variable: {}", variable.name.to_text()))),
        }
    }

    pub(super) fn is_declared(&self, slot: usize) -> bool {
        self.vars[slot].seen != Seen::Undeclared
    }

    /// Returns the youngest of some slots whose declaration was not skipped.
    pub(super) fn declared(&self, frame: &Frame<'_>, older: &[u32]) -> Option<usize> {
        older.iter().map(|slot| frame.base + *slot as usize).find(|slot| self.is_declared(*slot))
    }

    /// Walks fields; only the last can be a method with arguments.
    fn fields(
        &mut self,
        frame: &Frame<'_>,
        arg: u32,
        receiver: &Operand,
        names: &[Str],
        rest: Rest<'_>,
    ) -> Outcome<Operand> {
        let Some((end, path)) = names.split_last() else { return Ok(receiver.clone()) };
        if rest.is_none()
            && let Value::Map(map) = &receiver.value
            && let Some(found) = descend(map, names, |map, name| Some(element(map, name)))
        {
            return Ok(found);
        }
        let Some((first, path)) = path.split_first() else { return self.field(frame, arg, receiver, end, rest) };
        let mut receiver = self.field(frame, arg, receiver, first, Rest::none(rest.dot))?;
        for name in path {
            receiver = self.field(frame, arg, &receiver, name, Rest::none(rest.dot))?;
        }
        self.field(frame, arg, &receiver, end, rest)
    }

    /// Evaluates an argument for a parameter of a type; without a type, for what follows it.
    pub(super) fn arg(&mut self, frame: &Frame<'_>, param: Option<Type>, arg: u32, dot: &Operand) -> Outcome<Operand> {
        frame.at.set(At::Arg(arg));
        let parts = &frame.tree.parts;
        let mut rest = Rest::none(dot);
        let value = match &parts.args[arg as usize].kind {
            ArgKind::Dot => dot.clone(),
            ArgKind::Nil => return self.nil(frame, param),
            ArgKind::Field(names) => self.fields(frame, arg, dot, names.of(&parts.names), rest)?,
            ArgKind::Variable(variable) => self.variable(frame, arg, &parts.variables[*variable as usize], rest)?,
            ArgKind::Pipe(pipe) => self.pipeline(frame, *pipe, dot)?,
            ArgKind::Function(function) => self.function(frame, *function, At::Arg(arg), &mut rest)?,
            ArgKind::Chain(chain) => self.chain(frame, arg, parts.chains[*chain as usize], rest)?,
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
    fn literal(&self, frame: &Frame<'_>, param: Option<Type>, arg: u32, dot: &Operand) -> Outcome<Operand> {
        let parts = &frame.tree.parts;
        let kind = &parts.args[arg as usize].kind;
        let expected = |word: &str| {
            let text = frame.tree.text_of(At::Arg(arg));
            Err(self.fail(frame, format!("expected {word}; found {text}")))
        };
        let number = match kind {
            ArgKind::Number(number) => Some(parts.numbers[*number as usize].exact()),
            _ => None,
        };
        match param {
            None | Some(Type::Any | Type::Reflect) => self.constant(frame, arg, dot),
            Some(Type::Bool) => match kind {
                ArgKind::Bool(truth) => Ok(Operand::concrete(Value::Bool(*truth))),
                _ => expected("bool"),
            },
            Some(Type::String) => match kind {
                ArgKind::Str(literal) => Ok(Operand::concrete(parts.strings[*literal as usize].value.clone())),
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
                let text = frame.tree.text_of(At::Arg(arg));
                Err(self.fail(frame, format!("can't handle {text} for arg of type {}", other.name())))
            }
        }
    }
}
