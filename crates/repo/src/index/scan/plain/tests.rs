//! Texts of versions, and which of them are plain.

use super::*;

fn read(fields: &str) -> Option<(String, String)> {
    let text = format!("  - name: c\n{fields}    version: 1.2.3\n");
    version(text.as_bytes(), 2).map(|found| (found.record.description, found.record.keywords))
}

#[test]
fn machine_written_versions_are_read() {
    for (fields, description, keywords) in [
        ("", "", ""),
        ("    description: a b\n      c\n", "a b c", ""),
        ("    annotations:\n      a/b: |\n        - x: \"\n\n          y\n      c: d\n    apiVersion: v2\n", "", ""),
        ("    annotations: {}\n    keywords: []\n    urls: []\n", "", ""),
        ("    keywords:\n    - a\n    - b c\n    urls:\n    - http://h/c-1.2.3.tgz\n", "", "a b c"),
        ("    keywords:\n      - a\n    deprecated: true\n", "", "a"),
        ("    maintainers:\n    - email: a@b\n      name: c\n    - name: d\n", "", ""),
        ("    dependencies:\n    - name: a\n      tags:\n      - t\n      version: 2.x.x\n    - name: b\n", "", ""),
        ("    created: \"2024-02-28T01:02:03.123456789+01:00\"\n", "", ""),
    ] {
        let wanted = (description.to_owned(), keywords.to_owned());
        assert_eq!(read(fields), Some(wanted), "{fields}");
    }
}

#[test]
fn what_is_not_plain_is_left_to_others() {
    for fields in [
        "    nmae: c\n",
        "    name: d\n",
        "    description: é\n",
        "    description: |\n      a\n",
        "    appVersion: 1.10\n",
        "    created: \"2024-02-30T01:02:03Z\"\n",
        "    created: 2024\n",
        "    type: other\n",
        "    maintainers:\n    - null\n",
        "    dependencies:\n    - name: a\n    - name: a\n",
        "    dependencies:\n    - name: a\n      alias: b.c\n",
        "    dependencies:\n    - name: a\n      import-values:\n      - b\n",
        "    annotations:\n      y: b\n",
        "    annotations:\n      a: b\n      a: c\n",
        "    annotations:\n      a: |\n        b\n       c\n",
        "    keywords:\n      - a\n     - b\n",
        "    keywords:\n  - a\n",
        "    home: &a b\n",
        "    home: {a: b}\n",
        "    home: a\n     b: c\n",
    ] {
        assert_eq!(read(fields), None, "{fields}");
    }
    assert!(version(b"  - name: a/b\n    version: 1.0.0\n", 2).is_none());
    assert!(version(b"  - name: a\n    version: one\n", 2).is_none());
    assert!(version(b"  - null\n", 2).is_none());
}
