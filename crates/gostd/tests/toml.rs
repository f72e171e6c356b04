//! TOML against BurntSushi/toml 1.6.0, which printed the tables.
//!
//! `data/toml_decode.json`: documents and what they become, or `! ` and the error. Integers are written `i1`, numbers by
//! their bits, times in `<>`, lists of tables `T[…]`.
//!
//! `data/toml_encode.json`: values and their documents. A map with one key makes what JSON lacks: `$i` an int64, `$f` a
//! float64, `$t` a time, `$l` what TOML reads, `$d` a duration, `$b` bytes, `$s` a `[]string`, `$n` a nil slice, `$c` a
//! complex number.

use std::rc::Rc;

use gostd::time::{RFC3339_NANO, Time, Zone, parse, parse_duration};
use gostd::{List, Map, Object, Str, Type, Value, json, strconv, toml};

fn rows(file: &[u8]) -> Vec<Value> {
    let file = json::decode(file).expect("the data is JSON");
    let rows = file.as_map().and_then(|file| file.get(b"rows")).expect("rows");
    rows.as_list().expect("a list").to_vec()
}

/// The bytes that the characters of a text stand for.
fn bytes(text: Option<&Value>) -> Vec<u8> {
    let text = text.and_then(Value::as_str).expect("a text");
    text.to_text().chars().map(|c| u8::try_from(c as u32).expect("a byte")).collect()
}

fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Int64(n) => out.extend(format!("i{n}").bytes()),
        Value::Float(x) if x.is_nan() => out.extend(format!("dnan{}", x.is_sign_negative()).bytes()),
        Value::Float(x) => out.extend(format!("d{:016x}", x.to_bits()).bytes()),
        Value::Bool(b) => out.extend(b.to_string().bytes()),
        Value::Str(s) => out.extend(strconv::quote(s)),
        Value::List(list) => {
            out.extend_from_slice(if list.element() == Type::MapAny { b"T[" } else { b"[" });
            for (at, item) in list.iter().enumerate() {
                out.extend_from_slice(if at > 0 { b" " } else { b"" });
                write(out, item);
            }
            out.push(b']');
        }
        Value::Map(map) => {
            out.push(b'{');
            for (at, (key, value)) in map.borrow().iter().enumerate() {
                out.extend_from_slice(if at > 0 { b" " } else { b"" });
                out.extend(strconv::quote(key));
                out.push(b' ');
                write(out, value);
            }
            out.push(b'}');
        }
        other => {
            let time = other.downcast::<Time>().expect("a time");
            out.extend(format!("<{}>", time.display().unwrap_or_default()).bytes());
        }
    }
}

fn read(text: &[u8]) -> Vec<u8> {
    match toml::decode(text) {
        Ok(value) => {
            let mut out = Vec::new();
            write(&mut out, &value);
            out
        }
        Err(error) => format!("! {error}").into_bytes(),
    }
}

#[test]
fn documents_are_read_as_by_the_original() {
    let rows = rows(include_bytes!("data/toml_decode.json"));
    // The table was made in UTC; elsewhere times are shown with this machine's offset.
    let in_utc = matches!(Zone::local(), Zone::Utc);
    for row in rows {
        let row = row.as_list().expect("a pair");
        let (text, want) = (bytes(row.first()), bytes(row.get(1)));
        if in_utc || !want.contains(&b'<') {
            let (got, text) = (read(&text), String::from_utf8_lossy(&text));
            assert_eq!(String::from_utf8_lossy(&got), String::from_utf8_lossy(&want), "{text}");
        }
    }
}

/// Runs on a stack as large as the program's own.
fn on_large_stack(run: fn()) {
    let thread = std::thread::Builder::new().stack_size(1 << 30).spawn(run).expect("a thread");
    thread.join().expect("no panic");
}

#[test]
fn nesting_has_a_limit() {
    on_large_stack(|| {
        let list = |depth: usize| format!("a = {}{}", "[".repeat(depth), "]".repeat(depth));
        let table = |depth: usize| format!("a = {}{}", "{a = ".repeat(depth), "}".repeat(depth));
        let fault = |text: String| toml::decode(text.as_bytes()).err().map(|error| error.text).unwrap_or_default();
        assert_eq!(fault(list(9_999)), "");
        assert!(fault(list(20_000)).ends_with("values are nested more than 10000 deep"));
        assert!(fault(table(20_000)).ends_with("values are nested more than 10000 deep"));
        assert_eq!(fault(format!("[{}a]", "a.".repeat(9_999))), "");
        assert_eq!(fault(format!("{}a = 1", "a.".repeat(9_999))), "");
        assert_eq!(fault(format!("{}a = 1", "a.".repeat(20_000))), "toml: line 1: a key has more than 10000 parts");
    });
}

/// Makes the value that a map with one key stands for.
fn special(name: &[u8], value: &Value) -> Option<Value> {
    let text = value.as_str().cloned().unwrap_or_default();
    Some(match name {
        b"$i" => Value::Int64(strconv::parse_int(&text, 10, 64).expect("a number")),
        b"$f" => Value::Float(strconv::parse_float(&text, 64).expect("a number")),
        b"$t" => Value::object(parse(RFC3339_NANO, &text).expect("a time")),
        b"$l" => {
            let document = toml::decode(&[b"a = ", text.as_bytes()].concat()).expect("a document");
            document.as_map().and_then(|map| map.get(b"a")).expect("a value")
        }
        b"$d" => Value::object(parse_duration(&text).expect("a duration")),
        b"$b" => Value::Bytes(text),
        b"$n" => Value::List(List::nil(Type::Any)),
        b"$c" => Value::Complex(Rc::new((1.0, 2.0))),
        b"$s" => {
            let items = value.as_list().expect("a list").iter();
            Value::List(List::strings(items.map(|item| item.as_str().cloned().unwrap_or_default())))
        }
        _ => return None,
    })
}

fn made(value: &Value) -> Value {
    match value {
        Value::List(list) => Value::list(list.iter().map(made).collect()),
        Value::Map(map) => match map.borrow().iter().next() {
            Some((name, value)) if map.len() == 1 => special(name, value).unwrap_or_else(|| made_map(map)),
            _ => made_map(map),
        },
        other => other.clone(),
    }
}

fn made_map(map: &Map) -> Value {
    Value::map(map.borrow().iter().map(|(key, value)| (key.clone(), made(value))).collect())
}

#[test]
fn values_are_written_as_by_the_original() {
    for row in rows(include_bytes!("data/toml_encode.json")) {
        let row = row.as_list().expect("a pair");
        let got = match toml::encode(&made(&row[0])) {
            Ok(text) => Str::from(text),
            Err(error) => Str::from(format!("! {error}")),
        };
        assert_eq!(got.to_text(), row[1].as_str().expect("a text").to_text(), "{:?}", row[0]);
    }
}
