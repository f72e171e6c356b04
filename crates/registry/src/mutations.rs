//! What strangers send, damaged in many ways: nothing of it may do more than fail.

use crate::strangers::{read_body, read_text};

/// Bytes that mean something to one of the parsers.
const BYTES: [u8; 18] = *b"\"\\,=:@/_.-+[]{}<>\xff";

/// Calls `read` with every text that differs from `seed` in one place: a byte that is another, one that is missing or one
/// more; and with the starts of it.
fn damage(seed: &[u8], read: impl Fn(&[u8])) {
    for at in 0..=seed.len() {
        let (front, back) = seed.split_at(at);
        read(front);
        let rest = back.get(1..).unwrap_or_default();
        read(&[front, rest].concat());
        for byte in BYTES {
            read(&[front, &[byte], rest].concat());
            read(&[front, &[byte], back].concat());
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn texts_are_read_or_refused() {
    for seed in [
        "oci://localhost:5000/a/b-c:1.0.0+x",
        "h/a@sha256:0011",
        "docker.io/a:v1@sha512:00",
        r#"Bearer realm="https://h/t?a=\"b\"",service=s,scope="repository:a:pull,push x""#,
        "application/vnd.oci+json; charset=utf-8",
        "a=b%20c&d;e&%zz=1&f",
        "</v2/a/tags/list?last=%41&n=2>; rel=\"next\"",
    ] {
        damage(seed.as_bytes(), |bytes| read_text(&text(bytes)));
    }
}

#[test]
fn bodies_are_read_or_refused() {
    for seed in [
        r#"{"schemaVersion":2,"config":{"digest":"sha256:0","size":-1},"layers":[{"size":1e3}],"annotations":{"a":"b"}}"#,
        r#"{"name":"a","tags":["1.0.0","v2","1.0.0_b"]}"#,
        r#"{"errors":[{"code":"DENIED","message":"no","detail":{"a":[1,null]}}]}"#,
    ] {
        damage(seed.as_bytes(), read_body);
    }
}
