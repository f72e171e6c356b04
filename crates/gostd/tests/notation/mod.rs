//! How the tables of the tests write values, one word each: `n` nil, `t` and `f`, `i5` int, `l5` int64, `z4:200` the
//! integer kind number 4, `d3ff0000000000000` the bits of a float64, `c0,0` complex, `s"a"` string, `b"a"` bytes,
//! `[a … ]` `[s … ]` `[i … ]` slices, `{a "k" … }` `{s … }` maps, `e"boom"` an error, `o0` to `o2` the objects below.

use std::any::Any;

use gostd::value::{Entries, IntKind, MapType, Object};
use gostd::{GoError, List, Map, Type, Value, strconv};

pub struct Words<'a>(pub &'a str);

impl Words<'_> {
    pub fn all(text: &str) -> Vec<Value> {
        let mut words = Words(text.trim());
        let mut values = Vec::new();
        while let Some(value) = words.value() {
            values.push(value);
        }
        values
    }

    fn word(&mut self) -> Option<String> {
        let text = self.0.trim_start();
        let mut end = text.len();
        let (mut quoted, mut escaped) = (false, false);
        for (i, c) in text.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = !quoted,
                ' ' if !quoted => {
                    end = i;
                    break;
                }
                _ => {}
            }
        }
        self.0 = &text[end..];
        Some(text[..end].to_owned()).filter(|w| !w.is_empty())
    }

    /// The next value; nothing at the end and at a closing bracket.
    pub fn value(&mut self) -> Option<Value> {
        let word = self.word()?;
        let rest = word.get(1..).unwrap_or_default();
        let bytes = || strconv::unquote(rest.as_bytes()).expect("a Go literal");
        let float = |text: &str| f64::from_bits(u64::from_str_radix(text, 16).expect("bits"));
        Some(match word.as_bytes()[0] {
            b'n' => Value::Nil,
            b't' => Value::Bool(true),
            b'f' => Value::Bool(false),
            b'i' => Value::Int(rest.parse().expect("a number")),
            b'l' => Value::Int64(rest.parse().expect("a number")),
            b'z' => Value::Sized(kind(rest), rest[2..].parse().expect("a number")),
            b'd' => Value::Float(float(rest)),
            b'c' => {
                let (real, imaginary) = rest.split_once(',').expect("two numbers");
                Value::Complex(std::rc::Rc::new((float(real), float(imaginary))))
            }
            b's' => Value::str(bytes()),
            b'b' => Value::Bytes(bytes().into()),
            b'e' => Value::object(GoError::new(String::from_utf8(bytes()).expect("text"))),
            b'[' => {
                let element = match rest {
                    "s" => Type::String,
                    "i" => Type::Int,
                    _ => Type::Any,
                };
                Value::List(List::of(element, std::iter::from_fn(|| self.value()).collect()))
            }
            b'{' => {
                let mut entries = Entries::new();
                while let Some(Value::Str(key)) = self.value() {
                    entries.insert(key, self.value().expect("a value"));
                }
                let map_type = if rest == "s" { MapType::STRINGS } else { MapType::ANY };
                Value::Map(Map::of(map_type, entries))
            }
            b'o' if rest == "0" => Value::object(Duration),
            b'o' if rest == "1" => Value::object(Point),
            b'o' => Value::object(Plain),
            _ => return None,
        })
    }
}

fn kind(digits: &str) -> IntKind {
    use IntKind::*;
    [Int8, Int16, Int32, Uint, Uint8, Uint16, Uint32, Uint64][usize::from(digits.as_bytes()[0] - b'0')]
}

/// `time.Duration` of 1.5 seconds.
struct Duration;

impl Object for Duration {
    fn go_type(&self) -> &'static str {
        "time.Duration"
    }
    fn display(&self) -> Option<String> {
        Some("1.5s".to_owned())
    }
    fn underlying(&self) -> Option<Value> {
        Some(Value::Int64(1_500_000_000))
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A pointer to a struct.
struct Point;

impl Object for Point {
    fn go_type(&self) -> &'static str {
        "*val.Point"
    }
    fn fields(&self) -> Vec<(&'static str, &'static str, Value)> {
        vec![("X", "X", Value::Int(5)), ("Y", "Y", Value::from("y")), ("Z", "z", Value::Nil)]
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A struct.
struct Plain;

impl Object for Plain {
    fn go_type(&self) -> &'static str {
        "val.Plain"
    }
    fn fields(&self) -> Vec<(&'static str, &'static str, Value)> {
        let list = Value::list(vec![Value::Int(1), Value::from("x"), Value::Nil]);
        vec![("A", "a", Value::from("q")), ("B", "b", list)]
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}
