//! What is read piece by piece is what the exact reader reads; and what machines write is read piece by piece.

use super::agreement::{agree, exactly, piecewise};

const ENTRY: &str = "  - apiVersion: v2\n    appVersion: 1.2.3\n    created: \"2024-01-02T03:04:05.123456789+01:00\"\n    \
                     description: A chart that does many things for many people who need them\n      again and again\n    \
                     digest: 0123abcd\n    keywords:\n    - one\n    - two\n    name: a\n    urls:\n    - \
                     http://h/a-1.0.0.tgz\n    version: 1.0.0\n";

#[test]
fn what_machines_write_is_read_in_pieces() {
    let two = ENTRY.replace("1.0.0", "1.1.0-rc.1");
    let deeper = ENTRY.replace("\n  ", "\n      ").replacen("  - ", "      - ", 1);
    for text in [
        format!("apiVersion: v1\nentries:\n  a:\n{ENTRY}{two}generated: \"2024-01-02T03:04:05Z\"\n"),
        format!("apiVersion: v1\nentries:\n  b:\n{two}{ENTRY}  a:\n{ENTRY}{ENTRY}"),
        format!(
            "---\n# made by hand\napiVersion: v1\nentries:\n  a:\n  # the first\n{ENTRY}\n\n  b: []\n  c:\nserverInfo: {{}}\n"
        ),
        format!("generated: \"2024-01-02T03:04:05Z\"\nentries:\n    a:\n{deeper}apiVersion: v1\n"),
        "apiVersion: v1\nentries: {}\n".to_owned(),
        "apiVersion: v1\n".to_owned(),
        "entries:\n  a: []\n".to_owned(),
        format!("apiVersion: v1\nentries:\n  \"1\":\n{ENTRY}  'y':\n{ENTRY}  n:\n{ENTRY}"),
        format!("apiVersion: v1\r\nentries:\r\n  a:\r\n{}", ENTRY.replace('\n', "\r\n")),
        format!(
            "apiVersion: v1\nentries:\n  a:\n  - null\n  - {{}}\n  - name: a\n{ENTRY}  - name: a\n    version: x\n"
        ),
        format!("apiVersion: v1\nentries:\n  a:\n{}", ENTRY.replace("one", "\"\\u00e9n\\a\"")),
        format!("apiVersion: v1\nentries:\n  a:\n{}", ENTRY.replace("0123abcd", "0123")),
        format!("apiVersion: v1\nentries:\n  a:\n{}", ENTRY.replace("- one", "- one\n     - more")),
        format!("apiVersion: v1\nentries:\n  a:\n{}", ENTRY.replace("A chart", "|\n      - \"A chart\n      #")),
        format!("apiVersion: v1\nentries:\n  a:\n{}", ENTRY.replace("A chart", "Ein Häuschen mit")),
        format!("apiVersion: v1\nannotations:\n  x: y\nentries:\n  a:\n{}", ENTRY.trim_end()),
        format!("apiVersion: v1\nentries:\n  a:\n{ENTRY}{}", ENTRY.replace("1.0.0", "1.0.0+b")),
    ] {
        assert!(agree(&text), "{text}");
    }
}

/// What the reader in pieces must leave to the exact one, or read as it does.
const ODD: &[&str] = &[
    "",
    " \n",
    "null",
    "[]",
    "a",
    "apiVersion: v1\nentries:\n- a\n",
    "apiVersion: v1\nentries: {a: [{name: a, version: 1.0.0}]}\n",
    "apiVersion: v1\nentries:\n  a: [{name: a, version: 1.0.0}]\n",
    "apiVersion: v1\nentries: &x\n  a:\n  - name: a\n    version: 1.0.0\n",
    "apiVersion: v1\nentries:\n  a: &x\n  - name: a\n    version: 1.0.0\n  b: *x\n",
    "apiVersion: v1\nentries:\n  a:\n  - &x\n    name: a\n    version: 1.0.0\n  b:\n  - *x\n",
    // What is behind the end of the text is not read.
    " apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n",
    "apiVersion: v1\nentries:\n  {a} [b:]\n",
    "apiVersion: v1\nentries:\n  !!map {a} b\n",
    "apiVersion: v1\nentries:\n  --- {a}\n",
    "apiVersion: v1\nentries:\n  \t\n",
    "apiVersion: v1\nentries:\n# a\rb: c\n",
    "--- apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n",
    "apiVersion: v1\nentries:\n  a:\n  - &x\n    name: a\n    version: 1.0.0\n  - <<: *x\n    version: 2.0.0\n",
    "apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n  a:\n  - name: a\n    version: 1.0.0\n",
    "apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\nentries:\n  b: []\n",
    "apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n  -name: b\n",
    "apiVersion: v1\nentries:\n  a:\n    - name: a\n      version: 1.0.0\n  - name: b\n    version: 1.0.0\n",
    "apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n   b:\n  - name: b\n    version: 1.0.0\n",
    "apiVersion: v1\nentries:\n  a:\n  - name: \"a\n  - name: b\"\n    version: 1.0.0\n",
    "apiVersion: v1\nannotations:\n  x: \"y\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n  \"\n",
    "apiVersion: v1\nannotations:\n  x: |\n    y\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n",
    "apiVersion: v1\nentries:\n  a:\n  - nmae: a\n    version: 1.0.0\n",
    "apiVersion: v1\nentreis:\n  a: []\n",
    "apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0\n",
    "apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n    annotations: {version: 1.0}\n",
    "apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n    annotations: {x: 1.0}\n",
    "apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n    keywords: [1]\n",
    "apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n---\nentries: {}\n",
    "apiVersion: v1\nentries:\n  a:\n  - name: a\n\tversion: 1.0.0\n",
    "apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n\u{7}",
    "apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\ngenerated: yesterday\n",
    "apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n  ? b\n  : []\n",
    "apiVersion: v1\nentries:\n  a: |\n  b: []\n",
    "apiVersion: v1\nentries:\n  a:\n  - name: a\u{2028} b\n    version: 1.0.0\n",
    "apiVersion: v1\nentries:\n  a:\n  - name: a\u{2029}    version: 1.0.0\n",
    "apiVersion: v1\u{85}---\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n",
    "apiVersion: v1\r---\nentries:\n  a:\n  - name: a\n    version: 1.0.0\n",
    "apiVersion: v1\nentries:\n  a:\u{2028}- name: a\n  - name: a\n    version: 1.0.0\n",
    "{\"apiVersion\":\"v1\",\"entries\":{}",
    "{\"apiVersion\":\"v1\",\"entries\":{\"a\":[{\"name\":\"a\"}]}} x",
    "{\"apiVersion\":\"v1\",\"Entries\":{\"a\":[{\"name\":\"a\",\"version\":\"1.0.0\"}]}}",
    "{\"apiVersion\":\"v1\",\"entrie\\u0073\":{\"a\":[{\"name\":\"a\",\"version\":\"1.0.0\"}]}}",
    "{\"apiVersion\":\"v1\",\"entries\":{\"a\":[1]}}",
    "{\"apiVersion\":\"v1\",\"entries\":{\"a\":[{\"name\":\"a\",\"version\":\"1.0.0\"},]}}",
    "{\"apiVersion\":\"v1\",\"entries\":{\"a\":[{\"name\":\"a\"}{\"name\":\"a\"}]}}",
    "{\"apiVersion\":\"v1\",\"entries\":{\"a\":[],\"a\":[{\"name\":\"a\",\"version\":\"1.0.0\"}]}}",
    "{\"apiVersion\":\"v1\",\"entries\":{\"a\":[]},\"entries\":{\"b\":[]}}",
    "{apiVersion: v1, entries: {a: [{name: a, version: 1.0.0}]}}",
];

#[test]
fn nothing_is_guessed() {
    ODD.iter().for_each(|text| {
        agree(text);
    });
}

/// A generator of numbers that are always the same (Knuth's MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// What changes the meaning of YAML where it stands.
const MARKS: &[&str] = &[
    "\n", "\n  ", "\n  - ", "\n    ", " ", ": ", ":", " #", "\"", "'", "&x ", "*x", "|", ">", "[", "]", "{", "}", "- ",
    "---\n", "? ", "!!str ", "\t", "\r\n", "\u{2028}", "\u{e9}", "null", "1.0", "yes", "<<: ", "entries:", "\\", "%",
    "@", ",", "",
];

#[test]
fn changed_texts_are_never_misread() {
    let two = ENTRY.replace("1.0.0", "1.1.0-rc.1");
    let annotated =
        ENTRY.replace("  - apiVersion", "  - annotations:\n      x: |\n        - a\n      y: z\n    apiVersion");
    let texts = [
        format!("apiVersion: v1\nentries:\n  a:\n{ENTRY}{two}  b:\n{annotated}generated: \"2024-01-02T03:04:05Z\"\n"),
        format!(
            "entries:\n  a:\n{}apiVersion: v1\n",
            "  - name: a\n    version: 1.0.0\n    dependencies:\n    - name: c\n      tags:\n      - t\n    maintainers:\n    - name: m\n"
        ),
        r#"{"apiVersion":"v1","entries":{"a":[{"name":"a","version":"1.0.0"},{"name":"a","version":"2.0.0"}],"b":[]}}"#
            .to_owned(),
    ];
    let (mut numbers, mut read) = (Numbers(1), 0);
    for round in 0..3000 {
        let mut text = texts[round % texts.len()].clone();
        for _ in 0..=numbers.below(3) {
            let mut at = numbers.below(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let mut end = (at + numbers.below(6)).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            text.replace_range(at..end, MARKS[numbers.below(MARKS.len())]);
        }
        read += usize::from(agree(&text));
    }
    assert!(read > 200, "{read} of 3000 were read in pieces");
}

#[test]
fn json_is_read_in_pieces() {
    let entry = r#"{"name":"a","version":"1.0.0","description":"\"}]\\","urls":["http://h/a.tgz"],"unknown":[{}]}"#;
    for text in [
        r#"{"apiVersion":"v1","entries":{}}"#.to_owned(),
        format!(r#"{{"apiVersion":"v1","entries":{{"a":[{entry}]}},"generated":"2024-01-02T03:04:05Z"}}"#),
        format!(
            " {{ \"apiVersion\" : \"v1\" , \"entries\" : {{ \"b\" : [ ] , \"a\" : [ {entry} , null , {{}} ] }} }}\n"
        ),
        format!(r#"{{"entries":{{"a":null,"é\n":[{entry},{entry}]}},"other":{{"entries":{{"x":[1]}}}}}}"#),
    ] {
        assert!(agree(&text), "{text}");
    }
}

#[test]
fn errors_are_those_of_helm() {
    for (text, error) in [
        ("", "empty index.yaml file"),
        (
            "apiVersion: v1\nentries:\n  a:\n  - nmae: a\n",
            "error unmarshaling JSON: while decoding JSON: json: unknown field \"nmae\"",
        ),
        (
            "entries:\n  a:\n  - version: 0.1\n",
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal number into Go struct field \
             .entries.a.0.version of type string",
        ),
        (
            "a: 1\na: 2\n",
            "error converting YAML to JSON: yaml: unmarshal errors:\n  line 2: key \"a\" already set in map",
        ),
    ] {
        assert_eq!(exactly(text.as_bytes()).err().as_deref(), Some(error));
        assert_eq!(piecewise(text.as_bytes(), 10).map(|_| ()), None);
    }
}
