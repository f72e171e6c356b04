//! Hostile schemas and values end in an error, soon, and never in a panic.

use gostd::value::{Entries, Str};
use gostd::{GoError, Value};
use jsonschema::{LoadError, Loader, NoLoader, check_values};

/// Helm's own thread has this much stack, of which only what is touched is taken.
const STACK_BYTES: usize = 1 << 30;

fn answer(schema: &str, values: impl FnOnce() -> Value + Send + 'static) -> String {
    let schema = schema.to_owned();
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    let handle = thread.spawn(move || match check_values(&values(), schema.as_bytes(), &mut NoLoader) {
        Ok(()) => String::new(),
        Err(error) => error.text,
    });
    handle.unwrap().join().unwrap()
}

fn map(key: &str, value: Value) -> Value {
    Value::map(Entries::from([(Str::from(key), value)]))
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(Value::Bool(true), |value, _| map("a", value))
}

#[test]
fn deep_values_are_checked() {
    let schema = r##"{"properties":{"a":{"anyOf":[{"$ref":"#"},{"type":"integer"}]}}}"##;
    assert_eq!(answer(schema, || nested(10_000)), "");
    let strict = r##"{"type":"object","properties":{"a":{"$ref":"#"}}}"##;
    let text = answer(strict, || nested(10_000));
    assert!(text.starts_with("- at '/a/a/a/") && text.ends_with("/a': got boolean, want object\n"), "{text:.300}");
}

#[test]
fn deep_schemas_are_compiled() {
    let deep = |open: &str, close: &str, depth| format!("{}{{}}{}", open.repeat(depth), close.repeat(depth));
    assert_eq!(answer(&deep("{\"not\":", "}", 9_998), || nested(1)), "");
    assert_eq!(answer(&deep("{\"allOf\":[", "]}", 4_999), || nested(1)), "");
    assert_eq!(answer(&deep("{\"not\":", "}", 10_001), || nested(1)), "exceeded max depth");
}

#[test]
fn chains_of_references_end() {
    let mut schema = String::from("{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
    for i in 0..5_000 {
        schema.push_str(&format!("\"d{i}\":{{\"$ref\":\"#/$defs/d{}\"}},", i + 1));
    }
    schema.push_str("\"d5000\":{\"minProperties\":2}}}");
    assert_eq!(answer(&schema, || nested(1)), "- at '': minProperties: got 1, want 2\n");
}

#[test]
fn only_so_many_errors_are_shown() {
    let values = || map("a", Value::list((0..20_000).map(|i| Value::Float(f64::from(i))).collect()));
    let text = answer(r#"{"properties":{"a":{"items":{"type":"string"}}}}"#, values);
    assert!(text.ends_with("- at '': more than 10,000 errors; the rest is not shown\n"));
    assert!(text.lines().count() <= 10_002);
}

#[test]
fn errors_that_do_not_count_are_not_counted() {
    let values = || map("a", Value::list((0..20_000).map(|i| Value::Float(f64::from(i))).collect()));
    let schema = r#"{"properties":{"a":{"items":{"anyOf":[{"type":"string"},{"type":"number"}]},"contains":{"minimum":19999}}},"required":["b"]}"#;
    assert_eq!(answer(schema, values), "- at '': missing property 'b'\n");
}

#[test]
fn long_numbers_are_told_apart() {
    let digits = "7".repeat(100_000);
    let schema = format!(r#"{{"properties":{{"a":{{"const":{digits}}},"b":{{"maximum":{digits}}}}}}}"#);
    let text = answer(&schema, || Value::map(Entries::from([(Str::from("b"), Value::Float(1e300))])));
    assert_eq!(text, "");
    let schema = format!(r#"{{"properties":{{"a":{{"multipleOf":{digits}}}}}}}"#);
    assert_eq!(answer(&schema, || map("a", Value::Int64(3))), "a number is too long to tell whether it is a multiple");
}

#[test]
fn references_leave_the_schema_only_through_a_loader() {
    let text = answer(r#"{"$ref":"https://example.com/x.json"}"#, || nested(1));
    assert_eq!(
        text,
        "failing loading \"https://example.com/x.json\": references to other documents are not followed here; \
         move what is referred to into the schema's $defs"
    );
}

#[test]
fn only_so_many_documents_are_loaded() {
    struct Chain(usize);
    impl Loader for Chain {
        fn load(&mut self, _url: &str, _limit_bytes: usize) -> Result<Vec<u8>, LoadError> {
            self.0 += 1;
            Ok(format!("{{\"$ref\":\"file:///{}.json\"}}", self.0).into_bytes())
        }
        fn unresolved_urn(&mut self, _urn: &str) {}
    }
    let error = check_values(&nested(1), b"{\"$ref\":\"file:///0.json\"}", &mut Chain(0)).unwrap_err();
    assert_eq!(error.text, "the schema refers to more than 1000 documents");
}

#[test]
fn only_so_many_schemas_are_compiled() {
    let schema = format!("{{\"anyOf\":[{}{{}}]}}", "{},".repeat(500_000));
    assert_eq!(answer(&schema, || nested(1)), "the schema has more than 500000 schemas inside");
}

#[test]
fn only_so_much_is_loaded() {
    /// A chain of documents, each as long as the text says; a real loader looks at the limit first.
    struct Long {
        bytes: usize,
        limits: Vec<usize>,
    }
    impl Loader for Long {
        fn load(&mut self, _url: &str, limit_bytes: usize) -> Result<Vec<u8>, LoadError> {
            self.limits.push(limit_bytes);
            let mut text = format!("{{\"$ref\":\"file:///{}.json\"}}", self.limits.len()).into_bytes();
            text.resize(self.bytes, b' ');
            if text.len() > limit_bytes { Err(LoadError::TooLong) } else { Ok(text) }
        }
        fn unresolved_urn(&mut self, _urn: &str) {}
    }
    let mut long = Long { bytes: 3 << 20, limits: Vec::new() };
    let error = check_values(&nested(1), b"{\"$ref\":\"file:///0.json\"}", &mut long).unwrap_err();
    let text = "failing loading \"file:///2.json\": the documents that the schema refers to have more than 8 MiB";
    assert_eq!(error.text, text);
    assert_eq!(long.limits, [8 << 20, 5 << 20, 2 << 20]);
}

#[test]
fn unresolved_urns_are_reported() {
    struct Ears(Vec<String>);
    impl Loader for Ears {
        fn load(&mut self, _url: &str, _limit_bytes: usize) -> Result<Vec<u8>, LoadError> {
            Err(GoError::new("no").into())
        }
        fn unresolved_urn(&mut self, urn: &str) {
            self.0.push(urn.to_owned());
        }
    }
    let mut ears = Ears(Vec::new());
    let schema = br#"{"properties":{"a":{"$ref":"urn:x:y"},"b":{"$ref":"urn:x:y#"}}}"#;
    assert!(check_values(&nested(2), schema, &mut ears).is_ok());
    assert_eq!(ears.0, ["urn:x:y"]);
}
