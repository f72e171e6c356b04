//! `encoding/json` against a table printed by a Go 1.27.2 program: `data/json.txt`, one call a line: function, input (a
//! value, see `notation`, or a document), output, error. Decoded values are shown as `%#v` prints them, decoded structs
//! as their JSON.

mod notation;

use gostd::json::{self, Field, Shape};
use gostd::value::Entries;
use gostd::{GoError, Map, Value, fmt, strconv};
use notation::Words;

/// The struct `main.D` of the Go program, three levels deep.
const STRINGS: Shape = Shape::List(&Shape::String, "[]string");
const STRING_MAP: Shape = Shape::Map(&Shape::String, "map[string]string");

macro_rules! level {
    ($name:ident, $inner:ident) => {
        const $name: Shape = Shape::Struct(
            &[
                Field { name: "b", shape: Shape::Bool },
                Field { name: "f", shape: Shape::Float64 },
                Field { name: "l", shape: STRINGS },
                Field { name: "m", shape: STRING_MAP },
                Field { name: "n", shape: Shape::Int },
                Field { name: "name", shape: Shape::String },
                Field { name: "p", shape: Shape::List(&$inner, "[]*main.D") },
                Field { name: "s", shape: $inner },
                Field { name: "x", shape: Shape::Any },
            ],
            "main.D",
        );
    };
}

level!(D, D1);
level!(D1, D2);
level!(D2, D3);
level!(D3, D4);
const D4: Shape = Shape::Struct(&[Field { name: "name", shape: Shape::String }], "main.D");

fn literal(bytes: &[u8]) -> String {
    String::from_utf8(strconv::quote_ascii(bytes)).expect("ASCII")
}

fn shown(value: &Value) -> String {
    literal(&fmt::sprintf(b"%#v", std::slice::from_ref(value)))
}

fn error_text(error: Option<GoError>) -> String {
    literal(error.map(|e| e.text).unwrap_or_default().as_bytes())
}

/// Output and error of an encoder.
fn text(result: Result<Vec<u8>, GoError>) -> String {
    match result {
        Ok(text) => format!("{}\t\"\"", literal(&text)),
        Err(error) => format!("\"\"\t{}", error_text(Some(error))),
    }
}

/// Go's zero struct is `{}`.
fn structure(result: Result<Value, GoError>) -> String {
    let empty = || Value::Map(Map::new(Entries::new()));
    text(result.and_then(|value| json::encode(&if value.is_nil() { empty() } else { value })))
}

fn call(name: &str, input: &str) -> String {
    let value = || Words::all(input).pop().expect("a value");
    let document = || strconv::unquote(input.as_bytes()).expect("a Go literal");
    let tree = || json::decode(&document()).expect("a document");
    match name {
        "encode" => text(json::encode(&value())),
        "encode_raw" => text(json::encode_raw(&value())),
        "encode_indent" => text(json::encode_indent(&value(), b"", b"  ")),
        "decode" => {
            let (value, error) = json::decode_partial(&document(), &Shape::Any);
            format!("{}\t{}", shown(&value), error_text(error))
        }
        "decode_map" => {
            let shape = Shape::Map(&Shape::Any, "map[string]interface {}");
            let (value, error) = json::decode_partial(&document(), &shape);
            format!("{}\t{}", shown(&value), error_text(error))
        }
        "decode_list" => match json::decode_list(&document()) {
            Ok(value) => format!("{}\t\"\"", shown(&value)),
            Err(error) => format!("\"\"\t{}", error_text(Some(error))),
        },
        "decode_first" => match json::decode_first(&document()) {
            Ok((value, taken)) => format!("{}\t{taken}\t\"\"", shown(&value)),
            Err(error) => format!("\"<nil>\"\t0\t{}", error_text(Some(error))),
        },
        "decode_shaped" => structure(json::decode_shaped(&document(), &D)),
        "shape_value" => structure(json::shape_value(&tree(), &D, "")),
        "shape_value_strict" => structure(json::shape_value_strict(&tree(), &D, "")),
        "time" => {
            let shape = Shape::Struct(&[Field { name: "t", shape: Shape::Time }], "main.T");
            error_text(json::decode_shaped(&document(), &shape).err())
        }
        other => panic!("no such call: {other}"),
    }
}

#[test]
fn answers_are_those_of_go() {
    let mut wrong = Vec::new();
    for line in include_str!("data/json.txt").lines() {
        let (name, rest) = line.split_once('\t').expect("fields");
        let (input, want) = rest.split_once('\t').expect("fields");
        let got = call(name, input);
        if got != want {
            wrong.push(format!("{line}\n    got {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}

/// Runs with the stack that the process has too.
fn on_large_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(1 << 29).spawn(test).expect("a thread").join().expect("no panic");
}

#[test]
fn depth_is_limited_as_in_go() {
    on_large_stack(|| {
        let nested = |depth: usize| [b"[".repeat(depth), b"]".repeat(depth)].concat();
        let deep = json::decode(&nested(10_000)).expect("10000 levels");
        assert_eq!(json::encode(&deep).expect("10000 levels"), nested(10_000));
        assert_eq!(json::decode(&nested(10_001)).expect_err("too deep").text, "exceeded max depth");
        let deeper = Value::list(vec![deep]);
        assert_eq!(json::encode(&deeper).expect_err("too deep").text, "exceeded max depth");
    });
}

#[test]
fn a_map_that_holds_itself_is_an_error() {
    on_large_stack(|| {
        let map = Map::new(Entries::new());
        map.insert("me", Value::list(vec![Value::Map(map.clone())]));
        let error = json::encode(&Value::Map(map.clone())).expect_err("a cycle");
        assert_eq!(error.text, "json: unsupported value: encountered a cycle via map[string]interface {}");
        map.remove(b"me");
    });
}

#[test]
fn valid_texts_need_not_have_values() {
    let cases: [(&[u8], bool); 9] = [
        (b" {\"a\": [1, null, true]}\n", true),
        (b"1e999", true),
        (b"{\"a\":1,\"a\":2}", true),
        (b"\"\\ud800\"", true),
        (b"", false),
        (b"{", false),
        (b"1 2", false),
        (b"01", false),
        (b"nul", false),
    ];
    for (text, want) in cases {
        assert_eq!(json::valid(text), want, "{}", String::from_utf8_lossy(text));
    }
}
