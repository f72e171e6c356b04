//! Versions and constraints against github.com/Masterminds/semver v3.5.0. `data/semver.json` was printed by a Go 1.27.2
//! program: each version read both ways, each constraint checked and validated against all versions that can be read.

use gostd::semver::{Constraints, Version};
use gostd::{GoError, Map, Value, json};

fn table() -> Map {
    let file = json::decode(include_bytes!("data/semver.json")).expect("the data is JSON");
    file.as_map().expect("an object").clone()
}

fn rows(table: &Map, name: &str) -> Vec<Map> {
    let rows = table.get(name.as_bytes()).expect("a table");
    rows.as_list().expect("a list").iter().map(|row| row.as_map().expect("an object").clone()).collect()
}

fn text(row: &Map, name: &str) -> String {
    row.get(name.as_bytes()).and_then(|v| v.as_str().map(|s| s.to_text().into_owned())).unwrap_or_default()
}

fn texts(value: Option<Value>) -> Vec<String> {
    let list = value.and_then(|v| v.as_list().cloned());
    let items = list.iter().flat_map(|l| l.iter());
    items.map(|v| v.as_str().expect("a text").to_text().into_owned()).collect()
}

#[test]
fn versions_are_read_as_in_go() {
    for row in rows(&table(), "Versions") {
        let input = text(&row, "In");
        let check = |name: &str, got: Result<Version, GoError>| {
            let want = (text(&row, name), text(&row, &format!("{name}Err")));
            let got = got.map_or_else(|e| (String::new(), e.text), |v| (v.to_string(), String::new()));
            assert_eq!(got, want, "{name} {input:?}");
        };
        check("Loose", Version::new(input.as_bytes()));
        check("Strict", Version::strict(input.as_bytes()));
    }
}

#[test]
fn constraints_are_read_and_checked_as_in_go() {
    let table = table();
    for row in rows(&table, "Constraints") {
        let input = text(&row, "Constraint");
        let constraints = match Constraints::new(input.as_bytes()) {
            Err(error) => {
                assert_eq!(error.text, text(&row, "Error"), "{input:?}");
                continue;
            }
            Ok(constraints) => constraints,
        };
        assert_eq!(text(&row, "Error"), "", "{input:?} is read");
        let met = texts(row.get(b"Checks"));
        let validates = row.get(b"Validates").expect("validations");
        for validation in validates.as_list().expect("a list").iter() {
            let validation = texts(Some(validation.clone()));
            let version = Version::new(validation[0].as_bytes()).expect("a version");
            assert_eq!(constraints.check(&version), met.contains(&validation[0]), "{input:?} {}", validation[0]);
            let errors: Vec<String> = constraints.validate(&version).into_iter().map(|e| e.text).collect();
            assert_eq!(errors, validation[1..], "{input:?} {}", validation[0]);
        }
    }
}
