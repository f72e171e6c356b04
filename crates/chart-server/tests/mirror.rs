//! A repository that stands behind ours: shown, fetched from when somebody wants a chart, and not needed after that.

mod running;
mod wire;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;

use running::Running;
use wire::{Answer, ask};

fn fixture(file: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/museum/files").join(file)).expect(file)
}

fn get(server: &Running, path: &str) -> Answer {
    ask(server.address, &format!("GET {path}"), &[], b"")
}

fn upload(server: &Running, path: &str, file: &str) {
    assert_eq!(ask(server.address, &format!("POST {path}"), &[], &fixture(file)).status, 201);
}

#[test]
fn charts_are_shown_fetched_and_kept() {
    let upstream = Running::museum(&[]);
    upload(&upstream, "/api/charts", "mychart-0.1.0.tgz");
    upload(&upstream, "/api/prov", "mychart-0.1.0.tgz.prov");
    upload(&upstream, "/api/charts", "mychart-1.0.0+build.7.tgz");
    let flag = format!("--mirror=http://{}/", upstream.address);
    let server = Running::serve(&["--anonymous-writes", "--mirror-interval=0s", &flag]);
    upload(&server, "/api/charts", "mychart-0.2.0.tgz");
    let index = get(&server, "/index.yaml");
    let places: Vec<_> = ["1.0.0+build.7", "0.2.0", "0.1.0"]
        .map(|version| index.text().find(&format!("charts/mychart-{version}.tgz")).expect(version))
        .into();
    assert!(places.is_sorted(), "{}", index.text());
    let tagged = ask(server.address, "GET /index.yaml", &[("If-None-Match".into(), index.header("etag").expect("a tag").into())], b"");
    assert_eq!(tagged.status, 304);
    // A signature brings its package along.
    assert_eq!(get(&server, "/charts/mychart-0.1.0.tgz.prov").body, fixture("mychart-0.1.0.tgz.prov"));
    // What comes later is there too.
    upload(&upstream, "/api/charts", "otherchart-0.1.0.tgz");
    assert!(get(&server, "/index.yaml").text().contains("otherchart"));
    assert_eq!(get(&server, "/charts/nothing-0.1.0.tgz").status, 404);
    drop(upstream);
    assert_eq!(get(&server, "/charts/mychart-0.1.0.tgz").body, fixture("mychart-0.1.0.tgz"));
    let index = get(&server, "/index.yaml");
    assert_eq!((index.status, index.text().contains("otherchart")), (200, true));
    assert_eq!(get(&server, "/charts/otherchart-0.1.0.tgz").status, 502);
}

/// A repository that says what it is told, and answers every other request with an archive.
fn liar(index: String, archive: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap_or_default();
            let body = if request[..length].starts_with(b"GET /index.yaml") { index.as_bytes() } else { &archive };
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(body);
        }
    });
    url
}

#[test]
fn what_is_not_what_its_index_says_is_not_kept() {
    let entry = |digest: &str, name: &str| {
        format!("apiVersion: v1\nentries:\n  {name}:\n  - {{name: {name}, version: 0.1.0, urls: [a.tgz], digest: '{digest}'}}\n")
    };
    let zeros = "0".repeat(64);
    for (index, archive, file) in [
        (entry(&zeros, "mychart"), fixture("mychart-0.1.0.tgz"), "mychart-0.1.0.tgz"),
        (entry("", "mychart"), fixture("not-gzip.tgz"), "mychart-0.1.0.tgz"),
        (entry("", "mychart"), vec![0; 30 << 20], "mychart-0.1.0.tgz"),
    ] {
        let flag = format!("--mirror={}", liar(index, archive));
        let server = Running::serve(&[&flag]);
        assert!(get(&server, "/index.yaml").text().contains("mychart"));
        assert_eq!(get(&server, &format!("/charts/{file}")).status, 502);
        assert_eq!(get(&server, "/api/charts").text(), "{}");
    }
    let flag = format!("--mirror={}", liar("no: [index".to_owned(), Vec::new()));
    assert_eq!(get(&Running::serve(&[&flag]), "/index.yaml").status, 502);
}
