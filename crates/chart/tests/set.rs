//! The values flags, against what real Helm 4.3.1 made of the same arguments (see `data/set.txt`).

use chart::value_options::{Reader, ValueOptions};
use gostd::{GoError, Value};

const CASES: &str = include_str!("data/set.txt");
const FOLDER: [(&str, &[u8]); 7] = [
    ("f.txt", b"file\ntext\n"),
    ("empty.txt", b""),
    ("bin", b"a\xffb"),
    ("v.yaml", b"a: {b: 1, l: [1, {x: y}, [z]], n: null}\ns: text\nl: [1, 2]\n"),
    ("w.yaml", b"a: {b: {c: 2}, l: []}\n---\ns: null\nt: 1.5\n---\n"),
    ("bad.yaml", b"a: b: c\n"),
    ("list.yaml", b"- a\n"),
];

struct Folder;

impl Reader for Folder {
    fn read(&mut self, name: &str) -> Result<Vec<u8>, GoError> {
        if matches!(name, "" | "c") {
            let text = if name.is_empty() { "open : no such file or directory" } else { "read c: is a directory" };
            return Err(GoError::new(text));
        }
        let file = FOLDER.iter().find(|(file, _)| *file == name);
        file.map(|(_, data)| data.to_vec())
            .ok_or_else(|| GoError::new(format!("open {name}: no such file or directory")))
    }
}

fn options(arguments: &[String]) -> ValueOptions {
    let mut options = ValueOptions::default();
    for pair in arguments.chunks(2) {
        let list = match pair[0].as_str() {
            "-f" => &mut options.value_files,
            "--set" => &mut options.values,
            "--set-string" => &mut options.string_values,
            "--set-file" => &mut options.file_values,
            "--set-json" => &mut options.json_values,
            "--set-literal" => &mut options.literal_values,
            other => panic!("flag {other}"),
        };
        list.push(pair[1].clone());
    }
    options
}

fn strings(json: &str) -> Vec<String> {
    let list = gostd::json::decode_list(json.as_bytes()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_text().into_owned();
    list.as_list().unwrap().iter().map(text).collect()
}

#[test]
fn the_values_flags_are_helms() {
    let lines: Vec<&str> = CASES.lines().filter(|line| !line.starts_with('#')).collect();
    let mut wrong = Vec::new();
    for case in lines.chunks(2) {
        let found = match options(&strings(case[0])).merge(&mut Folder) {
            Ok(values) => gostd::json::encode(&Value::Map(values)).unwrap(),
            Err(error) => gostd::json::encode_raw(&Value::from(format!("Error: {}", error.text))).unwrap(),
        };
        let found = String::from_utf8_lossy(&found).into_owned();
        if found.trim_end() != case[1] {
            wrong.push(format!("{}\n  want {}\n  got  {found}", case[0], case[1]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len() / 2, wrong.join("\n"));
}
