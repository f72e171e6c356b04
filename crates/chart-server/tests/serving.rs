//! What ChartMuseum does not have: an honest /health, entity tags and compression, browsers, a stop that lets
//! requests end.

mod running;
mod wire;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use flate2::read::GzDecoder;
use running::Running;
use serde_json::Value;
use wire::{Answer, ask, head, read};

fn fixture(file: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/museum/files").join(file)).expect(file)
}

fn header(name: &str, value: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), value.to_owned())]
}

fn get(server: &Running, path: &str, headers: &[(String, String)]) -> Answer {
    ask(server.address, &format!("GET {path}"), headers, b"")
}

fn upload(server: &Running, path: &str, file: &str) -> Answer {
    ask(server.address, &format!("POST {path}"), &[], &fixture(file))
}

#[test]
fn indexes_are_packed_and_known_again() {
    let server = Running::serve(&["--anonymous-writes"]);
    assert_eq!(upload(&server, "/api/charts", "mychart-0.1.0.tgz").status, 201);
    let plain = get(&server, "/index.yaml", &[]);
    assert_eq!(
        (plain.status, plain.header("content-encoding"), plain.header("cache-control")),
        (200, None, Some("no-cache"))
    );
    let packed = get(&server, "/index.yaml", &header("Accept-Encoding", "br, gzip;q=0.5"));
    assert_eq!(
        (packed.header("content-encoding"), packed.header("content-type")),
        (Some("gzip"), plain.header("content-type"))
    );
    let mut unpacked = Vec::new();
    GzDecoder::new(packed.body.as_slice()).read_to_end(&mut unpacked).expect("gzip");
    assert_eq!(unpacked, plain.body);
    for (answer, encoding) in [(&plain, "identity"), (&packed, "gzip")] {
        let mut headers = header("If-None-Match", answer.header("etag").expect("a tag"));
        headers.extend(header("Accept-Encoding", encoding));
        let again = get(&server, "/index.yaml", &headers);
        assert_eq!((again.status, again.body.len()), (304, 0));
    }
    let json = get(&server, "/index.yaml", &header("Accept", "application/json"));
    let value: Value = serde_json::from_slice(&json.body).expect("JSON");
    assert_eq!(value["entries"]["mychart"][0]["version"], "0.1.0");
    // After a change the old tag says nothing any more.
    assert_eq!(upload(&server, "/api/charts", "mychart-0.2.0.tgz").status, 201);
    let changed = get(&server, "/index.yaml", &header("If-None-Match", plain.header("etag").expect("a tag")));
    assert_eq!(changed.status, 200);
    assert!(changed.text().contains("version: 0.2.0"));
}

#[test]
fn head_says_what_get_would_say() {
    let server = Running::serve(&["--anonymous-writes"]);
    assert_eq!(upload(&server, "/api/charts", "mychart-0.1.0.tgz").status, 201);
    for path in ["/index.yaml", "/charts/mychart-0.1.0.tgz", "/api/charts/mychart/0.1.0"] {
        let get = get(&server, path, &[]);
        let head = ask(server.address, &format!("HEAD {path}"), &[], b"");
        assert_eq!(head.status, 200, "{path}");
        assert_eq!(head.header("content-length"), Some(get.body.len().to_string().as_str()), "{path}");
        assert_eq!(head.header("etag"), get.header("etag"), "{path}");
    }
}

#[test]
fn archives_have_tags() {
    let server = Running::serve(&["--anonymous-writes"]);
    assert_eq!(upload(&server, "/api/charts", "mychart-0.1.0.tgz").status, 201);
    let answer = get(&server, "/charts/mychart-0.1.0.tgz", &[]);
    assert_eq!(answer.body, fixture("mychart-0.1.0.tgz"));
    let tag = answer.header("etag").expect("a tag").to_owned();
    assert_eq!(get(&server, "/charts/mychart-0.1.0.tgz", &header("If-None-Match", &tag)).status, 304);
}

#[test]
fn repo_serve_is_closed_for_writes_until_it_is_asked_to_be_open() {
    let closed = Running::serve(&[]);
    let refused = upload(&closed, "/api/charts", "mychart-0.1.0.tgz");
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("--anonymous-writes"), "{}", refused.text());
    assert_eq!(ask(closed.address, "DELETE /api/charts/a/1", &[], b"").status, 403);
    assert_eq!(get(&closed, "/index.yaml", &[]).status, 200);
    let basic = Running::serve(&["--basic-auth-user=u", "--basic-auth-pass=p"]);
    assert_eq!(upload(&basic, "/api/charts", "mychart-0.1.0.tgz").status, 401);
    let user = header("Authorization", "Basic dTpw");
    assert_eq!(ask(basic.address, "POST /api/charts", &user, &fixture("mychart-0.1.0.tgz")).status, 201);
}

#[test]
fn health_is_that_of_the_storage() {
    let healthy = get(&Running::serve(&[]), "/health", &[]);
    assert_eq!((healthy.status, healthy.text().as_str()), (200, r#"{"healthy":true}"#));
    let server = Running::serve(&["--anonymous-writes"]);
    std::fs::remove_dir_all(server.folder.path()).expect("the folder goes");
    std::fs::write(server.folder.path(), "a file in its place").expect("a file");
    let unhealthy = get(&server, "/health", &[]);
    std::fs::remove_file(server.folder.path()).expect("the file goes");
    assert_eq!((unhealthy.status, unhealthy.text().contains("\"healthy\":false")), (503, true));
}

#[test]
fn metrics_count_charts_and_requests() {
    let server = Running::museum(&["--enable-metrics".into(), "--depth=1".into()]);
    for file in ["mychart-0.1.0.tgz", "mychart-0.2.0.tgz", "otherchart-0.1.0.tgz"] {
        assert_eq!(upload(&server, "/api/org/charts", file).status, 201);
    }
    get(&server, "/nothing", &[]);
    let metrics = get(&server, "/metrics", &[]).text();
    for line in
        ["chartmuseum_charts_served_total{repo=\"org\"} 2", "chartmuseum_chart_versions_served_total{repo=\"org\"} 3"]
    {
        assert!(metrics.lines().any(|l| l == line), "{line}\n{metrics}");
    }
    assert!(
        metrics.contains("code=\"201\"")
            && metrics.contains("url=\"/api/:repo/charts\"")
            && !metrics.contains("nothing")
    );
    let closed = Running::serve(&["--basic-auth-user=u", "--basic-auth-pass=p"]);
    assert_eq!(get(&closed, "/metrics", &[]).status, 401);
    assert_eq!(get(&Running::museum(&[]), "/metrics", &[]).status, 404);
}

#[test]
fn pages_of_an_origin_may_ask_first_and_read_refusals() {
    let flags =
        ["--cors-alloworigin=https://a.example.com", "--basic-auth-user=u", "--basic-auth-pass=p", "--context-path=/x"];
    let server = Running::serve(&flags);
    let mut asking = header("Origin", "https://a.example.com");
    asking.extend(header("Access-Control-Request-Method", "POST"));
    let preflight = ask(server.address, "OPTIONS /x/api/charts", &asking, b"");
    let origin = Some("https://a.example.com");
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, origin));
    assert!(preflight.header("access-control-allow-methods").is_some_and(|methods| methods.contains("POST")));
    let refused = get(&server, "/x/api/charts", &[]);
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (401, origin));
    assert_eq!(get(&server, "/x/index.yaml", &[]).header("access-control-allow-origin"), None);
}

#[test]
fn requests_keep_their_name() {
    let server = Running::serve(&[]);
    assert_eq!(get(&server, "/health", &header("X-Request-Id", "mine")).header("x-request-id"), Some("mine"));
}

#[test]
fn the_web_folder_shows_its_files_and_nothing_else() {
    let web = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(web.path().join("static")).expect("a folder");
    for (file, text) in [
        ("index.html", "<h1>Mine</h1>"),
        ("static/main.css", "a{}"),
        ("secret", "secret"),
        ("static/.hidden", "secret"),
    ] {
        std::fs::write(web.path().join(file), text).expect("a file");
    }
    let server = Running::museum(&[format!("--web-template-path={}", web.path().display())]);
    assert_eq!(get(&server, "/", &[]).text(), "<h1>Mine</h1>");
    let css = get(&server, "/static/main.css", &[]);
    assert_eq!((css.text().as_str(), css.header("content-type")), ("a{}", Some("text/css; charset=utf-8")));
    for path in [
        "/static/../secret",
        "/static/%2e%2e/secret",
        "/static/..%2fsecret",
        "/static/.hidden",
        "/static/",
        "/static//etc/passwd",
    ] {
        let answer = get(&server, path, &[]);
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }
}

#[test]
fn a_folder_of_chartmuseum_is_served_in_place() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("org")).expect("a folder");
    for (file, from) in [
        ("mychart-0.1.0.tgz", "mychart-0.1.0.tgz"),
        ("mychart-0.1.0.tgz.prov", "mychart-0.1.0.tgz.prov"),
        ("org/otherchart-0.1.0.tgz", "otherchart-0.1.0.tgz"),
    ] {
        std::fs::write(folder.path().join(file), fixture(from)).expect("a file");
    }
    std::fs::write(folder.path().join("index-cache.yaml"), "apiVersion: v1\nentries: {}\n").expect("a file");
    std::fs::write(folder.path().join("broken-1.0.0.tgz"), "no chart").expect("a file");
    let server = Running::over(folder, &["--depth-dynamic".into()]);
    let index = answered(|| get(&server, "/index.yaml", &[]).text(), |index| index.contains("mychart-0.1.0.tgz"));
    assert!(!index.contains("broken"), "{index}");
    assert_eq!(get(&server, "/charts/mychart-0.1.0.tgz", &[]).body, fixture("mychart-0.1.0.tgz"));
    assert_eq!(get(&server, "/charts/mychart-0.1.0.tgz.prov", &[]).body, fixture("mychart-0.1.0.tgz.prov"));
    answered(|| get(&server, "/org/index.yaml", &[]).text(), |index| index.contains("otherchart"));
    assert!(server.folder.path().join("mychart-0.1.0.tgz").exists());
}

/// Asks until the answer is as expected: a folder is looked through while requests are answered.
fn answered(ask: impl Fn() -> String, expected: impl Fn(&str) -> bool) -> String {
    let asked = || Ok(Some(ask()).filter(|answer| expected(answer)));
    testbed::until("an answer", Duration::from_secs(180), asked).expect("the answer")
}

#[test]
fn a_stop_lets_uploads_end_and_takes_no_new_ones() {
    let mut server = Running::serve(&["--anonymous-writes"]);
    let body = fixture("mychart-0.1.0.tgz");
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    stream.write_all(head(server.address, "POST /api/charts", &[], body.len()).as_bytes()).expect("a head");
    stream.write_all(&body[..100]).expect("a part");
    // The server has seen it when another request is answered after it.
    assert_eq!(get(&server, "/health", &[]).status, 200);
    server.ask_to_stop();
    answered(|| TcpStream::connect(server.address).is_err().to_string(), |refused| refused == "true");
    stream.write_all(&body[100..]).expect("the rest");
    let answer = read(&mut stream, false);
    assert_eq!((answer.status, answer.text().as_str()), (201, r#"{"saved":true}"#));
    assert!(server.wait());
}
