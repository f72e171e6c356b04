//! `fmt` against a table printed by a Go 1.27.2 program: `data/fmt.txt`, one call a line: function, format, arguments
//! (see `notation`), output.

mod notation;

use gostd::value::Entries;
use gostd::{Map, Value, fmt, strconv};
use notation::Words;

#[test]
fn answers_are_those_of_go() {
    let mut wrong = Vec::new();
    for line in include_str!("data/fmt.txt").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let args = Words::all(fields[2]);
        let format = strconv::unquote(fields[1].as_bytes()).expect("a Go literal");
        let got = match fields[0] {
            "sprintf" => fmt::sprintf(&format, &args),
            "sprint" => fmt::sprint(&args).expect("a short text"),
            _ => fmt::sprintln(&args).expect("a short text"),
        };
        let got = String::from_utf8(strconv::quote_ascii(&got)).expect("ASCII");
        if got != fields[3] {
            wrong.push(format!("{line}\n    got {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}

/// Runs with the stack that the process has too.
fn on_large_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(1 << 28).spawn(test).expect("a thread").join().expect("no panic");
}

#[test]
fn a_map_that_holds_itself_is_an_error() {
    on_large_stack(|| {
        let map = Map::new(Entries::new());
        map.insert("me", Value::Map(map.clone()));
        let value = Value::Map(map.clone());
        let error = fmt::try_append_value(&mut Vec::new(), &value).expect_err("too deep");
        assert_eq!(error.text, "value is nested deeper than 10000 levels");
        assert!(fmt::try_sprintf(b"%+v", std::slice::from_ref(&value)).is_err());
        assert!(fmt::sprintf(b"%s", &[value]).ends_with(b"%!(value is nested deeper than 10000 levels)"));
        map.remove(b"me");
    });
}
