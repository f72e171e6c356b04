//! Text to values: `json.Unmarshal` and the first value of a `json.Decoder`.

use super::check::{self, Target};
use super::fault::Fault;
use super::mismatch::{Mismatch, pointer_to};
use super::scan::{Next, Scanner};
use super::shape::{Field, Shape};
use super::time;
use crate::limits::Weight;
use crate::strconv::{Fault as NumberFault, parse_float_saturating};
use crate::value::{Entries, List, Map, MapType, Str};
use crate::{GoError, Value};

const ANY_MAP: Shape = Shape::Map(&Shape::Any, "map[string]interface {}");
const ANY_LIST: Shape = Shape::List(&Shape::Any, "[]interface {}");

/// `json.Unmarshal` into an `interface{}`.
///
/// # Errors
/// A syntax error, or a number out of the range of float64.
pub fn decode(data: &[u8]) -> Result<Value, GoError> {
    decode_shaped(data, &Shape::Any)
}

/// `json.Valid`: whether a text is one JSON value.
pub fn valid(data: &[u8]) -> bool {
    let mut scanner = Scanner::new(data);
    scanner.skip(0).and_then(|()| scanner.end()).is_ok()
}

/// `json.Unmarshal` into a `map[string]interface{}`; empty for `null`.
///
/// # Errors
/// As [`decode`], and `json: cannot unmarshal array into Go value of type map[string]interface {}`.
pub fn decode_map(data: &[u8]) -> Result<Value, GoError> {
    decode_shaped(data, &ANY_MAP)
}

/// `json.Unmarshal` into a `[]interface{}`; a nil slice for `null`.
///
/// # Errors
/// As [`decode`], and `json: cannot unmarshal object into Go value of type []interface {}`.
pub fn decode_list(data: &[u8]) -> Result<Value, GoError> {
    decode_shaped(data, &ANY_LIST)
}

/// `json.Unmarshal` into a Go type. Structs come back as maps of the fields present, named as in the [`Shape`]; a time
/// as its text.
///
/// # Errors
/// A syntax error, else the first value that does not fit.
pub fn decode_shaped(data: &[u8], shape: &Shape) -> Result<Value, GoError> {
    match decode_partial(data, shape) {
        (value, None) => Ok(value),
        (_, Some(error)) => Err(error),
    }
}

/// `json.Unmarshal` as its caller sees it: what fits is stored even when something else does not. After a syntax error
/// the value is the zero value.
pub fn decode_partial(data: &[u8], shape: &Shape) -> (Value, Option<GoError>) {
    let mut decoder =
        Decoder { scanner: Scanner::new(data), problem: None, weight: Weight::default(), integers: false };
    let decoded = decoder.value(shape, 0).and_then(|value| decoder.scanner.end().map(|()| value));
    match decoded {
        Ok(value) => (value, decoder.problem.map(|p| p.error(data, shape))),
        Err(fault) => (zero(shape), Some(fault.error())),
    }
}

/// `json.Decoder`'s first value, and the bytes it takes with the blanks before it.
///
/// # Errors
/// As [`decode`], but `EOF` when there is no value, and `unexpected EOF` when it is cut off.
pub fn decode_first(data: &[u8]) -> Result<(Value, usize), GoError> {
    first(data, false)
}

/// Like [`decode_first`]; integers that 64 bits with a sign hold stay integers (k8s.io/apimachinery pkg/util/json).
///
/// # Errors
/// As [`decode_first`].
pub fn decode_first_with_integers(data: &[u8]) -> Result<(Value, usize), GoError> {
    first(data, true)
}

fn first(data: &[u8], integers: bool) -> Result<(Value, usize), GoError> {
    let mut decoder = Decoder { scanner: Scanner::new(data), problem: None, weight: Weight::default(), integers };
    if decoder.scanner.peek().is_none() {
        return Err(GoError::new("EOF"));
    }
    let value = decoder.value(&Shape::Any, 0).map_err(|fault| match fault {
        Fault::End => GoError::new("unexpected EOF"),
        fault => fault.error(),
    })?;
    match decoder.problem {
        Some(problem) => Err(problem.error(data, &Shape::Any)),
        None => Ok((value, decoder.scanner.at)),
    }
}

/// The value that Go leaves where `null` or a value of another type stands.
pub(super) fn zero(shape: &Shape) -> Value {
    match shape {
        Shape::Any | Shape::Time | Shape::Struct(..) => Value::Nil,
        Shape::Bool => Value::Bool(false),
        Shape::String => Value::Str(Str::default()),
        Shape::Int => Value::Int(0),
        Shape::Float64 => Value::Float(0.0),
        Shape::List(element, _) => Value::List(List::nil(check::element_type(element))),
        Shape::Map(element, _) => Value::Map(Map::of(map_type(element), Entries::new())),
    }
}

pub(super) fn map_type(element: &Shape) -> &'static MapType {
    if matches!(element, Shape::String) { MapType::STRINGS } else { MapType::ANY }
}

/// The first value that does not fit.
enum Problem {
    /// At this offset.
    Type(usize, Mismatch),
    /// An error of the type itself.
    Own(GoError),
}

impl Problem {
    fn error(self, data: &[u8], shape: &Shape) -> GoError {
        match self {
            Problem::Type(offset, mismatch) => mismatch.error(shape.root(), &pointer_to(data, offset)),
            Problem::Own(error) => error,
        }
    }
}

struct Decoder<'a> {
    scanner: Scanner<'a>,
    problem: Option<Problem>,
    weight: Weight,
    /// Where any value will do, integers stay integers.
    integers: bool,
}

impl Decoder<'_> {
    fn value(&mut self, shape: &Shape, depth: usize) -> Result<Value, Fault> {
        match self.scanner.peek() {
            Some(b'"') => self.string(shape),
            Some(b'{') => self.object(shape, depth),
            Some(b'[') => self.array(shape, depth),
            Some(b'-' | b'0'..=b'9') => self.number(shape),
            Some(b't') => self.bool("true", true, shape),
            Some(b'f') => self.bool("false", false, shape),
            Some(b'n') => self.scanner.literal("null").map(|()| zero(shape)),
            _ => Err(self.scanner.wrong("looking for beginning of value")),
        }
    }

    fn light(&mut self, is_light: impl FnOnce(&mut Weight) -> bool) -> Result<(), Fault> {
        if is_light(&mut self.weight) { Ok(()) } else { Err(Fault::Heavy) }
    }

    fn misfit(&mut self, at: usize, found: String, shape: &Shape) -> Value {
        let mismatch = Mismatch { found, wanted: shape.go_type() };
        self.problem.get_or_insert(Problem::Type(at, mismatch));
        zero(shape)
    }

    fn bool(&mut self, word: &'static str, value: bool, shape: &Shape) -> Result<Value, Fault> {
        let start = self.scanner.at;
        self.scanner.literal(word)?;
        Ok(match shape {
            Shape::Any | Shape::Bool => Value::Bool(value),
            _ => self.misfit(start, "bool".to_owned(), shape),
        })
    }

    fn string(&mut self, shape: &Shape) -> Result<Value, Fault> {
        let start = self.scanner.at;
        let text = self.scanner.string()?;
        self.light(|weight| weight.text(0))?;
        Ok(match shape {
            Shape::Any | Shape::String => Value::Str(Str::from(text.unquote().as_ref())),
            Shape::Time => {
                let text = text.unquote();
                if let Err(error) = time::check(&text) {
                    self.problem.get_or_insert(Problem::Own(error));
                }
                Value::Str(Str::from(text.as_ref()))
            }
            _ => self.misfit(start, "string".to_owned(), shape),
        })
    }

    fn number(&mut self, shape: &Shape) -> Result<Value, Fault> {
        let start = self.scanner.at;
        let text = self.scanner.number()?;
        let described = || format!("number {}", String::from_utf8_lossy(text));
        if self.integers
            && matches!(shape, Shape::Any)
            && let Some(integer) = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok())
        {
            return Ok(Value::Int64(integer));
        }
        Ok(match shape {
            Shape::Any | Shape::Float64 => match float(text) {
                Some(number) => Value::Float(number),
                None => {
                    self.misfit(start, described(), &Shape::Float64);
                    Value::Float(0.0)
                }
            },
            Shape::Int => match std::str::from_utf8(text).ok().and_then(|t| t.parse().ok()) {
                Some(number) => Value::Int(number),
                None => self.misfit(start, described(), shape),
            },
            _ => self.misfit(start, "number".to_owned(), shape),
        })
    }

    fn array(&mut self, shape: &Shape, depth: usize) -> Result<Value, Fault> {
        let element = match shape {
            Shape::Any => &Shape::Any,
            Shape::List(element, _) => element,
            _ => {
                let start = self.scanner.at;
                self.scanner.skip(depth)?;
                return Ok(self.misfit(start, "array".to_owned(), shape));
            }
        };
        let mut items = Vec::new();
        let mut next = self.scanner.open(b']', depth)?;
        while next == Next::Another {
            self.light(|weight| weight.text(0))?;
            items.push(self.value(element, depth + 1)?);
            next = self.scanner.next(b']')?;
        }
        Ok(Value::List(List::of(check::element_type(element), items)))
    }

    fn object(&mut self, shape: &Shape, depth: usize) -> Result<Value, Fault> {
        let element = match shape {
            Shape::Any => &Shape::Any,
            Shape::Map(element, _) => element,
            Shape::Struct(fields, _) => return self.structure(fields, depth),
            _ => {
                let start = self.scanner.at;
                self.scanner.skip(depth)?;
                return Ok(self.misfit(start, "object".to_owned(), shape));
            }
        };
        self.light(|weight| weight.map(1))?;
        let mut entries = Vec::new();
        let mut next = self.scanner.open(b'}', depth)?;
        while next == Next::Another {
            self.light(|weight| weight.text(40))?;
            let key = Str::from(self.scanner.key()?.unquote().as_ref());
            entries.push((key, self.value(element, depth + 1)?));
            next = self.scanner.next(b'}')?;
        }
        // Of equal keys the last wins.
        Ok(Value::Map(Map::of(map_type(element), entries.into_iter().collect())))
    }

    fn structure(&mut self, fields: &'static [Field], depth: usize) -> Result<Value, Fault> {
        let mut target = Target::new(fields);
        let mut next = self.scanner.open(b'}', depth)?;
        while next == Next::Another {
            let key = self.scanner.key()?;
            match target.field(&key.unquote()) {
                Some(field) if self.scanner.peek() == Some(b'n') => {
                    self.scanner.literal("null")?;
                    target.set_null(field);
                }
                Some(field) => {
                    let value = self.value(&field.shape, depth + 1)?;
                    target.set(field, value);
                }
                None => self.scanner.skip(depth + 1)?,
            }
            next = self.scanner.next(b'}')?;
        }
        Ok(target.value())
    }
}

/// Returns the float64 of a JSON number; nothing when it is out of range.
fn float(text: &[u8]) -> Option<f64> {
    // Up to 15 digits are exact as they are.
    if let 1..=15 = text.len()
        && let Some(number) = text.iter().try_fold(0u64, |n, b| {
            let digit = b.wrapping_sub(b'0');
            (digit < 10).then_some(n * 10 + u64::from(digit))
        })
    {
        return Some(number as f64);
    }
    match parse_float_saturating(text, 64) {
        (number, None) => Some(number),
        (_, Some(NumberFault::Range)) => None,
        (number, Some(_)) => Some(number),
    }
}
