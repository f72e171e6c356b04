//! Go types to decode into, as data: what `json.Unmarshal` checks against and names in its errors.

/// A Go type as a decoding target.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// `interface {}`.
    Any,
    Bool,
    String,
    Int,
    Float64,
    /// `time.Time`.
    Time,
    /// A slice, or a pointer-element slice: the element, and the slice's Go type name (`[]*v2.Dependency`).
    List(&'static Shape, &'static str),
    /// A map with string keys: the value's shape, and the map's Go type name (`map[string]string`).
    Map(&'static Shape, &'static str),
    /// A struct or a pointer to one: its fields, and its Go type name (`v2.Metadata`).
    Struct(&'static [Field], &'static str),
}

/// A field of a struct: its name in JSON (matched without regard to case, an exact match first), and its shape.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub shape: Shape,
}
