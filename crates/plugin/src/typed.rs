//! Nodes as Go's types: what go-yaml v3 takes for a field of a struct, and what it complains about (`decode.go`).

use std::collections::{BTreeMap, HashMap};

use gostd::strconv::quote;
use gostd::{GoError, Value};
use yamlnode::{Kind, Node, Style};

/// A Go type that a description has.
pub enum Type {
    Text,
    Truth,
    /// A number, with Go's name of its type.
    Number(&'static str),
    /// A list, with Go's name of its type.
    List(&'static str, &'static Type),
    /// A map from texts, with Go's name of its type.
    Map(&'static str, &'static Type),
    Struct(&'static Struct),
    /// Whatever there is.
    Any,
}

/// A Go struct: its name and its fields.
pub struct Struct {
    pub name: &'static str,
    pub fields: &'static [(&'static str, Type)],
}

/// Keys that a struct has no field for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    Allowed,
    Wrong,
}

/// More findings than this are not told: twins of keys give one for each pair.
const MAX_ERRORS: usize = 1_000;

impl Type {
    fn name(&self) -> &'static str {
        match self {
            Type::Text => "string",
            Type::Truth => "bool",
            Type::Number(name) | Type::List(name, _) | Type::Map(name, _) => name,
            Type::Struct(own) => own.name,
            Type::Any => "interface {}",
        }
    }

    /// Null makes these empty, and leaves the others alone.
    fn can_be_nil(&self) -> bool {
        matches!(self, Type::List(..) | Type::Map(..) | Type::Any)
    }
}

/// Reads a node as a type; structs and maps give maps, numbers only whether they fit.
///
/// # Errors
/// `yaml: unmarshal errors:` with a line for each value that does not fit, or what ends the reading at once.
pub fn decode(node: &Node, wanted: &Type, unknown: Unknown) -> Result<Value, GoError> {
    let mut decoder = Decoder { errors: Vec::new(), unknown };
    let value = decoder.value(node, wanted)?;
    if decoder.errors.is_empty() {
        return Ok(value.unwrap_or(Value::Nil));
    }
    Err(GoError::new(format!("yaml: unmarshal errors:\n  {}", decoder.errors.join("\n  "))))
}

struct Decoder {
    errors: Vec<String>,
    unknown: Unknown,
}

impl Decoder {
    /// Gives nothing where the value does not fit.
    fn value(&mut self, node: &Node, wanted: &Type) -> Result<Option<Value>, GoError> {
        match node.kind {
            Kind::Mapping => self.mapping(node, wanted),
            Kind::Sequence => self.sequence(node, wanted),
            Kind::Scalar | Kind::Alias => self.scalar(node, wanted),
        }
    }

    fn complain(&mut self, complaint: String) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(complaint);
        }
    }

    fn misfit(&mut self, node: &Node, wanted: &Type) -> Option<Value> {
        let tag = String::from_utf8_lossy(&node.tag);
        let value = String::from_utf8_lossy(&node.value);
        let shown = match &*tag {
            "!!seq" | "!!map" => String::new(),
            _ if node.value.len() > 10 => {
                format!(" `{}...`", String::from_utf8_lossy(node.value.get(..7).unwrap_or_default()))
            }
            _ => format!(" `{value}`"),
        };
        self.complain(format!("line {}: cannot unmarshal {tag}{shown} into {}", node.line, wanted.name()));
        None
    }

    fn scalar(&mut self, node: &Node, wanted: &Type) -> Result<Option<Value>, GoError> {
        check_tag(node)?;
        if node.is_null() {
            return Ok(wanted.can_be_nil().then_some(Value::Nil));
        }
        let text = || Value::Str(node.value.clone().into());
        Ok(match (wanted, &*node.tag) {
            (Type::Text, _) => Some(text()),
            (Type::Truth, b"!!bool") => Some(Value::Bool(node.value.eq_ignore_ascii_case(b"true"))),
            (Type::Truth, b"!!str") if old_bool(&node.value).is_some() => old_bool(&node.value).map(Value::Bool),
            (Type::Number(name), b"!!int" | b"!!float") if name.starts_with("int") || !node.value.starts_with(b"-") => {
                Some(Value::Nil)
            }
            (Type::Any, _) => Some(any_scalar(node)),
            _ => self.misfit(node, wanted),
        })
    }

    fn sequence(&mut self, node: &Node, wanted: &Type) -> Result<Option<Value>, GoError> {
        let entry = match wanted {
            Type::List(_, entry) => entry,
            Type::Any => &Type::Any,
            _ => return Ok(self.misfit(node, wanted)),
        };
        let mut list = Vec::new();
        for child in &node.content {
            list.extend(self.value(child, entry)?);
        }
        Ok(Some(Value::list(list)))
    }

    fn mapping(&mut self, node: &Node, wanted: &Type) -> Result<Option<Value>, GoError> {
        let before = self.errors.len();
        self.check_twins(node);
        if self.errors.len() > before {
            return Ok(None);
        }
        match wanted {
            Type::Struct(own) => self.fields(node, own),
            Type::Map(_, entry) => self.entries(node, entry),
            Type::Any => self.entries(node, &Type::Any),
            _ => Ok(self.misfit(node, wanted)),
        }
    }

    /// Complains about keys that are there twice.
    fn check_twins(&mut self, node: &Node) {
        let mut twins: HashMap<(bool, &[u8]), Vec<&Node>> = HashMap::new();
        for (key, _) in node.entries() {
            twins.entry((key.kind == Kind::Scalar, &key.value)).or_default().push(key);
        }
        for (key, _) in node.entries() {
            let Some(keys) = twins.get(&(key.kind == Kind::Scalar, key.value.as_slice())).filter(|k| k.len() > 1)
            else {
                continue;
            };
            let later = keys.iter().skip_while(|other| !std::ptr::eq(**other, key)).skip(1);
            for twin in later.filter(|twin| twin.kind == key.kind).take(MAX_ERRORS) {
                let name = String::from_utf8_lossy(&quote(&key.value)).into_owned();
                let (line, first) = (twin.line, key.line);
                self.complain(format!("line {line}: mapping key {name} already defined at line {first}"));
            }
        }
    }

    fn fields(&mut self, node: &Node, own: &'static Struct) -> Result<Option<Value>, GoError> {
        let mut fields = BTreeMap::new();
        for (key, value) in node.entries() {
            if self.value(key, &Type::Text)?.is_none() {
                continue;
            }
            let name = String::from_utf8_lossy(&key.value);
            match own.fields.iter().find(|(field, _)| *field == name) {
                Some((field, wanted)) => {
                    if let Some(value) = self.value(value, wanted)? {
                        fields.insert(*field, value);
                    }
                }
                None if self.unknown == Unknown::Wrong => {
                    self.complain(format!("line {}: field {name} not found in type {}", key.line, own.name));
                }
                None => {}
            }
        }
        Ok(Some(map(fields.into_iter().map(|(name, value)| (name.as_bytes().to_vec(), value)))))
    }

    fn entries(&mut self, node: &Node, entry: &Type) -> Result<Option<Value>, GoError> {
        let mut entries = Vec::new();
        for (key, value) in node.entries() {
            if self.value(key, &Type::Text)?.is_some() {
                let value = self.value(value, entry)?;
                entries.extend(value.map(|value| (key.value.clone(), value)));
            }
        }
        Ok(Some(map(entries.into_iter())))
    }
}

fn map(entries: impl Iterator<Item = (Vec<u8>, Value)>) -> Value {
    let map = gostd::value::Map::default();
    for (key, value) in entries {
        map.insert(key, value);
    }
    Value::Map(map)
}

/// Fails where a text is not what its tag says.
fn check_tag(node: &Node) -> Result<(), GoError> {
    let tag = String::from_utf8_lossy(&node.tag);
    let checked = ["!!bool", "!!int", "!!float", "!!null", "!!timestamp"];
    if !node.form.tagged || !checked.contains(&&*tag) {
        return Ok(());
    }
    let found = match goyaml::implicit_tag(&node.value) {
        "!!timestamp" if tag != "!!timestamp" => "!!str",
        found => found,
    };
    if found == tag || (found == "!!int" && tag == "!!float") {
        return Ok(());
    }
    let value = String::from_utf8_lossy(&node.value);
    Err(GoError::new(format!("yaml: cannot decode {found} `{value}` as a {tag}")))
}

/// Words for true and false that go-yaml v3 takes only where a bool is wanted.
fn old_bool(text: &[u8]) -> Option<bool> {
    match text {
        b"y" | b"Y" | b"yes" | b"Yes" | b"YES" | b"on" | b"On" | b"ON" => Some(true),
        b"n" | b"N" | b"no" | b"No" | b"NO" | b"off" | b"Off" | b"OFF" => Some(false),
        _ => None,
    }
}

fn any_scalar(node: &Node) -> Value {
    let text = Value::Str(node.value.clone().into());
    if node.form.scalar != Style::Plain {
        return text;
    }
    match &*node.tag {
        b"!!bool" => Value::Bool(node.value.eq_ignore_ascii_case(b"true")),
        b"!!int" | b"!!float" => match goyaml::from_yaml(&node.value) {
            // JSON knows no integers; those that it keeps exactly are written as such.
            Ok(Value::Float(number)) if *node.tag == *b"!!int" && number.abs() < 1e15 => Value::Int(number as i64),
            Ok(number) => number,
            Err(_) => text,
        },
        _ => text,
    }
}
