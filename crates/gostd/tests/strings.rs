//! `strings`, `unicode/utf8` and `reflect` against a table printed by a Go 1.27.2 program: `data/strings.txt`, one call
//! a line: function, arguments (strings as Go literals, values as in `notation`), result.

mod notation;

use gostd::value::{self, Entries};
use gostd::{Map, Value, strconv, strings};
use notation::Words;

fn literal(bytes: &[u8]) -> String {
    String::from_utf8(strconv::quote_ascii(bytes)).expect("ASCII")
}

fn literals(parts: &[&[u8]]) -> String {
    parts.iter().map(|p| literal(p)).collect::<Vec<_>>().join(" ")
}

fn position(at: Option<usize>) -> String {
    at.map_or("-1".to_owned(), |at| at.to_string())
}

/// Result of a call with one text.
fn unary(name: &str, text: &[u8]) -> String {
    let pair = |(rune, width): (u32, usize)| format!("{rune}\t{width}");
    match name {
        "to_upper" => literal(&strings::to_upper(text)),
        "to_lower" => literal(&strings::to_lower(text)),
        "to_title" => literal(&strings::to_title(text)),
        "title" => literal(&strings::title(text)),
        "trim_space" => literal(strings::trim_space(text)),
        "fields" => literals(&strings::fields(text)),
        "rune_count" => strings::rune_count(text).to_string(),
        "decode_rune" => pair(strings::decode_rune(text)),
        "decode_last_rune" => pair(strings::decode_last_rune(text)),
        other => panic!("no such call: {other}"),
    }
}

/// Result of a call with two texts and perhaps a number.
fn binary(name: &str, a: &[u8], b: &[u8], count: i64) -> String {
    match name {
        "index" => position(strings::index(a, b)),
        "last_index" => position(strings::last_index(a, b)),
        "index_any" => position(strings::index_any(a, b)),
        "count" => strings::count(a, b).to_string(),
        "contains" => strings::contains(a, b).to_string(),
        "equal_fold" => strings::equal_fold(a, b).to_string(),
        "trim" => literal(strings::trim(a, b)),
        "trim_left" => literal(strings::trim_left(a, b)),
        "trim_right" => literal(strings::trim_right(a, b)),
        "trim_prefix" => literal(strings::trim_prefix(a, b)),
        "trim_suffix" => literal(strings::trim_suffix(a, b)),
        "split" => literals(&strings::split(a, b)),
        "split_after" => literals(&strings::split_after(a, b)),
        "split_n" => literals(&strings::split_n(a, b, count)),
        "replace" => literal(&strings::replace(a, b, b"<>", count)),
        other => unary(other, a),
    }
}

fn call(fields: &[&str]) -> String {
    let value = |i: usize| Words::all(fields[i]).pop().expect("a value");
    let text = |i: usize| strconv::unquote(fields[i].as_bytes()).unwrap_or_default();
    match fields[0] {
        "kind" => literal(value(1).kind().as_bytes()),
        "deep_equal" => value::deep_equal(&value(1), &value(2)).expect("not deep").to_string(),
        name @ ("split_n" | "replace") => binary(name, &text(1), &text(2), fields[3].parse().expect("a number")),
        name => binary(name, &text(1), &fields.get(2).map(|_| text(2)).unwrap_or_default(), 0),
    }
}

fn arguments(name: &str) -> usize {
    match name {
        "split_n" | "replace" => 3,
        "to_upper" | "to_lower" | "to_title" | "title" | "trim_space" | "fields" | "rune_count" | "decode_rune"
        | "decode_last_rune" | "kind" => 1,
        _ => 2,
    }
}

#[test]
fn answers_are_those_of_go() {
    let mut wrong = Vec::new();
    for line in include_str!("data/strings.txt").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let want = fields[1 + arguments(fields[0])..].join("\t");
        let got = call(&fields);
        if got != want {
            wrong.push(format!("{line}\n    got {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}

#[test]
fn repetition_is_limited() {
    assert_eq!(strings::repeat(b"ab", 3).expect("short"), b"ababab");
    assert_eq!(strings::repeat(b"", i64::MAX).expect("nothing"), b"");
    assert_eq!(strings::repeat(b"a", -1).expect_err("negative").text, "strings: negative Repeat count");
    assert_eq!(strings::repeat(b"ab", 1 << 40).expect_err("large").text, "strings: Repeat output length overflow");
}

/// Makes a tree of so many levels in which each level holds the next one twice.
fn doubling(levels: usize) -> Value {
    (0..levels).fold(Value::Int(1), |inner, _| Value::list(vec![inner.clone(), inner]))
}

#[test]
fn shared_branches_do_not_multiply_work() {
    assert!(value::deep_equal(&doubling(60), &doubling(60)).expect("not deep"));
}

/// Runs with the stack that the process has too.
fn on_large_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(1 << 29).spawn(test).expect("a thread").join().expect("no panic");
}

#[test]
fn maps_that_hold_themselves_come_to_an_end() {
    let cycle = || {
        let map = Map::new(Entries::new());
        map.insert("me", Value::Map(map.clone()));
        map
    };
    on_large_stack(move || {
        let (a, b) = (cycle(), cycle());
        assert!(value::deep_equal(&Value::Map(a.clone()), &Value::Map(b.clone())).expect("an end"));
        let error = value::deep_copy(&Value::Map(a.clone())).expect_err("endless");
        assert_eq!(error.text, "value is nested deeper than 10000 levels");
        a.remove(b"me");
        b.remove(b"me");
    });
}

#[test]
fn a_copy_shares_no_map() {
    let inner = Map::new(Entries::from([("x".into(), Value::Int(1))]));
    let tree = Value::list(vec![Value::Map(inner.clone())]);
    let copy = value::deep_copy(&tree).expect("a small tree");
    inner.insert("x", Value::Int(2));
    let copied = copy.as_list().and_then(|list| list[0].as_map().cloned()).expect("a map");
    assert!(matches!(copied.get(b"x"), Some(Value::Int(1))));
}
