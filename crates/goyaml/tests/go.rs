//! Documents and texts with mistakes and oddities, against Go.
//!
//! `data/go.json` is made by a Go 1.27.2 program over sigs.k8s.io/yaml 1.6.0, go.yaml.in/yaml/v2 2.4.4 and v3 3.0.5, from
//! pieces and mutations of the probes: `Unmarshal` and `UnmarshalStrict` into an `interface{}`, `Unmarshal` into Helm's
//! `SimpleHead`, `Marshal`, and an encoder with `SetIndent(2)`. What Go prints in a random order is left out. Bytes are
//! written as the characters of the same number. Never edit it by hand.

use gostd::{GoError, Value, json};

fn goldens(kind: &str) -> Vec<Value> {
    let text = std::fs::read(format!("{}/tests/data/go.json", env!("CARGO_MANIFEST_DIR"))).expect("golden file");
    let all = json::decode(&text).expect("JSON");
    member(&all, kind).as_list().expect("a list").items().to_vec()
}

fn member(golden: &Value, name: &str) -> Value {
    golden.as_map().expect("an object").get(name.as_bytes()).unwrap_or(Value::Nil)
}

fn text(golden: &Value, name: &str) -> Option<String> {
    member(golden, name).as_str().map(|text| text.to_text().into_owned())
}

fn bytes(golden: &Value, name: &str) -> Option<Vec<u8>> {
    text(golden, name).map(|text| text.chars().map(|c| c as u8).collect())
}

/// Compares a text, or the error in its place.
fn check(found: Result<Vec<u8>, GoError>, golden: &Value, name: &str, wrong: &mut Vec<String>) {
    let wanted = match bytes(golden, name) {
        Some(bytes) => Ok(bytes),
        None => Err(text(golden, &format!("{name}_error")).unwrap_or_default()),
    };
    let found = found.map_err(|error| error.text);
    if found != wanted {
        let show =
            |result: &Result<Vec<u8>, String>| format!("{:?}", result.as_ref().map(|b| String::from_utf8_lossy(b)));
        let source = text(golden, "doc").or(text(golden, "text"));
        wrong.push(format!("{source:?} {name}:\n  {}\n  is not {}", show(&found), show(&wanted)));
    }
}

fn none_wrong(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn documents_give_what_go_gives() {
    let mut wrong = Vec::new();
    for golden in goldens("docs") {
        let document = bytes(&golden, "doc").expect("a document");
        let value = match (goyaml::from_yaml(&document), text(&golden, "error")) {
            (Ok(value), None) => value,
            (Err(error), Some(wanted)) if error.text == wanted => continue,
            (found, wanted) => {
                wrong.push(format!("{:?}: {found:?} is not {wanted:?}", text(&golden, "doc")));
                continue;
            }
        };
        let as_text = json::encode(&value).map(|json| String::from_utf8_lossy(&json).into_owned());
        if as_text.as_ref().ok() != text(&golden, "json").as_ref() {
            wrong.push(format!("{:?}: {as_text:?} is not {:?}", text(&golden, "doc"), text(&golden, "json")));
        }
        let strict = goyaml::from_yaml_strict(&document).err().map(|error| error.text);
        if strict != text(&golden, "strict_error") {
            wrong.push(format!("{:?} strict: {strict:?}", text(&golden, "doc")));
        }
        check(goyaml::to_yaml(&value), &golden, "yaml", &mut wrong);
        check(goyaml::to_yaml_pretty(&value), &golden, "pretty", &mut wrong);
    }
    none_wrong(wrong);
}

#[test]
fn heads_are_what_go_reads() {
    let mut wrong = Vec::new();
    for golden in goldens("docs") {
        let found = goyaml::head(&bytes(&golden, "doc").expect("a document"));
        let wanted = text(&golden, "head_error").or(text(&golden, "error"));
        let same = match (&found, &wanted) {
            (Ok(head), None) => same_head(head, &member(&golden, "head")),
            (Err(error), Some(wanted)) => error.text == *wanted,
            _ => false,
        };
        if !same {
            wrong.push(format!("{:?}: {found:?} is not {wanted:?}", text(&golden, "doc")));
        }
    }
    none_wrong(wrong);
}

fn same_head(found: &goyaml::Head, wanted: &Value) -> bool {
    let metadata = member(wanted, "metadata");
    let of_metadata = |name: &str| if metadata.is_nil() { Value::Nil } else { member(&metadata, name) };
    let name = of_metadata("name").as_str().cloned().unwrap_or_default();
    let annotations = of_metadata("annotations").as_map().map(|map| {
        let entries = map.borrow();
        entries.iter().map(|(key, value)| (key.clone(), value.as_str().cloned().expect("a string"))).collect()
    });
    let string = |name: &str| text(wanted, name).unwrap_or_default();
    found.api_version == string("apiVersion").as_str()
        && found.kind == string("kind").as_str()
        && found.name == name
        && found.annotations == annotations
}

#[test]
fn texts_are_written_as_go_writes_them() {
    let mut wrong = Vec::new();
    for golden in goldens("texts") {
        let text = Value::str(bytes(&golden, "text").expect("a text"));
        let key = text.as_str().cloned().expect("a string");
        let map = Value::map([(key, text.clone())].into_iter().collect());
        let value = Value::map([("k".into(), Value::list(vec![text, map]))].into_iter().collect());
        check(goyaml::to_yaml(&value), &golden, "yaml", &mut wrong);
        check(goyaml::to_yaml_pretty(&value), &golden, "pretty", &mut wrong);
    }
    none_wrong(wrong);
}

#[test]
fn objects_for_a_cluster_keep_their_integers() {
    // Numbers as k8s.io/apimachinery pkg/util/json v0.36 reads them: int64 where it fits, else float64.
    let cases: [(&[u8], &str); 5] = [
        (b"a: 9007199254740993\n", r#"{"a":9007199254740993}"#),
        (b"a: -9223372036854775808\nb: [0x10, 1_000]\n", r#"{"a":-9223372036854775808,"b":[16,1000]}"#),
        (b"a: 18446744073709551615\n", r#"{"a":18446744073709552000}"#),
        (b"a: !!int 9007199254740993\nb: 1.5\n", r#"{"a":9007199254740993,"b":1.5}"#),
        (b"{\"a\": 9007199254740993, \"b\": 1e3}", r#"{"a":9007199254740993,"b":1000}"#),
    ];
    for (text, wanted) in cases {
        let value = goyaml::Objects::with_integers(text).next().expect("an object").expect("readable");
        assert_eq!(String::from_utf8_lossy(&json::encode(&value).expect("JSON")), wanted);
    }
}
