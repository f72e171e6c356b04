//! Templates against what Go 1.27.2 makes of them.
//!
//! Each file of `data` was printed by a Go program: it parses the files of a case (`f.yaml` alone, where a case is only
//! a template) in a namespace `gotpl` with `missingkey=zero` and the functions of `doubles`, executes the last file
//! with `data`, and prints the output, or the error and the texts that `errors.Unwrap` comes to.

mod doubles;

use std::path::Path;

use gostd::{GoError, Map, Value, json};
use gotemplate::Set;

struct Case {
    files: Vec<(String, String)>,
    wanted: Result<String, (String, Vec<String>)>,
}

fn text(value: &Value) -> String {
    value.as_str().map(|s| s.to_text().into_owned()).unwrap_or_default()
}

fn items(map: &Map, name: &str) -> Vec<Value> {
    map.get(name.as_bytes()).and_then(|value| value.as_list().map(|list| list.to_vec())).unwrap_or_default()
}

fn case(value: &Value) -> Case {
    let map = value.as_map().expect("a case is an object");
    let field = |name: &str| map.get(name.as_bytes()).map(|value| text(&value));
    let file = |pair: &Value| pair.as_list().map(|pair| (text(&pair[0]), text(&pair[1]))).expect("a name and a text");
    let files = match field("template") {
        Some(template) => vec![("f.yaml".to_string(), template)],
        None => items(map, "files").iter().map(file).collect(),
    };
    let wanted = match field("error") {
        Some(error) => Err((error, items(map, "chain").iter().map(text).collect())),
        None => Ok(field("output").expect("an output or an error")),
    };
    Case { files, wanted }
}

fn run(files: &[(String, String)], data: &Value) -> Result<String, GoError> {
    let mut set = Set::new(&[doubles::FUNCS]);
    let mut last = "";
    for (name, template) in files {
        set.parse(name, template.as_str())?;
        last = name;
    }
    let out = set.execute(last, data, Vec::new())?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// The text, and those of the sources without repetitions.
fn texts(error: GoError) -> (String, Vec<String>) {
    let mut texts = Vec::new();
    let (mut last, mut next) = (&error.text, error.source.as_deref());
    while let Some(link) = next {
        if link.text != *last {
            texts.push(link.text.clone());
        }
        (last, next) = (&link.text, link.source.as_deref());
    }
    (error.text.clone(), texts)
}

fn check(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).expect("a readable file");
    let file = json::decode(&bytes).expect("the file is JSON");
    let file = file.as_map().expect("an object").clone();
    let mut wrong = Vec::new();
    for value in items(&file, "cases") {
        // Functions may change the data.
        let data = gostd::value::deep_copy(&file.get(b"data").expect("data")).expect("a copy");
        let Case { files, wanted } = case(&value);
        let got = run(&files, &data).map_err(texts);
        if got != wanted {
            wrong.push(format!("{files:?}\n  got  {got:?}\n  want {wanted:?}"));
        }
    }
    wrong
}

#[test]
fn templates_give_what_go_gives() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let entries = std::fs::read_dir(folder).expect("the data");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let wrong: Vec<String> = paths.iter().flat_map(|path| check(path)).collect();
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}
