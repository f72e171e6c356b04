//! Go types, as far as signatures and error texts name them.

/// The integer types that are neither `int` nor `int64`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IntKind {
    Int8,
    Int16,
    Int32,
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
}

impl IntKind {
    pub fn name(self) -> &'static str {
        match self {
            IntKind::Int8 => "int8",
            IntKind::Int16 => "int16",
            IntKind::Int32 => "int32",
            IntKind::Uint => "uint",
            IntKind::Uint8 => "uint8",
            IntKind::Uint16 => "uint16",
            IntKind::Uint32 => "uint32",
            IntKind::Uint64 => "uint64",
        }
    }

    pub fn is_unsigned(self) -> bool {
        !matches!(self, IntKind::Int8 | IntKind::Int16 | IntKind::Int32)
    }
}

/// A parameter, result or element type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    /// `interface {}`.
    Any,
    Bool,
    Int,
    Int64,
    Uint,
    Float64,
    String,
    /// `[]byte`.
    Bytes,
    /// `[]interface {}`.
    ListAny,
    /// `[]string`.
    ListString,
    /// `map[string]interface {}`.
    MapAny,
    /// `map[string]string`.
    MapString,
    /// `reflect.Value`: Go's own builtins see the value undisturbed.
    Reflect,
    /// `error`.
    Error,
    /// A named type, as `time.Time`, `time.Duration`, `sprig.certificate`: the name is what error texts print.
    Named(&'static str),
}

impl Type {
    /// `uint32`, which one function takes.
    pub const UINT32: Type = Type::Named("uint32");

    /// `time.Duration`, an integer to template literals.
    pub const DURATION: Type = Type::Named("time.Duration");

    pub fn name(self) -> &'static str {
        match self {
            Type::Any => "interface {}",
            Type::Bool => "bool",
            Type::Int => "int",
            Type::Int64 => "int64",
            Type::Uint => "uint",
            Type::Float64 => "float64",
            Type::String => "string",
            Type::Bytes => "[]uint8",
            Type::ListAny => "[]interface {}",
            Type::ListString => "[]string",
            Type::MapAny => "map[string]interface {}",
            Type::MapString => "map[string]string",
            Type::Reflect => "reflect.Value",
            Type::Error => "error",
            Type::Named(name) => name,
        }
    }

    /// Returns the name of the slice type with this element.
    pub fn slice_name(self) -> &'static str {
        match self {
            Type::Any => "[]interface {}",
            Type::Bool => "[]bool",
            Type::Int => "[]int",
            Type::Int64 => "[]int64",
            Type::Uint => "[]uint",
            Type::Float64 => "[]float64",
            Type::String => "[]string",
            Type::Bytes => "[][]uint8",
            Type::ListAny => "[][]interface {}",
            Type::ListString => "[][]string",
            Type::MapAny => "[]map[string]interface {}",
            Type::MapString => "[]map[string]string",
            Type::Reflect => "[]reflect.Value",
            Type::Error => "[]error",
            Type::Named(_) => "[]struct",
        }
    }
}
