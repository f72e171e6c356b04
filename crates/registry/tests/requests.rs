//! What registries are asked: the same as by the real helm, with the same headers.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use peers::wire::{Answer, Request, Server};
use registry::{Client, Options, Package, Retries, Want};

const ARCHIVE: &[u8] = include_bytes!("data/a-1.0.0.tgz");

/// How a registry wants to be asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ask {
    Nothing,
    Basic,
    Bearer,
}

/// A registry in memory.
fn registry(ask: Ask) -> Server {
    let kept: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::new(BTreeMap::new());
    Server::start(move |request| {
        let mut kept = kept.lock().expect("no panic before");
        if request.path() == "/token" {
            return Answer::new(
                200,
                format!("{{\"{}\":\"t\"}}", if request.method == "POST" { "access_token" } else { "token" }),
            );
        }
        if ask != Ask::Nothing && request.header("authorization").is_empty() {
            return challenge(ask, request);
        }
        serve(&mut kept, request)
    })
}

fn challenge(ask: Ask, request: &Request) -> Answer {
    let host = request.header("host");
    let header = match ask {
        Ask::Bearer => format!("Bearer realm=\"http://{host}/token\",service=\"s\",scope=\"repository:charts/a:pull\""),
        Ask::Basic | Ask::Nothing => "Basic realm=\"x\"".to_owned(),
    };
    Answer::new(401, "{}").with("WWW-Authenticate", header)
}

fn serve(kept: &mut BTreeMap<String, Vec<u8>>, request: &Request) -> Answer {
    let path = request.path();
    let manifest = "application/vnd.oci.image.manifest.v1+json";
    match request.method.as_str() {
        "POST" => Answer::new(202, "").with("Location", "/upload/one?state=x"),
        "PUT" if path.starts_with("/upload") => {
            let digest = request.parameters("digest").concat();
            kept.insert(format!("/v2/charts/a/blobs/{digest}"), request.body.clone());
            Answer::new(201, "")
        }
        "PUT" => {
            kept.insert(path.to_owned(), request.body.clone());
            Answer::new(201, "")
        }
        _ if path == "/v2/" => Answer::new(200, "{}"),
        _ => match kept.get(path) {
            Some(content) if path.contains("/manifests/") => {
                Answer::new(200, content.clone()).with("Content-Type", manifest)
            }
            Some(content) => Answer::new(200, content.clone()),
            None => Answer::new(404, ""),
        },
    }
}

/// The requests, sorted: some travel at the same time.
fn asked(server: &Server) -> Vec<String> {
    let shown = |request: &Request| {
        let header = |name: &str| request.header(name).to_owned();
        let headers =
            ["accept", "authorization", "content-type", "content-length", "user-agent"].map(header).join(" | ");
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let body = if request.path() == "/token" { body } else { format!("{} bytes", request.body.len()) };
        format!("{} {} | {headers} | {body}", request.method, request.target)
    };
    let mut asked: Vec<String> =
        server.requests().iter().map(shown).map(|text| text.replace(&server.host(), "HOST")).collect();
    asked.sort();
    asked
}

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        let place = Place(tempfile::tempdir().expect("a folder"));
        std::fs::write(place.path("a-1.0.0.tgz"), ARCHIVE).expect("a file");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn helm(&self, arguments: &str) {
        let mut command = Command::new(testbed::helm().expect("the real helm"));
        command.args(arguments.split(' ')).arg("--plain-http").current_dir(self.0.path()).env_clear();
        command.env("HOME", self.0.path()).env("HELM_REGISTRY_CONFIG", self.path("config.json")).env("TZ", "UTC");
        let output = command.output().expect("helm");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn client(&self) -> Client {
        let mut options = Options::new(self.path("config.json"));
        (options.docker_config, options.plain_http, options.retries) = (None, true, Retries::NONE);
        Client::new(options).expect("a client")
    }
}

#[test]
fn a_login_a_push_a_second_push_and_a_pull_ask_what_helm_asks() {
    for ask in [Ask::Nothing, Ask::Basic, Ask::Bearer] {
        let (theirs, ours) = (registry(ask), registry(ask));
        let (place, host) = (Place::new(), theirs.host());
        place.helm(&format!("registry login {host} --username u --password p"));
        place.helm(&format!("push a-1.0.0.tgz oci://{host}/charts"));
        place.helm(&format!("push a-1.0.0.tgz oci://{host}/charts"));
        place.helm(&format!("pull oci://{host}/charts/a:1.0.0"));
        let (place, host) = (Place::new(), ours.host());
        let time = std::fs::metadata(place.path("a-1.0.0.tgz")).and_then(|file| file.modified()).expect("a time");
        let created = gostd::time::Time::from_system(time, gostd::time::Zone::Utc).rfc3339();
        let package = Package { archive: ARCHIVE, provenance: None, created: &created };
        place.client().login(&host, "u", "p").expect("a login");
        for _ in 0..2 {
            place.client().push(&package, &format!("{host}/charts/a:1.0.0")).expect("a push");
        }
        let pulled = place.client().pull(&format!("{host}/charts/a:1.0.0"), Want::CHART).expect("a chart");
        assert_eq!(pulled.chart.as_deref(), Some(ARCHIVE));
        // The manifests name the time of their archives, which may differ by a second.
        let blur = |asked: Vec<String>| {
            let digest = manifest_digests(&asked);
            asked
                .into_iter()
                .map(|line| digest.iter().fold(line, |line, digest| line.replace(digest.as_str(), "MANIFEST")))
                .collect::<Vec<_>>()
        };
        let (mut ours, mut theirs) = (blur(asked(&ours)), blur(asked(&theirs)));
        ours.sort();
        theirs.sort();
        assert_eq!(ours.join("\n"), theirs.join("\n"), "{ask:?}");
    }
}

/// The digests of manifests in lists of requests.
fn manifest_digests(asked: &[String]) -> Vec<String> {
    let digest = |line: &String| line.split("/manifests/").nth(1)?.split(' ').next().map(str::to_owned);
    asked.iter().filter_map(digest).filter(|text| text.starts_with("sha256:")).collect()
}
