//! What strangers send, damaged in many ways: nothing of it may do more than fail.

use gostd::url::Url;

use crate::auth::parse_challenge;
use crate::manifest::{Manifest, media};
use crate::{ChartReference, media_type, query};

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
fn references_are_read_or_refused() {
    for seed in ["oci://localhost:5000/a/b-c:1.0.0+x", "h/a@sha256:0011", "docker.io/a:v1@sha512:00"] {
        damage(seed.as_bytes(), |bytes| {
            if let Ok(reference) = ChartReference::parse(&text(bytes)) {
                assert!(!reference.place.repository.contains(".."));
            }
        });
    }
}

#[test]
fn headers_are_read_or_refused() {
    let seed = br#"Bearer realm="https://h/t?a=\"b\"",service=s,scope="repository:a:pull,push x""#;
    damage(seed, |bytes| parse_challenge(&text(bytes)));
    damage(b"application/vnd.oci+json; charset=utf-8", |bytes| drop(media_type::parse(&text(bytes))));
    damage(b"a=b%20c&d;e&%zz=1&f", |bytes| drop(query::encode(&query::parse(bytes))));
    let base = Url::parse(b"http://h:1/v2/a/tags/list?n=1").expect("a URL");
    damage(b"</v2/a/tags/list?last=%41&n=2>", |bytes| drop(crate::http::resolve(&base, &text(bytes))));
}

#[test]
fn manifests_are_read_or_refused() {
    let seed = br#"{"schemaVersion":2,"config":{"digest":"sha256:0","size":-1},"layers":[{"size":1e3}],"annotations":{"a":"b"}}"#;
    damage(seed, |bytes| {
        if let Ok(manifest) = Manifest::read(bytes) {
            media::MANIFESTS.iter().for_each(|kind| drop(manifest.successors(kind)));
            drop((manifest.annotations(), manifest.config()));
        }
    });
}
