//! What hostile clients try: each gets a 4xx, nothing is kept of it, and the server serves on.

mod archives;
mod running;
mod wire;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use archives::{GOOD, archive, noise, tar_entry, tar_file};
use flate2::Compression;
use flate2::write::GzEncoder;
use running::Running;
use wire::{ask, form, head, read};

const NOTHING: &str = "{}";

fn fixture(file: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/museum/files").join(file)).expect(file)
}

fn charts(address: SocketAddr) -> String {
    ask(address, "GET /api/charts", &[], b"").text()
}

/// An archive of files of zeros. Their packed form is made once: gzip allows members one after the other.
fn bomb(files: usize, bytes: usize) -> Vec<u8> {
    let packed = |bytes: &[u8]| {
        let mut out = GzEncoder::new(Vec::new(), Compression::fast());
        out.write_all(bytes).expect("memory");
        out.finish().expect("memory")
    };
    let (zeros, end) = (packed(&vec![0; bytes]), packed(&[0; 1024]));
    let mut out = packed(&tar_file("a/Chart.yaml", GOOD.as_bytes()));
    for number in 0..files {
        out.extend(packed(&tar_entry(&format!("a/zeros-{number}"), b'0', bytes as u64)));
        out.extend_from_slice(&zeros);
    }
    out.extend(end);
    out
}

#[test]
fn archives_that_are_too_much_are_refused() {
    let server = Running::museum(&[]);
    let nested = |text: &str, depth: usize| format!("{GOOD}annotations: {}\n", text.repeat(depth));
    let aliases: String = (1..30).map(|n| format!("x{n}: &x{n} [*x{0}, *x{0}, *x{0}, *x{0}]\n", n - 1)).collect();
    let cases = [
        ("a bomb of many files", bomb(30, 4 << 20)),
        (
            "a size that is a lie",
            archive(GOOD, |out| out.write_all(&tar_entry("a/lie", b'0', (1 << 33) - 1)).expect("memory")),
        ),
        ("deep YAML", archive(&nested("[", 20_000), |_| {})),
        ("deep maps", archive(&nested("{a: ", 20_000), |_| {})),
        ("aliases of aliases", archive(&format!("{GOOD}x0: &x0 [a, a]\n{aliases}"), |_| {})),
        ("a device", archive(GOOD, |out| out.write_all(&tar_entry("../../dev/x", b'3', 0)).expect("memory"))),
        ("a way out", archive(GOOD, |out| out.write_all(&tar_file("a/../../../etc/evil", b"x")).expect("memory"))),
        (
            "a long name of a version",
            archive(&format!("apiVersion: v2\nname: a\nversion: 1.0.0-{}\n", "x".repeat(5000)), |_| {}),
        ),
        ("a control character", archive("apiVersion: v2\nname: \"a\\n\"\nversion: 1.0.0\n", |_| {})),
    ];
    for (what, bytes) in cases {
        let answer = ask(server.address, "POST /api/charts", &[], &bytes);
        assert!((400..500).contains(&answer.status), "{what}: {answer:?}");
        assert_eq!(charts(server.address), NOTHING, "{what}");
    }
    assert!(is_clean(server.folder.path()), "something was left in {:?}", server.folder.path());
    assert_eq!(ask(server.address, "POST /api/charts", &[], &fixture("mychart-0.1.0.tgz")).status, 201);
}

#[test]
fn charts_that_nest_as_deep_as_go_allows_are_shown() {
    let server = Running::museum(&[]);
    let deep = format!("a: {}{}\n", "[".repeat(9_000), "]".repeat(9_000));
    let bytes = archive(GOOD, |out| out.write_all(&tar_file("a/values.yaml", deep.as_bytes())).expect("memory"));
    assert_eq!(ask(server.address, "POST /api/charts", &[], &bytes).status, 201);
    let shown = ask(server.address, "GET /api/charts/a/1.0.0/templates", &[], b"");
    assert_eq!((shown.status, shown.body.len()), (200, 18_000 + r#"{"templates":null,"values":{"a":}}"#.len()));
}

/// Reports whether the folder has neither packages nor files of uploads.
fn is_clean(folder: &Path) -> bool {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !name.starts_with("store.") && name != "lock" {
                return false;
            }
        }
    }
    true
}

#[test]
fn bodies_that_are_too_large_are_refused_before_they_are_read() {
    let server = Running::museum(&["--max-upload-size=100000".into()]);
    let large = vec![7; 200_000];
    let (form_type, form_body) = form(&[("chart", "x.tgz", large.clone())]);
    for (line, headers, body) in [
        ("POST /api/charts", vec![], &large),
        ("POST /api/prov", vec![], &large),
        ("POST /api/charts", vec![("Content-Type".to_owned(), form_type)], &form_body),
    ] {
        let answer = ask(server.address, line, &headers, body);
        assert_eq!((answer.status, answer.text().as_str()), (413, "request too large"), "{line}");
    }
    // Announced, and never sent.
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    stream.write_all(head(server.address, "POST /api/charts", &[], 1 << 40).as_bytes()).expect("a head");
    assert_eq!(read(&mut stream, false).status, 413);
    // Never announced.
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    let line = "POST /api/charts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(line.as_bytes()).expect("a head");
    for _ in 0..20 {
        if stream.write_all(format!("4000\r\n{}\r\n", "x".repeat(0x4000)).as_bytes()).is_err() {
            break;
        }
    }
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 413");
    assert_eq!(charts(server.address), NOTHING);
}

/// Connections that begin in every way, and then say nothing.
fn slow(address: SocketAddr) -> Vec<TcpStream> {
    let form = ("Content-Type".to_owned(), "multipart/form-data; boundary=b".to_owned());
    let begin = |number| {
        let mut stream = TcpStream::connect(address).expect("a connection");
        let text = match number % 5 {
            0 => String::new(),
            1 => "GET /index.yaml HTTP/1.1\r\nHost: x\r\nX-A: ".to_owned(),
            2 => head(address, "POST /api/charts", &[], 1000),
            3 => head(address, "PUT /v2/a/manifests/x", &[], 1000),
            _ => head(address, "POST /api/charts", std::slice::from_ref(&form), 1000),
        };
        stream.write_all(text.as_bytes()).expect("a start");
        stream
    };
    (0..40).map(begin).collect()
}

#[test]
fn others_are_served_beside_who_sends_slowly() {
    let server = Running::museum(&["--read-timeout=600".into(), "--max-connections=50".into()]);
    let slow = slow(server.address);
    assert_eq!(ask(server.address, "GET /health", &[], b"").status, 200);
    for (number, mut stream) in slow.into_iter().enumerate() {
        stream.set_nonblocking(true).expect("a socket");
        let waits = stream.read(&mut [0]).expect_err("no answer yet");
        assert_eq!(waits.kind(), ErrorKind::WouldBlock, "{number}");
    }
}

#[test]
fn who_sends_slowly_is_cut_off() {
    let server = Running::museum(&["--read-timeout=1".into(), "--max-connections=50".into()]);
    for (number, mut stream) in slow(server.address).into_iter().enumerate() {
        stream.set_read_timeout(Some(Duration::from_secs(180))).expect("a timeout");
        let answer = read(&mut stream, false);
        let expected = if number % 5 < 2 { [0, 408] } else { [408, 408] };
        assert!(expected.contains(&answer.status), "{number}: {answer:?}");
    }
    assert_eq!(charts(server.address), NOTHING);
    assert!(is_clean(server.folder.path()));
}

#[test]
fn who_does_not_read_is_cut_off() {
    let server = Running::museum(&["--write-timeout=1".into()]);
    let noise = noise(4 << 20);
    let bytes = archive(GOOD, |out| out.write_all(&tar_file("a/noise", &noise)).expect("memory"));
    assert_eq!(ask(server.address, "POST /api/charts", &[], &bytes).status, 201);
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    for _ in 0..20 {
        let line = "GET /charts/a-1.0.0.tgz HTTP/1.1\r\nHost: x\r\n\r\n";
        stream.write_all(line.as_bytes()).expect("a request");
    }
    // Nothing is read until the server has had enough: then there is less than was asked for.
    let other = ask(server.address, "GET /health", &[], b"");
    assert_eq!(other.status, 200);
    // Who has hung up refuses what is sent.
    let refused = || Ok(stream.write_all(b" ").is_err().then_some(()));
    testbed::until("the server to hang up", Duration::from_secs(180), refused).expect("an end");
    stream.set_read_timeout(Some(Duration::from_secs(180))).expect("a timeout");
    let mut received = Vec::new();
    let _ = stream.read_to_end(&mut received);
    assert!(received.len() < 20 * bytes.len(), "{}", received.len());
}

#[test]
fn names_of_tenants_are_no_ways_out() {
    let server = Running::museum(&["--depth-dynamic".into()]);
    std::fs::write(server.folder.path().join("secret-1.0.0.tgz"), "secret").expect("a file");
    let upload = fixture("mychart-0.1.0.tgz");
    for tenant in [
        "..",
        "../..",
        "a/..",
        "a/../b",
        ".",
        ".git",
        "%2e%2e",
        "..%2f..",
        "%2e%2e%2f",
        "a%00b",
        "a%5cb",
        "a%0d%0ab",
        "a%2f%2fb",
        "%ff",
    ] {
        for (line, body) in [
            (format!("GET /{tenant}/index.yaml"), &b""[..]),
            (format!("GET /{tenant}/charts/secret-1.0.0.tgz"), b""),
            (format!("GET /api/{tenant}/charts"), b""),
            (format!("POST /api/{tenant}/charts"), &upload),
            (format!("POST /api/{tenant}/prov"), b""),
            (format!("DELETE /api/{tenant}/charts/secret/1.0.0"), b""),
        ] {
            let answer = ask(server.address, &line, &[], body);
            assert!(matches!(answer.status, 400 | 404), "{line}: {answer:?}");
            assert!(!answer.text().contains("secret\""), "{line}");
        }
    }
    for file in ["..%2fsecret-1.0.0.tgz", "%2e%2e%2fsecret-1.0.0.tgz", "..%5csecret-1.0.0.tgz", "x%00.tgz"] {
        let answer = ask(server.address, &format!("GET /a/charts/{file}"), &[], b"");
        assert!(matches!(answer.status, 400 | 404), "{file}: {answer:?}");
    }
    assert_eq!(charts(server.address), NOTHING);
}

#[test]
fn requests_that_are_none_are_answered_or_cut_off() {
    let server = Running::museum(&[]);
    let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(200_000));
    let fields = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "a: b\r\n".repeat(2000));
    let token = format!("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\n\r\n", "x".repeat(100_000));
    for text in [
        "\0\0\0\0\r\n\r\n",
        "GET",
        "GET / HTTP/9.9\r\n\r\n",
        long.as_str(),
        &fields,
        &token,
        "GET /health HTTP/1.1\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x/y\r\n\r\n",
        "POST /api/charts HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /api/charts HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(server.address).expect("a connection");
        let _ = stream.write_all(text.as_bytes());
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let answer = read(&mut stream, false);
        assert!(answer.status == 0 || (400..500).contains(&answer.status), "{answer:?}");
    }
    assert_eq!(ask(server.address, "GET /health", &[], b"").status, 200);
    let mut old = TcpStream::connect(server.address).expect("a connection");
    old.write_all(b"GET /health HTTP/1.0\r\n\r\n").expect("a request");
    assert_eq!(read(&mut old, false).status, 200, "there was no Host before HTTP/1.1");
}

#[test]
fn forms_that_are_broken_are_refused() {
    let server = Running::museum(&[]);
    let good = fixture("mychart-0.1.0.tgz");
    let many: Vec<_> = (0..1000).map(|_| ("x", "x", Vec::new())).collect();
    let wrong_pair = [("chart", "a", good.clone()), ("prov", "b", fixture("otherchart-0.1.0.tgz.prov"))];
    let (kind, mut cut) = form(&[("chart", "a", good.clone())]);
    cut.truncate(cut.len() / 2);
    for (what, (kind, body)) in [
        ("many fields", form(&many)),
        ("a signature of another chart", form(&wrong_pair)),
        ("a form that ends early", (kind, cut)),
    ] {
        let answer = ask(server.address, "POST /api/charts", &[("Content-Type".into(), kind)], &body);
        assert_eq!(answer.status, 400, "{what}: {answer:?}");
        assert_eq!(charts(server.address), NOTHING, "{what}");
    }
}

#[test]
fn a_form_is_kept_whole_or_not_at_all() {
    let flags = ["--chart-post-form-field-name=extra", "--prov-post-form-field-name=sig"].map(str::to_owned);
    let server = Running::museum(&flags);
    let post = |fields: &[(&str, &str, Vec<u8>)]| {
        let (kind, body) = form(fields);
        ask(server.address, "POST /api/charts", &[("Content-Type".into(), kind)], &body).status
    };
    let package = |field, file: &'static str| (field, file, fixture(file));
    let (own, other) = ("mychart-0.1.0.tgz", "otherchart-0.1.0.tgz");
    assert_eq!(post(&[package("chart", other)]), 201);
    let before = charts(server.address);
    for (fields, status) in [
        (vec![package("chart", own), package("extra", other)], 409),
        (vec![package("chart", own), package("extra", "not-gzip.tgz")], 400),
        (vec![package("chart", own), package("prov", "mychart-0.1.0.tgz.prov"), ("sig", "s", b"junk".to_vec())], 400),
        (vec![package("prov", "mychart-0.1.0.tgz.prov"), ("sig", "s", b"junk".to_vec())], 400),
        (
            vec![
                package("chart", own),
                package("extra", "mychart-0.2.0.tgz"),
                package("sig", "otherchart-0.1.0.tgz.prov"),
            ],
            400,
        ),
    ] {
        assert_eq!(post(&fields), status);
        assert_eq!(charts(server.address), before);
        assert_eq!(ask(server.address, "GET /charts/mychart-0.1.0.tgz.prov", &[], b"").status, 404);
    }
    let mut fields: Vec<_> = (0..61).map(|_| ("x", "x", Vec::new())).collect();
    fields.push(package("chart", own));
    fields.push(package("extra", "mychart-0.2.0.tgz"));
    fields.push(package("sig", "mychart-0.1.0.tgz.prov"));
    assert_eq!(post(&fields), 201);
    for file in [own, "mychart-0.1.0.tgz.prov", "mychart-0.2.0.tgz"] {
        assert_eq!(ask(server.address, &format!("GET /charts/{file}"), &[], b"").body, fixture(file));
    }
}
