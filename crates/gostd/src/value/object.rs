//! Structs and pointers with fields and methods.

use std::any::Any;
use std::rc::Rc;

use super::{Type, Value};
use crate::GoError;

/// A method that a template can call.
pub struct Method {
    pub name: &'static str,
    /// Parameter types without the receiver; of a variadic method the last is the element type.
    pub params: &'static [Type],
    pub variadic: bool,
    /// The engine has checked number and types of the arguments.
    pub call: MethodCall,
}

/// The body of a method: the receiver and the arguments.
pub type MethodCall = fn(&Rc<dyn Object>, &[Value]) -> Result<Value, GoError>;

/// A Go struct or pointer, as a template sees it.
pub trait Object: 'static {
    /// Returns the name that `%T` prints, as `*common.Capabilities`.
    fn go_type(&self) -> &'static str;

    /// Returns an exported field.
    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    /// Returns the exported fields in their order of declaration, with their names in JSON (for `toJson`, `%+v`).
    fn fields(&self) -> Vec<(&'static str, &'static str, Value)> {
        Vec::new()
    }

    /// Returns the methods that a template can call.
    fn methods(&self) -> &'static [Method] {
        &[]
    }

    /// Returns what `String()` or `Error()` returns, where the type has one.
    fn display(&self) -> Option<String> {
        None
    }

    /// Returns the methods that only a pointer to the struct has: callable where Go could take its address.
    fn pointer_methods(&self) -> &'static [Method] {
        &[]
    }

    /// Returns what `String()` of a pointer to the struct returns, where the struct itself has none: an action prints
    /// it so where Go could take its address.
    fn pointer_display(&self) -> Option<String> {
        None
    }

    /// Returns what `GoString()` returns, which `%#v` prints, where the type has one.
    fn go_string(&self) -> Option<String> {
        None
    }

    /// Returns what `MarshalJSON` gives, as JSON text, where the type has one.
    fn json(&self) -> Option<String> {
        None
    }

    /// Returns the underlying value of a named map, list or number type (`.Files`, `VersionSet`, `time.Duration`);
    /// `None` for a struct.
    fn underlying(&self) -> Option<Value> {
        None
    }

    fn as_any(&self) -> &dyn Any;
}
