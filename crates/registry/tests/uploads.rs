//! Pushes to registries that do what they should not.

use std::path::PathBuf;

use peers::wire::{Answer, Request, Server};
use registry::{Client, Options, Package, Retries};

/// `a-1.0.0.tgz`, packed by helm.
const ARCHIVE: &[u8] = include_bytes!("data/a-1.0.0.tgz");

fn push(server: &Server) -> Result<String, String> {
    let mut options = Options::new(PathBuf::from("/nonexistent/config.json"));
    (options.docker_config, options.plain_http, options.retries) = (None, true, Retries::NONE);
    options.basic = Some(("pilot".to_owned(), "house".to_owned()));
    let client = Client::new(options).expect("a client");
    let package = Package { archive: ARCHIVE, provenance: None, created: "2026-01-02T03:04:05Z" };
    let pushed = client.push(&package, &format!("{}/charts/a:1.0.0", server.host()));
    pushed
        .map(|pushed| pushed.report())
        .map_err(|error| error.text)
        .map_err(|text| text.replace(&server.host(), "HOST"))
}

/// Answers as a registry that has nothing, but for what `other` says.
fn empty(request: &Request, location: &str) -> Answer {
    match request.method.as_str() {
        "HEAD" => Answer::new(404, ""),
        "POST" => Answer::new(202, "").with("Location", location),
        "PUT" => Answer::new(201, ""),
        _ => Answer::new(200, "").with("Content-Type", "application/vnd.oci.image.manifest.v1+json"),
    }
}

#[test]
fn blobs_are_sent_to_the_registry_alone() {
    let other = Server::start(|_| Answer::new(201, ""));
    let location = format!("http://{}/upload", other.host());
    let server = Server::start(move |request| match request.header("authorization") {
        "" => Answer::new(401, "").with("WWW-Authenticate", "Basic realm=\"x\""),
        _ => empty(request, &location),
    });
    let text = format!(
        "failed to perform \"Push\" on destination: blob upload Location \"{}\" is on a different host than the registry \"HOST\"",
        other.host()
    );
    assert_eq!(push(&server), Err(text));
    assert!(other.requests().is_empty());
    let nowhere = Server::start(|request| empty(request, ""));
    assert_eq!(
        push(&nowhere),
        Err("failed to perform \"Push\" on destination: http: no Location header in response".into())
    );
}

#[test]
fn a_registry_that_makes_something_else_of_a_manifest_is_told() {
    let server = Server::start(|request| match (request.method.as_str(), request.path().contains("/manifests/")) {
        ("PUT", true) => Answer::new(201, "").with("Docker-Content-Digest", format!("sha256:{}", "0".repeat(64))),
        _ => empty(request, "/upload?state=a%20b"),
    });
    assert!(
        push(&server).is_err_and(|text| text.contains("invalid response; digest mismatch in Docker-Content-Digest"))
    );
    let puts: Vec<String> = server.requests().iter().filter(|r| r.method == "PUT").map(|r| r.target.clone()).collect();
    assert!(puts.iter().any(|target| target.starts_with("/upload?digest=sha256%3A") && target.ends_with("&state=a+b")));
}

#[test]
fn an_upload_that_fails_is_not_sent_again() {
    let server = Server::start(|request| match request.method.as_str() {
        "PUT" => Answer::new(
            503,
            "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slowly\",\"detail\":{\"after\":3}}]}",
        ),
        _ => empty(request, "/upload"),
    });
    assert!(
        push(&server)
            .is_err_and(|text| text.ends_with("response status code 503: toomanyrequests: slowly: map[after:3]"))
    );
}
