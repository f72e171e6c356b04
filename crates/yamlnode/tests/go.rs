//! Documents that are read and written again, against Go.
//!
//! `data/documents.json` is made by a Go 1.27.2 program over go.yaml.in/yaml/v3 3.0.5, which decodes the first document
//! into a `Node` and encodes that with an indentation of 2: with `CompactSeqIndent`, and as `wide` without it where that
//! differs. Bytes are written as the characters of the same number. Never edit it by hand.

use gostd::{Value, json};
use yamlnode::{SequenceIndent, Writer};

fn member(golden: &Value, name: &str) -> Option<String> {
    let value = golden.as_map().expect("an object").get(name.as_bytes())?;
    value.as_str().map(|text| text.to_text().into_owned())
}

fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|c| c as u8).collect()
}

fn written(document: &[u8], sequences: SequenceIndent) -> Result<Vec<u8>, String> {
    let mut writer = Writer::new();
    if let Some(document) = yamlnode::read(document).map_err(|error| error.text)? {
        writer.document(&document, sequences).map_err(|error| error.text)?;
    }
    Ok(writer.into_text())
}

#[test]
fn documents_are_written_as_go_writes_them() {
    let goldens = std::fs::read(format!("{}/tests/data/documents.json", env!("CARGO_MANIFEST_DIR"))).expect("goldens");
    let goldens = json::decode(&goldens).expect("JSON");
    let mut wrong = Vec::new();
    for golden in goldens.as_list().expect("a list").items().iter() {
        let source = member(golden, "doc").expect("a document");
        for (name, sequences) in [("text", SequenceIndent::Compact), ("wide", SequenceIndent::Wide)] {
            let wanted = match (member(golden, name).or(member(golden, "text")), member(golden, "error")) {
                (Some(text), None) => Ok(bytes(&text)),
                (_, error) => Err(error.unwrap_or_default()),
            };
            let found = written(&bytes(&source), sequences);
            if found != wanted {
                let show = |result: &Result<Vec<u8>, String>| {
                    format!("{:?}", result.as_ref().map(|text| String::from_utf8_lossy(text)))
                };
                wrong.push(format!("{source:?} {name}:\n  {}\n  is not {}", show(&found), show(&wanted)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
