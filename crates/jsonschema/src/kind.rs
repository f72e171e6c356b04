//! What is wrong with a value: one kind per keyword, with its text.

use std::rc::Rc;

use gostd::value::Str;

use crate::doc::Doc;
use crate::english::{append_list, append_quoted, float, integer};
use crate::link;
use crate::node::{Choices, Types};

/// A kind of error and what its text says.
#[derive(Clone)]
pub enum Kind {
    /// The outermost error: the location of the schema.
    Schema(Box<str>),
    /// Several errors at one place.
    Group,
    /// `$ref`, `$recursiveRef` or `$dynamicRef`, when its target has several errors.
    Reference(&'static str),
    /// Two ways lead from a value to itself.
    ReferenceCycle(Box<Cycle>),
    FalseSchema,
    /// No JSON; the Go type.
    Foreign(&'static str),
    Type {
        got: &'static str,
        want: Types,
    },
    Enum(Rc<Choices>),
    Const(Rc<Doc>),
    Format(Box<FormatError>),
    Not,
    AllOf,
    AnyOf,
    /// None matched, or these two did.
    OneOf(Option<(usize, usize)>),
    /// A count out of bounds: the keyword, what there is, the bound.
    Count(&'static str, usize, i64),
    /// A number out of bounds.
    Bound(&'static str, f64, f64),
    Required(Vec<Str>),
    /// What is missing because of the member.
    Dependency(Box<str>, Vec<Str>),
    AdditionalProperties(Vec<Str>),
    /// The name, and how deep its object is.
    PropertyName(Str, usize),
    UniqueItems(usize, usize),
    AdditionalItems(usize),
    Contains,
    /// The items that match, and how many must.
    MinContains(Vec<usize>, i64),
    MaxContains(Vec<usize>, i64),
    Pattern(Box<[u8]>, Rc<str>),
    /// More than this many errors.
    TooMany(usize),
    /// Nobody will see it.
    Unseen,
}

#[derive(Clone)]
pub struct Cycle {
    pub url: String,
    pub first: String,
    pub second: String,
}

#[derive(Clone)]
pub struct FormatError {
    pub got: Vec<u8>,
    pub format: &'static str,
    pub reason: String,
}

impl Kind {
    /// Returns the keyword that refuses the value; empty when none does.
    pub fn keyword(&self) -> &'static str {
        match self {
            Kind::Schema(_) | Kind::Group | Kind::FalseSchema | Kind::Foreign(_) | Kind::TooMany(_) | Kind::Unseen => {
                ""
            }
            Kind::Reference(keyword) | Kind::Count(keyword, ..) | Kind::Bound(keyword, ..) => keyword,
            Kind::ReferenceCycle(_) => "$ref",
            Kind::Type { .. } => "type",
            Kind::Enum(_) => "enum",
            Kind::Const(_) => "const",
            Kind::Format(_) => "format",
            Kind::Not => "not",
            Kind::AllOf => "allOf",
            Kind::AnyOf => "anyOf",
            Kind::OneOf(_) => "oneOf",
            Kind::Required(_) => "required",
            Kind::Dependency(..) => "dependentRequired",
            Kind::AdditionalProperties(_) => "additionalProperties",
            Kind::PropertyName(..) => "propertyNames",
            Kind::UniqueItems(..) => "uniqueItems",
            Kind::AdditionalItems(_) => "additionalItems",
            Kind::Contains => "contains",
            Kind::MinContains(..) => "minContains",
            Kind::MaxContains(..) => "maxContains",
            Kind::Pattern(..) => "pattern",
        }
    }

    /// Appends the text, as package `kind` of the library.
    pub fn append(&self, out: &mut Vec<u8>) {
        match self {
            Kind::Schema(location) => {
                out.extend_from_slice(b"jsonschema validation failed with ");
                append_quoted(out, location.as_bytes());
            }
            Kind::Group | Kind::Reference(_) | Kind::Unseen => out.extend_from_slice(b"validation failed"),
            Kind::ReferenceCycle(cycle) => append_cycle(out, cycle),
            Kind::TooMany(limit) => append(out, &["more than ", &index(*limit), " errors; the rest is not shown"]),
            Kind::FalseSchema => out.extend_from_slice(b"false schema"),
            Kind::Foreign(go_type) => append(out, &["invalid jsonType ", go_type]),
            Kind::Type { got, want } => {
                append(out, &["got ", got, ", want ", &want.names().collect::<Vec<_>>().join(" or ")]);
            }
            Kind::Enum(choices) => append_enum(out, &choices.values),
            Kind::Const(want) => append_const(out, want),
            Kind::Format(error) => {
                out.extend_from_slice(&error.got);
                append(out, &[" is not valid ", error.format, ": ", &error.reason]);
            }
            Kind::Not => out.extend_from_slice(b"'not' failed"),
            Kind::AllOf => out.extend_from_slice(b"'allOf' failed"),
            Kind::AnyOf => out.extend_from_slice(b"'anyOf' failed"),
            Kind::OneOf(None) => out.extend_from_slice(b"'oneOf' failed, none matched"),
            Kind::OneOf(Some((i, j))) => {
                append(out, &["'oneOf' failed, subschemas ", &index(*i), ", ", &index(*j), " matched"]);
            }
            Kind::Count(keyword, got, want) => {
                append(out, &[keyword, ": got ", &index(*got), ", want ", &integer(*want)]);
            }
            Kind::Bound(keyword, got, want) => {
                append(out, &[keyword, ": got ", &float(*got), ", want ", &float(*want)]);
            }
            Kind::AdditionalItems(count) => append(out, &["last ", &index(*count), " additionalItem(s) not allowed"]),
            Kind::UniqueItems(i, j) => append(out, &["items at ", &index(*i), " and ", &index(*j), " are equal"]),
            Kind::Contains => out.extend_from_slice(b"no items match contains schema"),
            Kind::MinContains(got, want) => append_min_contains(out, got, *want),
            Kind::MaxContains(got, want) => append_contained(out, "max ", got, *want),
            Kind::Required(_) | Kind::Dependency(..) => self.append_missing(out),
            Kind::AdditionalProperties(names) => {
                out.extend_from_slice(b"additional properties ");
                append_list(out, names);
                out.extend_from_slice(b" not allowed");
            }
            Kind::PropertyName(name, _) => {
                out.extend_from_slice(b"invalid propertyName ");
                append_quoted(out, name);
            }
            Kind::Pattern(got, want) => {
                append_quoted(out, got);
                out.extend_from_slice(b" does not match pattern ");
                append_quoted(out, want.as_bytes());
            }
        }
    }

    fn append_missing(&self, out: &mut Vec<u8>) {
        match self {
            Kind::Required(missing) => {
                let word: &[u8] = if missing.len() == 1 { b"missing property " } else { b"missing properties " };
                out.extend_from_slice(word);
                append_list(out, missing);
            }
            Kind::Dependency(member, missing) => {
                out.extend_from_slice(b"properties ");
                append_list(out, missing);
                out.extend_from_slice(b" required, if ");
                append_quoted(out, member.as_bytes());
                out.extend_from_slice(b" exists");
            }
            _ => {}
        }
    }
}

fn append(out: &mut Vec<u8>, texts: &[&str]) {
    for text in texts {
        out.extend_from_slice(text.as_bytes());
    }
}

fn index(number: usize) -> String {
    integer(i64::try_from(number).unwrap_or(i64::MAX))
}

fn append_cycle(out: &mut Vec<u8>, cycle: &Cycle) {
    let url = link::quoted(&cycle.url);
    append(out, &["both ", &cycle.first, " and ", &cycle.second, " resolve to ", &url, " causing reference cycle"]);
}

fn append_enum(out: &mut Vec<u8>, want: &[Doc]) {
    if want.iter().any(|doc| matches!(doc, Doc::Array(_) | Doc::Object(_))) {
        return out.extend_from_slice(b"'enum' failed");
    }
    append(out, &["value must be ", if want.len() == 1 { "" } else { "one of " }]);
    for (i, doc) in want.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(b", ");
        }
        append_scalar(out, doc);
    }
}

fn append_const(out: &mut Vec<u8>, want: &Doc) {
    if matches!(want, Doc::Array(_) | Doc::Object(_)) {
        return out.extend_from_slice(b"'const' failed");
    }
    out.extend_from_slice(b"value must be ");
    append_scalar(out, want);
}

fn append_scalar(out: &mut Vec<u8>, doc: &Doc) {
    match doc {
        Doc::Null => out.extend_from_slice(b"<nil>"),
        Doc::Bool(b) => out.extend_from_slice(b.to_string().as_bytes()),
        Doc::Number(text) => out.extend_from_slice(text.as_bytes()),
        Doc::Str(text) => append_quoted(out, text.as_bytes()),
        Doc::Array(_) | Doc::Object(_) => out.extend_from_slice(b"value"),
    }
}

fn append_min_contains(out: &mut Vec<u8>, got: &[usize], want: i64) {
    if got.is_empty() {
        append(out, &["min ", &integer(want), " items required to match contains schema, but none matched"]);
    } else {
        append_contained(out, "min ", got, want);
    }
}

/// The indexes are plain, without commas between thousands.
fn append_contained(out: &mut Vec<u8>, start: &str, got: &[usize], want: i64) {
    let indexes: Vec<String> = got.iter().map(usize::to_string).collect();
    let (want, count) = (integer(want), index(got.len()));
    append(out, &[start, &want, " items required to match contains schema, but matched ", &count]);
    append(out, &[" items at ", &indexes.join(" ")]);
}
