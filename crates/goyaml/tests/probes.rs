//! Single values and documents, against what Helm 4.3.1 makes of them.
//!
//! `data/toyaml.json` and `data/fromyaml.json` are made by real Helm: charts whose templates call `toYaml`,
//! `toYamlPretty` and `fromYaml | toJson`, rendered with `helm template` 4.3.1. Never edit them by hand.

use gostd::{Value, json};

fn probes(file: &str) -> Vec<Value> {
    let text = std::fs::read(format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"))).expect("probe file");
    let probes = json::decode(&text).expect("JSON");
    probes.as_list().expect("a list").items().to_vec()
}

fn member(probe: &Value, name: &str) -> Value {
    probe.as_map().expect("a probe").get(name.as_bytes()).unwrap_or(Value::Nil)
}

fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_text().into_owned()
}

fn sorted_lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

/// What the template function makes of a result: a failure is nothing, one line end is cut.
fn rendered(yaml: Result<Vec<u8>, gostd::GoError>) -> String {
    let yaml = String::from_utf8(yaml.unwrap_or_default()).expect("UTF-8");
    yaml.strip_suffix('\n').unwrap_or(&yaml).to_owned()
}

#[test]
fn values_are_written_as_helm_writes_them() {
    let mut wrong = Vec::new();
    for probe in probes("toyaml.json") {
        let value = member(&probe, "value");
        let written = [("toYaml", goyaml::to_yaml(&value)), ("toYamlPretty", goyaml::to_yaml_pretty(&value))];
        for (function, yaml) in written {
            let (wanted, found) = (text(&member(&probe, function)), rendered(yaml));
            // Helm's own order of these keys changes from run to run.
            let same = match member(&probe, "nondeterministic_key_order") {
                Value::Bool(true) => sorted_lines(&wanted) == sorted_lines(&found),
                _ => wanted == found,
            };
            if !same {
                wrong.push(format!("{} {function}: {found:?} is not {wanted:?}", text(&member(&probe, "id"))));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn documents_are_read_as_helm_reads_them() {
    let mut wrong = Vec::new();
    for probe in probes("fromyaml.json") {
        let document = member(&probe, "doc");
        let found = goyaml::from_yaml_map(document.as_str().expect("a document"))
            .unwrap_or_else(|error| Value::map([("Error".into(), Value::from(error.text))].into_iter().collect()));
        let json = |value: &Value| String::from_utf8(json::encode(value).expect("JSON")).expect("UTF-8");
        // The script that keeps the expectations writes -0 as 0.
        let (wanted, found) = (json(&member(&probe, "fromYaml")), json(&found).replace(":-0,", ":0,"));
        // Two keys that JSON cannot tell apart: in Go the order of its map decides.
        if wanted != found && text(&member(&probe, "id")) != "x_dup_intstr" {
            wrong.push(format!("{}: {found} is not {wanted}", text(&member(&probe, "id"))));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
