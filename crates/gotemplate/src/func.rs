//! What a template function is.

use gostd::{GoError, Type, Value};

use crate::exec::Exec;

/// A function that templates can call.
///
/// Tables of these are `static` and sorted by name; parsing binds each call to its entry. Before a call the engine
/// checks the number of arguments and their types by `params` exactly as Go's reflection does, converts literals, and
/// reports `wrong number of args for F: want N got M` and `wrong type for value; expected T; got U` itself; a body can
/// then rely on the variant that the parameter type names (a nil `interface {}` is [`Value::Nil`]).
pub struct Func {
    pub name: &'static str,
    /// Parameter types; of a variadic function the last is the element type and repeats.
    pub params: &'static [Type],
    pub variadic: bool,
    /// The static result type, as far as Go's checks depend on it.
    pub result: Type,
    pub call: Call,
}

/// The body. An error becomes `error calling NAME: TEXT`; a Go panic in the original is an error here too.
pub type Call = fn(&mut Exec<'_>, &[Value]) -> Result<Value, GoError>;
