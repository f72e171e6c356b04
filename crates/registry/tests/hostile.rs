//! Registries that do what they should not: each ends in a clear error, within limits, and with nothing given away.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use peers::wire::{Answer, End, Request, Server};
use registry::{Client, Descriptor, Options, Retries, Want, media};

const USER: (&str, &str) = ("pilot", "house");

/// A client with a user and a password for whoever asks, that does not try again.
fn client(retries: Retries) -> Client {
    let mut options = Options::new(PathBuf::from("/nonexistent/config.json"));
    options.docker_config = None;
    options.basic = Some((USER.0.to_owned(), USER.1.to_owned()));
    options.plain_http = true;
    options.retries = retries;
    Client::new(options).expect("a client")
}

fn pull(server: &Server) -> Result<Vec<u8>, String> {
    let reference = format!("{}/charts/a:1.0.0", server.host());
    let pulled = client(Retries::NONE).pull(&reference, Want::CHART);
    pulled.map(|pulled| pulled.chart.unwrap_or_default()).map_err(|e| e.text.replace(&server.host(), "HOST"))
}

fn tags(server: &Server) -> Result<Vec<String>, String> {
    let tags = client(Retries::NONE).tags(&format!("{}/charts/a", server.host()));
    tags.map_err(|e| e.text.replace(&server.host(), "HOST"))
}

const CONFIG: &[u8] = br#"{"name":"a","version":"1.0.0","apiVersion":"v2"}"#;
const CHART: &[u8] = b"not really a chart";

/// A manifest of a config and one layer.
fn manifest(config: &Descriptor, layer: &Descriptor) -> String {
    let part =
        |d: &Descriptor| format!(r#"{{"mediaType":"{}","digest":"{}","size":{}}}"#, d.media_type, d.digest, d.size);
    format!(r#"{{"schemaVersion":2,"config":{},"layers":[{}]}}"#, part(config), part(layer))
}

fn good() -> String {
    manifest(&Descriptor::of(media::CONFIG, CONFIG), &Descriptor::of(media::CHART, CHART))
}

fn of_manifest(text: &str) -> Answer {
    Answer::new(200, text).with("Content-Type", media::MANIFEST)
}

fn blob(request: &Request) -> Answer {
    let config = Descriptor::of(media::CONFIG, CONFIG).digest;
    Answer::new(200, if request.path().ends_with(&config) { CONFIG } else { CHART })
}

/// Serves a manifest, and lets `other` answer what else is asked.
fn serving(text: String, other: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Server {
    Server::start(move |request| match request.path() {
        "/v2/charts/a/manifests/1.0.0" => of_manifest(&text),
        _ => other(request),
    })
}

#[test]
fn a_chart_comes_from_a_registry_that_behaves() {
    assert_eq!(pull(&serving(good(), blob)), Ok(CHART.to_vec()));
}

#[test]
fn content_of_another_digest_is_refused() {
    let lie = serving(good(), |request| {
        let mut answer = blob(request);
        answer.body.reverse();
        answer
    });
    assert_eq!(pull(&lie), Err("failed to perform \"Push\" on destination: mismatched digest".into()));
    let header = serving(good(), |request| blob(request).with("Docker-Content-Digest", Descriptor::of("", b"").digest));
    assert!(pull(&header).is_err_and(|text| text.contains("digest mismatch in Docker-Content-Digest")));
}

#[test]
fn content_of_another_length_is_refused() {
    let cut = serving(good(), |request| blob(request).ending(End::Cut));
    assert!(pull(&cut).is_err_and(
        |text| text.contains("read failed: expected content size of ") && text.ends_with(": unexpected EOF")
    ));
    let long = serving(good(), |request| {
        let mut answer = blob(request);
        answer.body.push(b' ');
        answer
    });
    assert!(pull(&long).is_err_and(|text| text.ends_with(": mismatch Content-Length")));
    let endless = serving(good(), |request| blob(request).ending(End::Endless));
    assert!(pull(&endless).is_err_and(|text| text.ends_with("trailing data")));
}

#[test]
fn sizes_are_not_believed() {
    let layer = |size| Descriptor { size, ..Descriptor::of(media::CHART, CHART) };
    let of_size = |size| serving(manifest(&Descriptor::of(media::CONFIG, CONFIG), &layer(size)), blob);
    assert!(pull(&of_size(1 << 62)).is_err_and(|text| text.ends_with("exceeds limit 268435456")));
    assert!(pull(&of_size(-1)).is_err_and(|text| text.ends_with("mismatch Content-Length")));
    let manifest = Server::start(|_| of_manifest(&" ".repeat(5 << 20)));
    assert!(pull(&manifest).is_err_and(|text| text.starts_with("failed to perform")));
    let endless = Server::start(|_| of_manifest(&" ".repeat(1 << 20)).ending(End::Endless));
    assert!(pull(&endless).is_err_and(|text| text.starts_with("failed to perform")));
}

#[test]
fn digests_are_no_paths() {
    let layer = Descriptor { digest: "../../../admin".into(), ..Descriptor::of(media::CHART, CHART) };
    let server = serving(manifest(&Descriptor::of(media::CONFIG, CONFIG), &layer), blob);
    assert_eq!(pull(&server), Err("failed to perform \"Fetch\" on source: invalid checksum digest format".into()));
    assert!(server.requests().iter().all(|request| !request.target.contains("admin")));
}

/// An index of manifests.
fn index(entries: &[Descriptor]) -> String {
    let entry =
        |d: &Descriptor| format!(r#"{{"mediaType":"{}","digest":"{}","size":{}}}"#, d.media_type, d.digest, d.size);
    format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, entries.iter().map(entry).collect::<Vec<_>>().join(","))
}

#[test]
fn what_a_manifest_leads_to_has_an_end() {
    // Indexes inside each other, the innermost with a chart.
    let serve = |depth: usize| {
        let mut texts = vec![(media::MANIFEST, good())];
        for _ in 0..depth {
            let (kind, text) = &texts[texts.len() - 1];
            texts.push((media::INDEX, index(&[Descriptor::of(kind, text.as_bytes())])));
        }
        Server::start(move |request| {
            let is_root = request.path().ends_with("/1.0.0");
            let asked = |text: &str| request.path().ends_with(&Descriptor::of("", text.as_bytes()).digest);
            let found = if is_root { texts.last() } else { texts.iter().find(|(_, text)| asked(text)) };
            found.map_or_else(
                || blob(request),
                |(kind, text)| Answer::new(200, text.as_str()).with("Content-Type", *kind),
            )
        })
    };
    assert_eq!(pull(&serve(1)), Ok(CHART.to_vec()));
    assert_eq!(pull(&serve(7)), Ok(CHART.to_vec()));
    assert!(pull(&serve(30)).is_err_and(|text| text.ends_with("leads to too many others")));
    let many: Vec<Descriptor> = (0..1000).map(|n| Descriptor::of(media::MANIFEST, format!("{n}").as_bytes())).collect();
    let wide = index(&many);
    let server = Server::start(move |request| match request.path().ends_with("/1.0.0") {
        true => Answer::new(200, wide.as_str()).with("Content-Type", media::INDEX),
        false => Answer::new(404, ""),
    });
    assert!(
        pull(&server).is_err_and(|text| text.starts_with("failed to perform \"FindSuccessors\" on source: sha256:"))
    );
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn lists_of_tags_have_an_end() {
    let count = Arc::new(AtomicUsize::new(0));
    let page = move |_: &Request| {
        let next = count.fetch_add(1, Ordering::Relaxed);
        Answer::new(200, r#"{"tags":["1.0.0"]}"#)
            .with("Link", format!("</v2/charts/a/tags/list?last={next}>; rel=\"next\""))
    };
    let limit = "HOST/charts/a: the list of tags has no end; 10001 pages were read";
    assert_eq!(tags(&Server::start(page)), Err(limit.into()));
    let circle = |_: &Request| Answer::new(200, "{}").with("Link", "</v2/charts/a/tags/list>; rel=\"next\"");
    let limit = "HOST/charts/a: the list of tags has no end; 1 pages were read";
    assert_eq!(tags(&Server::start(circle)), Err(limit.into()));
    let long = Server::start(|_| Answer::new(200, format!("{{\"tags\":[\"{}\"]}}", "x".repeat(5 << 20))));
    let text = "GET \"http://HOST/v2/charts/a/tags/list\": failed to decode response: unexpected EOF";
    assert_eq!(tags(&long), Err(text.into()));
}

#[test]
fn the_next_page_is_at_the_same_origin() {
    let other = Server::start(|_| Answer::new(200, "{}"));
    let host = other.host();
    let server =
        Server::start(move |_| Answer::new(200, "{}").with("Link", format!("<http://{host}/x>; rel=\"next\"")));
    let text = format!(
        "invalid next link \"http://{}/x\": not the same origin as \"http://HOST/v2/charts/a/tags/list\"",
        other.host()
    );
    assert_eq!(tags(&server), Err(text));
    assert!(other.requests().is_empty());
}

/// Names come from the registry: what is none, or is not below the namespace, is left out; pages end and stay at home.
#[test]
fn lists_of_repositories_are_held_to_the_same() {
    let list = |server: &Server, namespace: &str| {
        let found = client(Retries::NONE).repositories(&format!("{}{namespace}", server.host()));
        found.map_err(|e| e.text.replace(&server.host(), "HOST"))
    };
    let names =
        r#"{"repositories":["charts/b","charts/a","charts/a","chartsx/c","charts/../x","charts/A","charts/a b","",7]}"#;
    let fits = names.replace(",7", "");
    let server = Server::start(move |_| Answer::new(200, fits.clone()));
    assert_eq!(list(&server, "/charts"), Ok(vec!["charts/a".to_owned(), "charts/b".to_owned()]));
    assert_eq!(list(&server, "/none/"), Ok(Vec::new()));
    let refused = "HOST does not list its repositories: ";
    let next = |link: String| Server::start(move |_| Answer::new(200, "{}").with("Link", format!("<{link}>")));
    let endless = format!("{refused}HOST: the list of repositories has no end; 1 pages were read");
    assert_eq!(list(&next("/v2/_catalog?n=1000".to_owned()), ""), Err(endless));
    let elsewhere = list(&next("http://other.example/x".to_owned()), "").expect_err("another origin");
    assert!(elsewhere.contains("not the same origin"), "{elsewhere}");
    for body in [names.to_owned(), "[]".to_owned(), "x".repeat(5 << 20), String::new()] {
        let server = Server::start(move |_| Answer::new(200, body.clone()));
        let text = list(&server, "").expect_err("no list");
        assert!(text.starts_with(&format!("{refused}GET ")) && text.contains("failed to decode response"), "{text}");
    }
}

#[test]
fn redirects_to_another_host_carry_no_credentials() {
    let other = Server::start(blob);
    let host = other.host();
    let server = serving(good(), move |request| {
        Answer::new(307, "").with("Location", format!("http://{host}{}", request.target))
    });
    assert_eq!(pull(&server), Ok(CHART.to_vec()));
    assert!(other.requests().iter().all(|request| request.header("authorization").is_empty()));
    // Nor after a challenge there, nor after a way back.
    let asking = Server::start(|_| Answer::new(401, "").with("WWW-Authenticate", "Basic realm=\"x\""));
    let host = asking.host();
    let server = Server::start(move |request| match request.header("authorization") {
        "" if !request.target.contains("manifests") => Answer::new(500, ""),
        "" => Answer::new(401, "").with("WWW-Authenticate", "Basic realm=\"x\""),
        _ => Answer::new(302, "").with("Location", format!("http://{host}/x")),
    });
    assert!(pull(&server).is_err_and(|text| text.contains("response status code 401: Unauthorized")));
    assert!(asking.requests().iter().all(|request| request.header("authorization").is_empty()));
}

#[test]
fn redirects_have_an_end() {
    let server = Server::start(|request| Answer::new(302, "").with("Location", request.target.clone()));
    let text = "failed to perform \"FetchReference\" on source: Get \"http://HOST/v2/charts/a/manifests/1.0.0\": stopped after 10 redirects";
    assert_eq!(pull(&server), Err(text.into()));
    assert_eq!(server.requests().len(), 10);
}

#[test]
fn tokens_are_asked_of_servers_that_a_registry_may_name() {
    let inside =
        Server::start(|_| Answer::new(401, "").with("WWW-Authenticate", "Bearer realm=\"http://10.0.0.1/token\""));
    assert!(
        pull(&inside).is_err_and(|text| text.contains("is a loopback, link-local, private, or unspecified address"))
    );
    let endless = Server::start(|request| match request.path() {
        "/token" => Answer::new(200, "{\"token\":\"".to_owned() + &"x".repeat(1 << 20)).ending(End::Endless),
        _ => Answer::new(401, "")
            .with("WWW-Authenticate", format!("Bearer realm=\"http://{}/token\"", request.header("host"))),
    });
    assert!(pull(&endless).is_err_and(|text| text.ends_with("failed to decode response: unexpected EOF")));
    let refusing = Server::start(|request| match request.path() {
        "/token" => Answer::new(200, "{\"token\":\"t\"}"),
        _ => Answer::new(401, "")
            .with("WWW-Authenticate", format!("Bearer realm=\"http://{}/token\"", request.header("host"))),
    });
    assert!(pull(&refusing).is_err_and(|text| text.contains("response status code 401: Unauthorized")));
    assert_eq!(refusing.requests().len(), 3);
}

#[test]
fn what_may_pass_is_tried_again() {
    let left = Arc::new(AtomicUsize::new(3));
    let server = Server::start(move |request| {
        let again = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok();
        match (again, request.path()) {
            (true, _) => Answer::new(503, ""),
            (false, "/v2/charts/a/manifests/1.0.0") => of_manifest(&good()),
            (false, _) => blob(request),
        }
    });
    let retries = Retries { most: 5, pause: Duration::ZERO };
    let pulled = client(retries).pull(&format!("{}/charts/a:1.0.0", server.host()), Want::CHART);
    assert_eq!(pulled.map(|pulled| pulled.chart), Ok(Some(CHART.to_vec())));
    let down = Server::start(|_| Answer::new(500, ""));
    let failed = client(retries).tags(&format!("{}/a", down.host()));
    assert!(failed.is_err_and(|error| error.text.ends_with("response status code 500: Internal Server Error")));
    assert_eq!(down.requests().len(), 6);
}

#[test]
fn what_is_no_chart_is_told() {
    let types = |config: &str, layer: &str| {
        let (config, layer) = (Descriptor::of(config, CONFIG), Descriptor::of(layer, CHART));
        serving(manifest(&config, &layer), blob)
    };
    let cases = [
        ("application/json", media::CHART, format!("could not load config with mediatype {}", media::CONFIG)),
        (
            media::CONFIG,
            "application/json",
            format!("manifest does not contain a layer with mediatype {}", media::CHART),
        ),
        (
            "application/json",
            "application/json",
            "manifest does not contain minimum number of descriptors (2), descriptors found: 1".to_owned(),
        ),
    ];
    for (config, layer, expected) in cases {
        assert_eq!(pull(&types(config, layer)), Err(expected));
    }
    assert_eq!(pull(&types(media::CONFIG, media::OLD_CHART)), Ok(CHART.to_vec()));
    let page = Server::start(|_| Answer::new(200, "<html>").with("Content-Type", "text/html"));
    let text = "manifest does not contain minimum number of descriptors (2), descriptors found: 0";
    assert_eq!(pull(&page), Err(text.into()));
}
