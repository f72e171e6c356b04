//! Calls: numbers and types of arguments, and what the function gives.

use gostd::{GoError, List, Map, Str, Type, Value};
use smallvec::SmallVec;

use super::command::Rest;
use super::operand::{Seen, is_true, underlying};
use super::{Exec, Frame, Operand, Outcome};
use crate::builtins::Builtin;
use crate::node::{ArgKind, At, Choice, Function};

/// The arguments of a call; most have few.
pub(crate) type Args = SmallVec<[Value; 4]>;

/// A name, parameter types, and whether the last repeats.
pub(super) type Signature = (&'static str, &'static [Type], bool);

impl Exec<'_> {
    /// Calls a function; `at` is the node that errors of the call are reported at.
    pub(super) fn function(
        &mut self,
        frame: &Frame<'_>,
        function: Function,
        at: At,
        rest: &mut Rest<'_>,
    ) -> Outcome<Operand> {
        match function {
            Function::Given(func) => {
                let func = frame.tree.parts.functions[func as usize];
                // Filled in place: the list is too large to be handed about.
                let mut args = Args::new();
                let signature = (func.name, func.params, func.variadic);
                self.each_arg(frame, signature, rest, |operand| args.push(operand.value))?;
                let result = (func.call)(self, &args);
                match result {
                    Ok(value) => {
                        self.made(frame, &value)?;
                        Ok(Operand::element(value, func.result == Type::Any))
                    }
                    Err(error) => Err(self.call_error(frame, at, func.name, error)),
                }
            }
            Function::Choice(choice) => self.choice(frame, choice, rest),
            Function::Builtin(builtin) => self.builtin(frame, builtin, at, rest),
        }
    }

    fn call_error(&self, frame: &Frame<'_>, at: At, name: &str, error: GoError) -> Box<GoError> {
        frame.at.set(at);
        let text = format!("error calling {name}: {}", error.text);
        self.failure(frame, &text, Some(error), None)
    }

    pub(super) fn method_result(
        &self,
        frame: &Frame<'_>,
        at: At,
        name: &Str,
        result: Result<Value, GoError>,
    ) -> Outcome<Operand> {
        result.map(Operand::concrete).map_err(|error| self.call_error(frame, at, &name.to_text(), error))
    }

    /// Returns an argument that is a text or a variable and fits as it is: half of all are, and need no more steps.
    #[inline]
    fn plain_arg(&self, frame: &Frame<'_>, param: Type, arg: u32) -> Option<Value> {
        let parts = &frame.tree.parts;
        let value = match &parts.args[arg as usize].kind {
            ArgKind::Str(literal) if matches!(param, Type::Any | Type::String) => {
                &parts.strings[*literal as usize].value
            }
            ArgKind::Variable(variable) if matches!(param, Type::Any) => {
                let variable = &parts.variables[*variable as usize];
                let held = &self.vars[frame.base + variable.slot? as usize];
                if held.seen != Seen::Concrete || !variable.fields.is_empty() || held.value.is_nil() {
                    return None;
                }
                &held.value
            }
            _ => return None,
        };
        frame.at.set(At::Arg(arg));
        Some(value.clone())
    }

    #[inline]
    fn check_count(&self, frame: &Frame<'_>, signature: Signature, rest: &Rest<'_>) -> Outcome<()> {
        let (_, params, variadic) = signature;
        let count = rest.args.len() + usize::from(rest.last.is_some());
        let fits = if variadic { count + 1 >= params.len() } else { count == params.len() };
        if fits { Ok(()) } else { Err(self.wrong_count(frame, signature, rest)) }
    }

    #[cold]
    fn wrong_count(&self, frame: &Frame<'_>, (name, params, variadic): Signature, rest: &Rest<'_>) -> Box<GoError> {
        let given = rest.args.len();
        if variadic {
            let text = format!("wrong number of args for {name}: want at least {} got {given}", params.len() - 1);
            return self.fail(frame, text);
        }
        let count = given + usize::from(rest.last.is_some());
        self.fail(frame, format!("wrong number of args for {name}: want {} got {count}", params.len()))
    }

    /// Evaluates the arguments of a call with Go's checks.
    pub(super) fn method_args(
        &mut self,
        frame: &Frame<'_>,
        signature: Signature,
        rest: &mut Rest<'_>,
    ) -> Outcome<Args> {
        let mut args = Args::new();
        self.each_arg(frame, signature, rest, |operand| args.push(operand.value))?;
        Ok(args)
    }

    fn each_arg(
        &mut self,
        frame: &Frame<'_>,
        signature: Signature,
        rest: &mut Rest<'_>,
        mut push: impl FnMut(Operand),
    ) -> Outcome<()> {
        self.check_count(frame, signature, rest)?;
        let (_, params, _) = signature;
        let param = |at: usize| params.get(at).or(params.last()).copied().unwrap_or(Type::Any);
        for (at, arg) in (rest.args.start..rest.args.end).enumerate() {
            match self.plain_arg(frame, param(at), arg) {
                Some(value) => push(Operand::concrete(value)),
                None => push(self.arg(frame, Some(param(at)), arg, rest.dot)?),
            }
        }
        if let Some(last) = rest.last.take() {
            push(self.check_type(frame, last, Some(param(rest.args.len())))?);
        }
        Ok(())
    }

    /// Go's `validateType`.
    #[inline]
    pub(super) fn check_type(&self, frame: &Frame<'_>, operand: Operand, param: Option<Type>) -> Outcome<Operand> {
        match param {
            None => Ok(operand),
            Some(Type::Any) if !operand.value.is_nil() => Ok(operand),
            Some(param) => self.fitting(frame, operand, param),
        }
    }

    fn fitting(&self, frame: &Frame<'_>, operand: Operand, param: Type) -> Outcome<Operand> {
        if operand.is_invalid() {
            if param == Type::Any {
                return Ok(Operand::interface(Value::Nil));
            }
            if can_be_nil(param) {
                return Ok(Operand::concrete(nil_of(param)));
            }
            return Err(self.fail(frame, format!("invalid value; expected {}", param.name())));
        }
        if assignable(&operand.value, param) {
            return Ok(operand);
        }
        // A named list or map is assignable where the type without the name is asked for.
        if let Value::Object(_) = operand.value
            && let plain @ (Value::List(_) | Value::Map(_) | Value::Bytes(_)) = underlying(&operand.value)
            && assignable(&plain, param)
        {
            return Ok(Operand::concrete(plain));
        }
        let got = if operand.value.is_nil() { Type::Any.name() } else { operand.value.go_type() };
        let text = format!("wrong type for value; expected {}; got {got}", param.name());
        Err(self.fail(frame, text))
    }

    fn builtin(&mut self, frame: &Frame<'_>, builtin: Builtin, at: At, rest: &mut Rest<'_>) -> Outcome<Operand> {
        let signature = builtin.signature();
        let first = rest.args.split_first();
        let mut args: SmallVec<[Operand; 4]> = SmallVec::new();
        self.each_arg(frame, signature, rest, |operand| args.push(operand))?;
        let name = || match (first, args.first().map(|arg| &arg.value)) {
            (Some((arg, _)), _) => frame.tree.text_of(At::Arg(arg)),
            // As `reflect.Value.String` has it.
            (None, Some(Value::Str(text))) => text.to_text().into_owned(),
            (None, value) => format!("<{} Value>", value.map_or("invalid", Value::go_type)),
        };
        let result = builtin.call(&args, name).map_err(|error| self.call_error(frame, at, builtin.name(), error))?;
        self.made(frame, &result.value)?;
        Ok(result)
    }

    /// `and` and `or` stop at the first argument that decides.
    fn choice(&mut self, frame: &Frame<'_>, choice: Choice, rest: &mut Rest<'_>) -> Outcome<Operand> {
        self.check_count(frame, choice.builtin.signature(), rest)?;
        for slot in choice.slots.start..choice.slots.end {
            self.vars[frame.base + slot as usize] = Operand::UNDECLARED;
        }
        let mut value = Operand::INVALID;
        for arg in rest.args.start..rest.args.end {
            value = self.arg(frame, Some(Type::Reflect), arg, rest.dot)?;
            if is_true(&value.value) == (choice.builtin == Builtin::Or) {
                return Ok(value);
            }
        }
        match rest.last.take() {
            Some(last) => self.check_type(frame, last, Some(Type::Reflect)),
            None => Ok(value),
        }
    }
}

/// Go's `canBeNil`.
pub(super) fn can_be_nil(param: Type) -> bool {
    match param {
        Type::Bool | Type::Int | Type::Int64 | Type::Uint | Type::Float64 | Type::String => false,
        Type::Any | Type::Bytes | Type::ListAny | Type::ListString | Type::MapAny | Type::MapString => true,
        Type::Reflect | Type::Error => true,
        Type::Named(name) => name.starts_with(['*', '[']) || name.starts_with("map["),
    }
}

/// Go's `reflect.Zero` of a type that can be nil.
pub(super) fn nil_of(param: Type) -> Value {
    match param {
        Type::Bytes => Value::Bytes(Str::default()),
        Type::ListAny => Value::List(List::nil(Type::Any)),
        Type::ListString => Value::List(List::nil(Type::String)),
        // A nil map cannot be written to, which an empty one can: functions see nil itself.
        Type::MapAny => Value::Nil,
        Type::MapString => Value::Map(Map::of(gostd::value::MapType::STRINGS, Default::default())),
        _ => Value::Nil,
    }
}

/// Go's assignability, for a value that is not nil.
fn assignable(value: &Value, param: Type) -> bool {
    match param {
        Type::Any | Type::Reflect => true,
        Type::Bool => matches!(value, Value::Bool(_)),
        Type::Int => matches!(value, Value::Int(_)),
        Type::Int64 => matches!(value, Value::Int64(_)),
        Type::Uint => matches!(value, Value::Sized(gostd::value::IntKind::Uint, _)),
        Type::Float64 => matches!(value, Value::Float(_)),
        Type::String => matches!(value, Value::Str(_)),
        Type::Bytes => matches!(value, Value::Bytes(_)),
        Type::ListAny => matches!(value, Value::List(list) if list.element() == Type::Any),
        Type::ListString => matches!(value, Value::List(list) if list.element() == Type::String),
        Type::MapAny => matches!(value, Value::Map(map) if super::field::has_interface_elements(map)),
        Type::MapString => matches!(value, Value::Map(map) if map.go_type() == Type::MapString.name()),
        Type::Error => value.downcast::<GoError>().is_some(),
        Type::Named(name) => value.go_type() == name,
    }
}
