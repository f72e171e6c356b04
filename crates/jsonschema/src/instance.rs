//! What is validated: the values of a chart, a schema document itself (against its metaschema), or a property's name.

use std::cell::Ref;
use std::collections::btree_map;
use std::rc::Rc;

use gostd::value::{Entries, IntKind, Map, MapType, Str, Type, Value};

use crate::doc::{Doc, Object};
use crate::number::Number;

/// One value under validation.
#[derive(Clone, Copy)]
pub enum Instance<'a> {
    Value(&'a Value),
    Doc(&'a Doc),
    Name(&'a [u8]),
}

/// The JSON type of an instance and what it holds.
#[derive(Clone, Copy)]
pub enum Shape<'a> {
    Null,
    Bool(bool),
    Number(Numeric<'a>),
    Text(&'a [u8]),
    Array(Items<'a>),
    Object(Members<'a>),
    /// No JSON; the name of the Go type.
    Foreign(&'static str),
}

#[derive(Clone, Copy)]
pub enum Numeric<'a> {
    Float(f64),
    Int(i64),
    Uint(u64),
    Text(&'a str),
}

#[derive(Clone, Copy)]
pub enum Items<'a> {
    Values(&'a [Value]),
    Docs(&'a [Doc]),
}

#[derive(Clone, Copy)]
pub enum Members<'a> {
    Values(&'a Map),
    Docs(&'a Object),
}

impl<'a> Instance<'a> {
    pub fn shape(self) -> Shape<'a> {
        match self {
            Instance::Value(value) => shape_of_value(value),
            Instance::Doc(doc) => shape_of_doc(doc),
            Instance::Name(name) => Shape::Text(name),
        }
    }

    /// Returns the identity of a schema document's value, see [`Doc::identity`].
    pub fn identity(self) -> Option<usize> {
        match self {
            Instance::Doc(doc) => Some(doc.identity()),
            _ => None,
        }
    }
}

fn shape_of_value(value: &Value) -> Shape<'_> {
    match value {
        Value::Nil => Shape::Null,
        Value::Bool(b) => Shape::Bool(*b),
        Value::Int(i) | Value::Int64(i) => Shape::Number(Numeric::Int(*i)),
        Value::Sized(IntKind::Uint | IntKind::Uint64, i) => Shape::Number(Numeric::Uint(*i as u64)),
        Value::Sized(_, i) => Shape::Number(Numeric::Int(*i)),
        Value::Float(f) if f.is_finite() => Shape::Number(Numeric::Float(*f)),
        Value::Str(s) => Shape::Text(s),
        Value::List(list) if list.element() == Type::Any => Shape::Array(Items::Values(list.items())),
        Value::Map(map) if map.go_type() == MapType::ANY.name => Shape::Object(Members::Values(map)),
        other => Shape::Foreign(other.go_type()),
    }
}

fn shape_of_doc(doc: &Doc) -> Shape<'_> {
    match doc {
        Doc::Null => Shape::Null,
        Doc::Bool(b) => Shape::Bool(*b),
        Doc::Number(text) => Shape::Number(Numeric::Text(text)),
        Doc::Str(text) => Shape::Text(text.as_bytes()),
        Doc::Array(items) => Shape::Array(Items::Docs(items)),
        Doc::Object(object) => Shape::Object(Members::Docs(object)),
    }
}

impl Numeric<'_> {
    /// Returns the exact number; nothing when its exponent is too large for Go.
    pub fn number(self) -> Option<Number> {
        match self {
            Numeric::Float(f) => Number::from_f64(f),
            Numeric::Int(i) => Some(Number::Int(i)),
            Numeric::Uint(u) => match i64::try_from(u) {
                Ok(i) => Some(Number::Int(i)),
                Err(_) => Number::parse(&u.to_string()),
            },
            Numeric::Text(text) => Number::parse(text),
        }
    }
}

impl<'a> Items<'a> {
    pub fn len(self) -> usize {
        match self {
            Items::Values(values) => values.len(),
            Items::Docs(docs) => docs.len(),
        }
    }

    pub fn get(self, index: usize) -> Option<Instance<'a>> {
        match self {
            Items::Values(values) => values.get(index).map(Instance::Value),
            Items::Docs(docs) => docs.get(index).map(Instance::Doc),
        }
    }

    /// Returns the items from `start` on, with their indexes.
    pub fn from(self, start: usize) -> impl Iterator<Item = (usize, Instance<'a>)> {
        (start..self.len()).filter_map(move |i| Some((i, self.get(i)?)))
    }
}

/// The members of an object, borrowed for reading.
pub enum Borrowed<'a> {
    Values(Ref<'a, Entries>),
    Docs(&'a Object),
}

/// The name of a member.
#[derive(Clone, Copy)]
pub enum Key<'a> {
    Str(&'a Str),
    Name(&'a Rc<str>),
}

impl<'a> Members<'a> {
    pub fn borrow(self) -> Borrowed<'a> {
        match self {
            Members::Values(map) => Borrowed::Values(map.borrow()),
            Members::Docs(object) => Borrowed::Docs(object),
        }
    }
}

impl Borrowed<'_> {
    pub fn len(&self) -> usize {
        match self {
            Borrowed::Values(entries) => entries.len(),
            Borrowed::Docs(object) => object.members().len(),
        }
    }

    pub fn get(&self, key: &[u8]) -> Option<Instance<'_>> {
        match self {
            Borrowed::Values(entries) => entries.get(key).map(Instance::Value),
            Borrowed::Docs(object) => object.get(key).map(Instance::Doc),
        }
    }

    /// Returns the members in the byte order of their names.
    pub fn iter(&self) -> MemberIter<'_> {
        match self {
            Borrowed::Values(entries) => MemberIter::Values(entries.iter()),
            Borrowed::Docs(object) => MemberIter::Docs(object.members().iter()),
        }
    }
}

pub enum MemberIter<'a> {
    Values(btree_map::Iter<'a, Str, Value>),
    Docs(std::slice::Iter<'a, (Rc<str>, Doc)>),
}

impl<'a> Iterator for MemberIter<'a> {
    type Item = (Key<'a>, Instance<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            MemberIter::Values(iter) => iter.next().map(|(k, v)| (Key::Str(k), Instance::Value(v))),
            MemberIter::Docs(iter) => iter.next().map(|(k, v)| (Key::Name(k), Instance::Doc(v))),
        }
    }
}

impl<'a> Key<'a> {
    pub fn bytes(self) -> &'a [u8] {
        match self {
            Key::Str(s) => s,
            Key::Name(name) => name.as_bytes(),
        }
    }

    pub fn to_str(self) -> Str {
        match self {
            Key::Str(s) => s.clone(),
            Key::Name(name) => Str::from(&**name),
        }
    }
}
