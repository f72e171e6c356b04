//! The S3 server of tests: it answers, dies, comes back, and fails as often as it is told.

use std::io::{Read, Write};
use std::net::TcpStream;

use testbed::S3;

/// The status of an unsigned request to the bucket.
fn status(endpoint: &str) -> Option<String> {
    let host = endpoint.strip_prefix("http://")?;
    let mut stream = TcpStream::connect(host).ok()?;
    write!(stream, "GET /charts/none HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1).map(str::to_owned)
}

#[test]
fn it_asks_for_a_signature_and_comes_back_after_its_death() {
    let Some(mut server) = S3::start("charts").expect("a server") else { return };
    assert_eq!(status(&server.endpoint()).as_deref(), Some("403"));
    assert!(server.bucket("charts").is_dir());
    server.kill();
    assert_eq!(status(&server.endpoint()), None);
    server.restart().expect("it is back");
    assert_eq!(status(&server.endpoint()).as_deref(), Some("403"));
}

#[test]
fn every_third_request_fails() {
    let Some(server) = S3::start("charts").expect("a server") else { return };
    let faulty = server.faulty(3).expect("a way to it");
    let seen: Vec<_> = (0..6).map(|_| status(&faulty.endpoint()).unwrap_or_default()).collect();
    assert_eq!((seen, faulty.requests()), (["403", "403", "500", "403", "403", "500"].map(str::to_owned).to_vec(), 6));
}
