//! Go's predefined functions (Go 1.27 `text/template/funcs.go`).

mod compare;
mod escape;
mod index;

use gostd::{GoError, Type, Value, fmt};

use crate::exec::{Operand, is_true};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Builtin {
    And,
    Call,
    Eq,
    Ge,
    Gt,
    Html,
    Index,
    Js,
    Le,
    Len,
    Lt,
    Ne,
    Not,
    Or,
    Print,
    Printf,
    Println,
    Slice,
    UrlQuery,
}

use Builtin::*;

const ALL: &[(&str, Builtin, &[Type], bool)] = &[
    ("and", And, &[Type::Reflect, Type::Reflect], true),
    ("call", Call, &[Type::Reflect, Type::Reflect], true),
    ("eq", Eq, &[Type::Reflect, Type::Reflect], true),
    ("ge", Ge, &[Type::Reflect, Type::Reflect], false),
    ("gt", Gt, &[Type::Reflect, Type::Reflect], false),
    ("html", Html, &[Type::Any], true),
    ("index", Index, &[Type::Reflect, Type::Reflect], true),
    ("js", Js, &[Type::Any], true),
    ("le", Le, &[Type::Reflect, Type::Reflect], false),
    ("len", Len, &[Type::Reflect], false),
    ("lt", Lt, &[Type::Reflect, Type::Reflect], false),
    ("ne", Ne, &[Type::Reflect, Type::Reflect], false),
    ("not", Not, &[Type::Reflect], false),
    ("or", Or, &[Type::Reflect, Type::Reflect], true),
    ("print", Print, &[Type::Any], true),
    ("printf", Printf, &[Type::String, Type::Any], true),
    ("println", Println, &[Type::Any], true),
    ("slice", Slice, &[Type::Reflect, Type::Reflect], true),
    ("urlquery", UrlQuery, &[Type::Any], true),
];

impl Builtin {
    pub fn names() -> impl Iterator<Item = Builtin> {
        ALL.iter().map(|(_, builtin, ..)| *builtin)
    }

    /// The table is in the order of the variants.
    pub fn name(self) -> &'static str {
        ALL[self as usize].0
    }

    pub fn signature(self) -> (&'static str, &'static [Type], bool) {
        let (name, _, params, variadic) = ALL[self as usize];
        (name, params, variadic)
    }

    /// Calls a builtin; `name` gives the text of the first argument, for `call`.
    ///
    /// # Errors
    /// Go's text, without `error calling …`.
    pub fn call(self, args: &[Operand], name: impl Fn() -> String) -> Result<Operand, GoError> {
        let truth = |truth: bool| Ok(Operand::concrete(Value::Bool(truth)));
        match self {
            Eq => truth(compare::equal(&args[0].value, &args[1..])?),
            Ne => truth(!compare::equal(&args[0].value, &args[1..2])?),
            Lt => truth(compare::less(&args[0].value, &args[1].value)?),
            Le => truth(compare::less_or_equal(&args[0].value, &args[1])?),
            Gt => truth(!compare::less_or_equal(&args[0].value, &args[1])?),
            Ge => truth(!compare::less(&args[0].value, &args[1].value)?),
            Not => truth(!is_true(&args[0].value)),
            Len => index::length(&args[0]).map(|n| Operand::concrete(Value::Int(n))),
            Index => index::index(args),
            Slice => index::slice(args),
            Call => Err(called(&args[0].value, &name())),
            And | Or => Ok(Operand::INVALID),
            Print | Println | Printf | Html | Js | UrlQuery => {
                let values: Vec<Value> = args.iter().map(|arg| arg.value.clone()).collect();
                Ok(Operand::concrete(Value::Str(self.text(&values)?.into())))
            }
        }
    }

    fn text(self, values: &[Value]) -> Result<Vec<u8>, GoError> {
        match self {
            Println => fmt::sprintln(values),
            Printf => match values.split_first() {
                Some((Value::Str(format), rest)) => fmt::try_sprintf(format, rest),
                _ => Ok(Vec::new()),
            },
            Html => escaped(values, escape::html),
            Js => escaped(values, escape::js),
            UrlQuery => escaped(values, escape::url_query),
            _ => fmt::sprint(values),
        }
    }
}

/// Escapes the text of some values; what comes out can be six times as long.
fn escaped(values: &[Value], escape: fn(&[u8]) -> Vec<u8>) -> Result<Vec<u8>, GoError> {
    let text = escape(&escape::text(values)?);
    gostd::limits::text(text.len())?;
    Ok(text)
}

/// Templates of charts have no function values, so every `call` fails.
fn called(value: &Value, name: &str) -> GoError {
    match value {
        Value::Nil => "call of nil".into(),
        value => format!("non-function {name} of type {}", value.go_type()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn the_table_is_in_the_order_of_names_and_variants() {
        assert!(ALL.is_sorted_by_key(|(name, ..)| *name));
        assert!(ALL.iter().enumerate().all(|(at, (_, builtin, ..))| *builtin as usize == at));
    }
}
