//! The fast reader against the exact one.

use gostd::value::deep_equal;
use gostd::{GoError, Value, json};

use crate::decode::Mode;
use crate::{exact, fast};

/// Reads both ways; reports whether the fast reader was sure.
fn same(document: &[u8], name: &str) -> bool {
    let Some(found) = fast::read(document, Mode::Json, None) else { return false };
    match exact(document, Mode::Json, None) {
        Ok(wanted) => assert!(deep_equal(&found, &wanted).expect("not deep"), "{name} differs"),
        Err(error) => panic!("{name} is not YAML: {error}"),
    }
    assert_eq!(crate::head(document).ok(), crate::head::exact_head(document).ok(), "head of {name}");
    checks_as_it_reads(document, name);
    true
}

/// Checking finds what reading finds.
fn checks_as_it_reads(document: &[u8], name: &str) {
    let text = |error: GoError| error.text;
    let read = crate::from_yaml_map(document).map(drop).map_err(text);
    assert_eq!(crate::check_map(document).map_err(text), read, "check of {name}");
}

#[test]
fn both_readers_read_the_probes_alike() {
    let text = std::fs::read(format!("{}/tests/data/fromyaml.json", env!("CARGO_MANIFEST_DIR"))).expect("probe file");
    let probes = json::decode(&text).expect("JSON");
    for probe in probes.as_list().expect("a list").items() {
        let document = probe.as_map().and_then(|probe| probe.get(b"doc")).expect("a document");
        let document = document.as_str().expect("a string");
        checks_as_it_reads(document, &document.to_text());
        same(document, &document.to_text());
    }
}

#[test]
fn plain_forms_are_read_fast() {
    for document in [
        "a: 1\nb:\n  c: x\n  d:\n  - y\n  - z: 1\n    w: 2\ne: []\n",
        "# comment\n---\na: \"x\\ty\" # c\nb: 'it''s'\nc:\n- - 1\n  - 2\n-\n  d: ~\n",
        "a: |\n  one\n\n  two\nb: >-\n  one\n  two\n\n   three\nc: |+\n  x\n\nd: |2-\n   y\n",
        "a: one\n  two\n\n  three # c\nb: \"one\n  two\\\n  three\"\n'c d': 'x\n\n  y'\n",
        "a: {b: 1, \"c\":[x, y z, 'q'], d: {}}\nb: [1, -2, /x:y]\n",
        "a: b\n---\nc: d\n",
        "- a\n- b: c\n",
    ] {
        assert!(same(document.as_bytes(), document), "doubt: {document}");
    }
}

#[test]
fn both_readers_read_the_corpus_alike() {
    let Some(home) = std::env::var_os("HOME") else { return };
    let mut folders = vec![std::path::Path::new(&home).join(".cache/pilothouse/corpus/charts")];
    let (mut sure, mut all) = (0, 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name == "values.yaml")
                && let Ok(document) = std::fs::read(&path)
            {
                all += 1;
                sure += usize::from(same(&document, &path.to_string_lossy()));
            }
        }
    }
    // Without the corpus there is nothing to compare.
    assert!(sure * 10 >= all * 9, "the fast reader took only {sure} of {all} values files");
}

#[test]
fn doubt_is_told_where_go_yaml_differs() {
    for document in
        ["a: &x 1\n", "a: *x\n", "a:\tb\n", "a: b\r\n", "<<: {}\n", "~: 1\n", "a: .inf\n", "x\n", "a: b: c\n"]
    {
        assert!(fast::read(document.as_bytes(), Mode::Json, None).is_none(), "sure: {document}");
        checks_as_it_reads(document.as_bytes(), document);
    }
    for document in
        ["", "- a\n", "# nothing\n", "a: -.INF\n", "a: [.nan]\n", "1: a\ntrue: b\n", "a: {b: [1, {c: 2}]}\n"]
    {
        checks_as_it_reads(document.as_bytes(), document);
    }
    let heavy = [b"a: [", &b"{},".repeat(1 << 21)[..], b"]\n"].concat();
    checks_as_it_reads(&heavy, "a heavy document");
    assert!(crate::check_map(&heavy).is_err());
    assert!(fast::read(b"a: 1\na: 2\n", Mode::Strict, None).is_none());
    assert!(matches!(fast::read(b"a: 1\na: 2\n", Mode::Json, None), Some(Value::Map(_))));
}
