//! What is said when a registry does what it should not: the words of the real helm, which is run against the same server.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, UNIX_EPOCH};

use peers::wire::{Answer, End, Request, Server};
use registry::{Client, Descriptor, Error, Options, Package, Retries, Want, media};

const CONFIG: &[u8] = br#"{"name":"a","version":"1.0.0","apiVersion":"v2"}"#;
const CHART: &[u8] = b"not really a chart";

/// A manifest of the chart with these media types.
fn manifest(config: &str, layer: &str) -> String {
    let part = |kind: &str, content: &[u8]| {
        let Descriptor { media_type, digest, size } = Descriptor::of(kind, content);
        format!(r#"{{"mediaType":"{media_type}","digest":"{digest}","size":{size}}}"#)
    };
    format!(r#"{{"schemaVersion":2,"config":{},"layers":[{}]}}"#, part(config, CONFIG), part(layer, CHART))
}

fn chart() -> String {
    manifest(media::CONFIG, media::CHART)
}

fn is_manifest(request: &Request) -> bool {
    request.path() == "/v2/charts/a/manifests/1.0.0"
}

/// The answer of a registry that behaves.
fn good(request: &Request) -> Answer {
    if is_manifest(request) {
        return Answer::new(200, chart()).with("Content-Type", media::MANIFEST);
    }
    let config = Descriptor::of("", CONFIG).digest;
    let layer = Descriptor::of("", CHART).digest;
    match request.path().rsplit('/').next() {
        Some(digest) if digest == config => Answer::new(200, CONFIG),
        Some(digest) if digest == layer => Answer::new(200, CHART),
        _ => Answer::new(404, ""),
    }
}

/// Answers for the layer; helm asks for it and the config at the same time, and which error comes first is open.
fn bad_layer(request: &Request, answer: impl Fn(Answer) -> Answer) -> Answer {
    let layer = Descriptor::of("", CHART).digest;
    if request.path().ends_with(&layer) { answer(good(request)) } else { good(request) }
}

fn of_type(kind: &str, text: impl Into<Vec<u8>>) -> Answer {
    Answer::new(200, text).with("Content-Type", kind)
}

fn asking(request: &Request, realm: &str) -> Answer {
    let realm = realm.replace("HOST", request.header("host"));
    Answer::new(401, "").with("WWW-Authenticate", format!("Bearer realm=\"{realm}\",service=\"s\""))
}

/// A name, and what the server answers.
type Case = (&'static str, fn(&Request) -> Answer);

const PULLS: &[Case] = &[
    ("nothing is there", |_| Answer::new(404, "")),
    ("refused without a word", |_| Answer::new(403, "")),
    ("refused with words", |_| {
        Answer::new(
            403,
            r#"{"errors":[{"code":"DENIED","message":"no","detail":{"b":[1,2.5,"x"],"a":null}},{"code":"NAME_UNKNOWN"}]}"#,
        )
    }),
    ("refused with other words", |_| Answer::new(400, r#"{"errors":[{"code":7}]}"#)),
    ("a number that nobody knows", |_| Answer::new(299, "")),
    ("too large", |_| Answer::new(413, "")),
    ("a challenge that nobody knows", |_| Answer::new(401, "").with("WWW-Authenticate", "Digest realm=\"x\"")),
    ("basic without a user", |_| Answer::new(401, "").with("WWW-Authenticate", "Basic realm=\"x\"")),
    ("no type", |request| Answer { headers: Vec::new(), ..good(request) }),
    ("a bad type", |_| of_type("a b", chart())),
    ("a page", |_| of_type("text/html", "<html>")),
    ("a bad digest in the header", |request| good(request).with("Docker-Content-Digest", "sha256:0")),
    ("another digest in the header", |request| {
        let other = Descriptor::of("", b"other").digest;
        if is_manifest(request) { good(request).with("Docker-Content-Digest", other) } else { good(request) }
    }),
    ("no JSON", |_| of_type(media::MANIFEST, "{\"schemaVersion\": 2, \"layers\": [}")),
    ("layers that are no list", |_| of_type(media::MANIFEST, "{\"layers\": {}}")),
    ("an empty manifest", |_| of_type(media::MANIFEST, "{}")),
    ("no config of a chart", |request| {
        if is_manifest(request) { of_type(media::MANIFEST, manifest("a/b", media::CHART)) } else { good(request) }
    }),
    ("no layer of a chart", |request| {
        if is_manifest(request) { of_type(media::MANIFEST, manifest(media::CONFIG, "a/b")) } else { good(request) }
    }),
    (
        "neither",
        |request| {
            if is_manifest(request) { of_type(media::MANIFEST, manifest("a/b", "c/d")) } else { good(request) }
        },
    ),
    ("a manifest of docker", |request| {
        if is_manifest(request) { of_type(media::DOCKER_MANIFEST, chart()) } else { good(request) }
    }),
    ("no layer", |request| bad_layer(request, |_| Answer::new(404, ""))),
    ("a layer that is refused", |request| bad_layer(request, |_| Answer::new(403, "{}"))),
    ("a longer layer", |request| bad_layer(request, |answer| Answer::new(200, [answer.body, b"x".to_vec()].concat()))),
    ("a changed layer", |request| {
        bad_layer(request, |answer| Answer::new(200, answer.body.iter().rev().copied().collect::<Vec<u8>>()))
    }),
    ("a cut layer", |request| bad_layer(request, |answer| answer.ending(End::Cut))),
    ("a layer with a bad digest in the header", |request| {
        bad_layer(request, |answer| answer.with("Docker-Content-Digest", "x"))
    }),
    ("a realm of another scheme", |request| asking(request, "ftp://HOST/token")),
    ("a realm that is no URL", |request| asking(request, "http://[::1")),
    ("a realm inside", |request| asking(request, "http://192.168.0.1/token")),
    ("a list of tokens", |request| {
        if request.path() == "/token" { Answer::new(200, "[]") } else { asking(request, "http://HOST/token") }
    }),
    ("no token", |request| {
        if request.path() == "/token" { Answer::new(200, "{}") } else { asking(request, "http://HOST/token") }
    }),
    ("a token that is none", |request| {
        if request.path() == "/token" {
            Answer::new(200, "{\"token\": 1}")
        } else {
            asking(request, "http://HOST/token")
        }
    }),
    ("no answer for a token", |request| {
        if request.path() == "/token" { Answer::new(404, "nothing") } else { asking(request, "http://HOST/token") }
    }),
    ("a token that is not enough", |request| {
        if request.path() == "/token" {
            Answer::new(200, "{\"token\": \"t\"}")
        } else {
            asking(request, "http://HOST/token")
        }
    }),
    ("a redirect to nowhere", |_| Answer::new(302, "").with("Location", "http://%zz/")),
    ("a redirect to a closed port", |_| Answer::new(307, "").with("Location", "http://127.0.0.1:1/x")),
];

const LISTS: &[Case] = &[
    ("nothing is there", |_| {
        Answer::new(
            404,
            r#"{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{"name":"a"}}]}"#,
        )
    }),
    ("no list", |_| Answer::new(200, "[]")),
    ("no JSON", |_| Answer::new(200, "<html>")),
    ("a list that is cut", |_| Answer::new(200, "{\"tags\":[\"1.0.0\"")),
    ("nothing at all", |_| Answer::new(200, "")),
    ("no versions", |_| Answer::new(200, "{\"tags\":[\"latest\",\"v1.0.0\"]}")),
    ("a null list", |_| Answer::new(200, "{\"tags\":null}")),
    ("only prereleases", |_| Answer::new(200, "{\"tags\":[\"1.0.0-rc.1\"]}")),
    ("a link without brackets", |_| Answer::new(200, "{}").with("Link", "/v2/")),
    ("a link that does not end", |_| Answer::new(200, "{}").with("Link", "</v2/")),
    ("a link to another host", |_| Answer::new(200, "{}").with("Link", "<http://example.com/v2/>; rel=next")),
    ("a link that is no URL", |_| Answer::new(200, "{}").with("Link", "<http://%zz>")),
];

/// A registry that has nothing, and takes everything.
fn empty(request: &Request) -> Answer {
    match request.method.as_str() {
        "HEAD" => Answer::new(404, ""),
        "POST" => Answer::new(202, "").with("Location", "/upload/one"),
        "PUT" => Answer::new(201, ""),
        _ => of_type(media::MANIFEST, PUSHED),
    }
}

/// The manifest that helm pushes.
const PUSHED: &[u8] = include_bytes!("data/a-1.0.0.manifest.json");

fn is_upload_of_chart(request: &Request) -> bool {
    request.method == "PUT" && request.target.contains(&Descriptor::of("", ARCHIVE).digest.replace(':', "%3A"))
}

fn is_tag(request: &Request) -> bool {
    request.method == "PUT" && request.target.ends_with("/manifests/1.0.0")
}

fn is_put_of_manifest(request: &Request) -> bool {
    request.method == "PUT" && request.target.contains("/manifests/sha256:")
}

const PUSHES: &[Case] = &[
    ("a manifest that is refused before", |_| Answer::new(403, "{}")),
    ("a manifest without a length", |request| match request.method.as_str() {
        "HEAD" if request.path().contains("/manifests/") => of_type(media::MANIFEST, "").ending(End::Endless),
        _ => empty(request),
    }),
    (
        "a manifest without a type",
        |request| if request.method == "HEAD" { Answer::new(200, "") } else { empty(request) },
    ),
    ("no place for uploads", |request| match request.method.as_str() {
        "POST" => Answer::new(404, r#"{"errors":[{"code":"NAME_UNKNOWN","message":"no such repository"}]}"#),
        _ => empty(request),
    }),
    ("no location", |request| if request.method == "POST" { Answer::new(202, "") } else { empty(request) }),
    ("a location elsewhere", |request| match request.method.as_str() {
        "POST" => Answer::new(202, "").with("Location", "http://example.com/upload"),
        _ => empty(request),
    }),
    ("a location that is no URL", |request| match request.method.as_str() {
        "POST" => Answer::new(202, "").with("Location", "http://%zz"),
        _ => empty(request),
    }),
    ("an upload that is refused", |request| match is_upload_of_chart(request) {
        true => Answer::new(400, r#"{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match"}]}"#),
        false => empty(request),
    }),
    (
        "an upload without room",
        |request| if is_upload_of_chart(request) { Answer::new(507, "") } else { empty(request) },
    ),
    ("an upload that asks who is there", |request| match is_upload_of_chart(request) {
        true => Answer::new(401, "").with("WWW-Authenticate", "Basic realm=\"x\""),
        false => empty(request),
    }),
    (
        "a manifest that is too large",
        |request| if is_put_of_manifest(request) { Answer::new(413, "") } else { empty(request) },
    ),
    ("a manifest that was changed", |request| match is_put_of_manifest(request) {
        true => empty(request).with("Docker-Content-Digest", Descriptor::of("", b"other").digest),
        false => empty(request),
    }),
    ("a bad digest for a manifest", |request| match is_put_of_manifest(request) {
        true => empty(request).with("Docker-Content-Digest", "x"),
        false => empty(request),
    }),
    (
        "a manifest that is not there",
        |request| if request.method == "GET" { Answer::new(404, "") } else { empty(request) },
    ),
    ("another manifest there", |request| match request.method.as_str() {
        "GET" => of_type(media::MANIFEST, PUSHED.iter().rev().copied().collect::<Vec<u8>>()),
        _ => empty(request),
    }),
    ("a shorter manifest there", |request| match request.method.as_str() {
        "GET" => of_type(media::MANIFEST, "?"),
        _ => empty(request),
    }),
    ("a manifest there that grows", |request| match request.method.as_str() {
        "GET" => of_type(media::MANIFEST, PUSHED).ending(End::Endless),
        _ => empty(request),
    }),
    ("a tag that may not move", |request| match is_tag(request) {
        true => Answer::new(409, r#"{"errors":[{"code":"TAG_IMMUTABLE","message":"the tag is there"}]}"#),
        false => empty(request),
    }),
    ("nothing is wrong", empty),
];

const ARCHIVE: &[u8] = include_bytes!("data/a-1.0.0.tgz");
/// When helm says that it was created.
const CREATED: (u64, &str) = (1_767_323_045, "2026-01-02T03:04:05Z");

fn helm(server: &Server, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = std::fs::File::create(folder.path().join("a-1.0.0.tgz")).expect("a file");
    (&archive).write_all(ARCHIVE).expect("a file");
    archive.set_modified(UNIX_EPOCH + Duration::from_secs(CREATED.0)).expect("a time");
    let mut command = Command::new(testbed::helm().expect("the real helm"));
    command.args(arguments).arg("--plain-http").env_clear().env("HOME", folder.path()).env("TZ", "UTC");
    let output = command.current_dir(folder.path()).output().expect("helm");
    let text = String::from_utf8_lossy(&output.stderr).replace(&server.host(), "HOST");
    text.trim_end().strip_prefix("Error: ").unwrap_or(&text).to_owned()
}

fn client() -> Client {
    let mut options = Options::new(PathBuf::from("/nonexistent/config.json"));
    (options.docker_config, options.plain_http, options.retries) = (None, true, Retries::NONE);
    Client::new(options).expect("a client")
}

fn compare(cases: &[Case], theirs: &[&str], ours: impl Fn(&Client, &str) -> Result<(), Error>) {
    let mut different = Vec::new();
    for (name, answer) in cases {
        let server = Server::start(*answer);
        let error = ours(&client(), &server.host()).map_err(|error| error.text);
        let ours = error.err().unwrap_or_default().replace(&server.host(), "HOST");
        let theirs: Vec<String> = theirs.iter().map(|word| word.replace("HOST", &server.host())).collect();
        let theirs = helm(&server, &theirs.iter().map(String::as_str).collect::<Vec<_>>());
        if ours.trim_end() != theirs {
            different.push(format!("{name}\n    ours: {ours}\n    helm: {theirs}"));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn pulls_fail_in_helms_words() {
    compare(PULLS, &["pull", "oci://HOST/charts/a:1.0.0"], |client, host| {
        client.pull(&format!("{host}/charts/a:1.0.0"), Want::CHART).map(drop)
    });
}

#[test]
fn lists_of_versions_fail_in_helms_words() {
    compare(LISTS, &["pull", "oci://HOST/charts/a"], |client, host| {
        client.resolve(&format!("oci://{host}/charts/a"), "").map(drop)
    });
}

#[test]
fn pushes_fail_in_helms_words() {
    let package = Package { archive: ARCHIVE, provenance: None, created: CREATED.1 };
    compare(PUSHES, &["push", "a-1.0.0.tgz", "oci://HOST/charts"], |client, host| {
        client.push(&package, &format!("{host}/charts/a:1.0.0")).map(drop)
    });
}
