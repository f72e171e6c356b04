//! Real Helm's answers to schemas and values: `tests/data/*.json`, each with the command that made it.
//!
//! Helm's order of siblings is random, so outputs are compared as trees of lines, and ours has to be one of those seen.

use std::path::Path;

use gostd::{GoError, Value};
use jsonschema::{LoadError, Loader, check_values};

/// The files of a case, by path.
struct Files(Option<Value>);

impl Loader for Files {
    fn load(&mut self, url: &str, _limit_bytes: usize) -> Result<Vec<u8>, LoadError> {
        let path = url.strip_prefix("file://").unwrap_or(url).replace("%20", " ");
        let file = self.0.as_ref().and_then(|files| files.as_map()?.get(path.as_bytes()));
        match file.as_ref().and_then(Value::as_str) {
            Some(text) => Ok(text.to_vec()),
            None => Err(GoError::new(format!("open {path}: no such file or directory")).into()),
        }
    }

    fn unresolved_urn(&mut self, _urn: &str) {}
}

/// A line and the lines below it, in a fixed order.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line(String, Vec<Line>);

fn tree(text: &str) -> Vec<Line> {
    let lines: Vec<&str> = text.trim_end().split('\n').collect();
    below(&lines)
}

fn below(lines: &[&str]) -> Vec<Line> {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let mut found = Vec::new();
    let mut rest = lines;
    while let Some((first, tail)) = rest.split_first() {
        let deeper = tail.iter().take_while(|line| indent(line) > indent(first)).count();
        found.push(Line(with_sorted_names(first), below(&tail[..deeper])));
        rest = &tail[deeper..];
    }
    found.sort();
    found
}

/// The names of additional properties come in random order too.
fn with_sorted_names(line: &str) -> String {
    let line = line.trim();
    let Some((start, names)) = line.split_once("additional properties ") else { return line.to_owned() };
    let mut names: Vec<&str> = names.trim_end_matches(" not allowed").split(", ").collect();
    names.sort_unstable();
    format!("{start}{}", names.join(", "))
}

fn text(case: &Value, key: &str) -> String {
    case.as_map()
        .and_then(|m| m.get(key.as_bytes()))
        .and_then(|v| v.as_str().map(|s| s.to_text().into_owned()))
        .unwrap()
}

fn check(case: &Value) -> Result<(), String> {
    let [name, schema, values] = ["name", "schema", "values"].map(|key| text(case, key));
    let member = |key: &[u8]| case.as_map().and_then(|m| m.get(key));
    let outputs: Vec<String> =
        member(b"outputs").unwrap().as_list().unwrap().iter().map(|o| o.as_str().unwrap().to_text().into()).collect();
    let values = gostd::json::decode_map(values.as_bytes()).unwrap();
    let ours = match check_values(&values, schema.as_bytes(), &mut Files(member(b"files"))) {
        Ok(()) => String::new(),
        Err(error) => error.text,
    };
    if outputs.iter().any(|theirs| tree(theirs) == tree(&ours)) {
        return Ok(());
    }
    Err(format!("{name}\nschema: {schema}\nvalues: {values:?}\nHelm:\n{}\nours:\n{ours}\n", outputs.join("\n---\n")))
}

fn run(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file);
    let data = gostd::json::decode(&std::fs::read(path).unwrap()).unwrap();
    let cases = data.as_map().unwrap().get(b"cases").unwrap();
    let cases = cases.as_list().unwrap();
    let failures: Vec<String> = cases.iter().filter_map(|case| check(case).err()).collect();
    assert!(failures.is_empty(), "{} differ\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn keywords_of_every_draft() {
    run("keywords.json");
}

#[test]
fn references_to_other_documents() {
    run("references.json");
}

#[test]
fn schemas_that_are_wrong_and_formats() {
    run("faults.json");
}
