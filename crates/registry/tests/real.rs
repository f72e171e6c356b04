//! With docker's registry and the real helm: each uses what the other left, and both leave the same.

use std::path::{Path, PathBuf};
use std::process::Command;

use peers::registry::{Access, PASSWORD, Registry, USER};
use registry::{Client, Options, Package, Provenance, Want};

const ARCHIVE: &[u8] = include_bytes!("data/a-1.0.0.tgz");
const PROVENANCE: &[u8] = b"signed\n";
/// The version has a `+`.
const BUILD: &[u8] = include_bytes!("data/b-0.2.0+build.7.tgz");
const EVERYTHING: Want = Want { chart: true, provenance: Provenance::IfThere };

/// A folder for helm and us with the archives, and a file of credentials that both use.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        let place = Place { folder: tempfile::tempdir().expect("a folder") };
        std::fs::create_dir(place.path("got")).expect("a folder");
        let write = |name: &str, bytes: &[u8]| std::fs::write(place.path(name), bytes).expect("a file");
        write("a-1.0.0.tgz", ARCHIVE);
        write("a-1.0.0.tgz.prov", PROVENANCE);
        write("b-0.2.0+build.7.tgz", BUILD);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn client(&self) -> Client {
        let mut options = Options::new(self.path("config.json"));
        (options.docker_config, options.plain_http) = (None, true);
        Client::new(options).expect("a client")
    }

    /// Runs the real helm; returns what it printed.
    fn helm(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(testbed::helm().expect("the real helm"));
        command.args(arguments).arg("--plain-http").current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.folder.path()).env("HELM_REGISTRY_CONFIG", self.path("config.json")).env("TZ", "UTC");
        let output = command.output().expect("helm");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// When helm says that an archive was created.
    fn created(&self, name: &str) -> String {
        let time = std::fs::metadata(self.path(name)).and_then(|file| file.modified()).expect("a time");
        gostd::time::Time::from_system(time, gostd::time::Zone::Utc).rfc3339()
    }
}

#[test]
fn what_we_push_is_what_helm_pushes() {
    let (registry, place) = (Registry::start(Access::Everybody), Place::new());
    let host = registry.host();
    let client = place.client();
    let archives = [
        ("a-1.0.0.tgz", ARCHIVE, Some(PROVENANCE), "a:1.0.0"),
        ("b-0.2.0+build.7.tgz", BUILD, None, "b:0.2.0+build.7"),
    ];
    for (name, archive, provenance, reference) in archives {
        let theirs = place.helm(&["push", name, &format!("oci://{host}/helm")]);
        let package = Package { archive, provenance, created: &place.created(name) };
        let ours = client.push(&package, &format!("{host}/pilothouse/{reference}")).expect("a push");
        assert_eq!(ours.report().replace("/pilothouse/", "/helm/"), theirs);
        let pulled = ["helm", "pilothouse"].map(|by| client.pull(&format!("{host}/{by}/{reference}"), EVERYTHING));
        let [theirs, mut ours] = pulled.map(|pulled| pulled.expect("a chart"));
        ours.reference = ours.reference.replace("/pilothouse/", "/helm/");
        assert_eq!(ours, theirs);
        assert_eq!((ours.chart.as_deref(), ours.provenance.as_deref()), (Some(archive), provenance));
        // Of a version with a plus, helm does not take the short form.
        let (repository, version) = reference.split_once(':').expect("a version");
        let repository = format!("oci://{host}/pilothouse/{repository}");
        let report = place.helm(&["pull", &repository, "--version", version, "--destination", "got"]);
        assert_eq!(report.replace("/pilothouse/", "/helm/"), theirs.report());
        assert_eq!(std::fs::read(place.path("got").join(name)).expect("a chart"), archive);
    }
}

#[test]
fn the_versions_that_helm_pushed_are_found() {
    let (registry, place) = (Registry::start(Access::Everybody), Place::new());
    let host = registry.host();
    place.helm(&["push", "b-0.2.0+build.7.tgz", &format!("oci://{host}/charts")]);
    let client = place.client();
    let reference = format!("oci://{host}/charts/b");
    assert_eq!(client.tags(&reference), Ok(vec!["0.2.0+build.7".to_owned()]));
    let digest = client.pull(&format!("{reference}:0.2.0+build.7"), Want::CHART).expect("a chart").manifest_digest;
    let resolve = |reference: &str, version: &str| {
        let shown = |text: String| text.replace(host, "HOST").replace(&digest, "DIGEST");
        let resolved = client.resolve(reference, version).map(|resolved| [resolved.url, resolved.digest].join(" "));
        resolved.map(shown).map_err(|error| shown(error.text))
    };
    let pinned = format!("{reference}@{digest}");
    let other = format!("{reference}@sha256:{}", "0".repeat(64));
    let cases = [
        (reference.clone(), "", Ok("oci://HOST/charts/b:0.2.0+build.7 ")),
        (format!("{reference}:0.2.0+build.7"), "", Err("invalid reference: invalid tag \"0.2.0+build.7\"".to_owned())),
        (reference.clone(), "^0.1", Err("could not locate a version matching provided version string ^0.1".to_owned())),
        (reference.clone(), "9.9.9", Ok("oci://HOST/charts/b:9.9.9 ")),
        (
            format!("{reference}:1.0.0"),
            "1.0.1",
            Err("chart reference and version mismatch: 1.0.1 is not 1.0.0".to_owned()),
        ),
        (pinned.clone(), "", Ok("oci://HOST/charts/b@DIGEST ")),
        (pinned.clone(), "0.2.0+build.7", Ok("oci://HOST/charts/b@DIGEST DIGEST")),
        (pinned, "3.0.0", Ok("oci://HOST/charts/b@DIGEST ")),
        (
            other,
            "0.2.0+build.7",
            Err(format!("chart reference digest mismatch: DIGEST is not sha256:{}", "0".repeat(64))),
        ),
    ];
    for (reference, version, expected) in cases {
        assert_eq!(resolve(&reference, version), expected.map(str::to_owned), "{reference} {version}");
    }
    let missing = client.pull(&format!("{host}/charts/b:9.9.9"), Want::CHART).map_err(|error| error.text);
    assert_eq!(
        missing,
        Err(format!("failed to perform \"FetchReference\" on source: {host}/charts/b:9.9.9: not found"))
    );
    let described = client.describe(&reference, &["0.2.0+build.7".to_owned()]).expect("a description");
    assert_eq!(
        (described[0].name.as_str(), described[0].app_version.as_str(), described[0].is_chart),
        ("b", "3.1", true)
    );
}

#[test]
fn a_login_is_good_for_both() {
    for access in [Access::Basic, Access::Tokens, Access::DistributionTokens] {
        let (registry, place) = (Registry::start(access), Place::new());
        let host = registry.host();
        let config = |place: &Place| std::fs::read_to_string(place.path("config.json")).expect("a file of credentials");
        place.client().login(host, USER, PASSWORD).expect("a login");
        let ours = config(&place);
        place.helm(&["push", "a-1.0.0.tgz", &format!("oci://{host}/charts")]);
        place.client().logout(host).expect("a logout");
        assert_eq!(config(&place), "{\n\t\"auths\": {}\n}");
        place.helm(&["registry", "login", host, "--username", USER, "--password", PASSWORD]);
        assert_eq!(config(&place), ours);
        let pulled = place.client().pull(&format!("{host}/charts/a:1.0.0"), EVERYTHING).expect("a chart");
        assert_eq!(pulled.chart.as_deref(), Some(ARCHIVE));
    }
}

#[test]
fn a_push_asks_for_one_token() {
    let (registry, place) = (Registry::start(Access::Tokens), Place::new());
    let host = registry.host();
    place.client().login(host, USER, PASSWORD).expect("a login");
    let before = registry.token_requests().len();
    let package = Package { archive: ARCHIVE, provenance: None, created: "2026-01-02T03:04:05Z" };
    place.client().push(&package, &format!("{host}/charts/a:1.0.0")).expect("a push");
    let asked = registry.token_requests().split_off(before);
    let asked: Vec<_> = asked.iter().map(|request| (request.method.as_str(), request.parameters("scope"))).collect();
    assert_eq!(asked, [("GET", vec!["repository:charts/a:pull,push".to_owned()])]);
}

#[test]
fn everybody_may_pull_what_is_public() {
    let (registry, place) = (Registry::start(Access::Tokens), Place::new());
    let host = registry.host();
    let mut client = place.client();
    client.login(host, USER, PASSWORD).expect("a login");
    let package = Package { archive: ARCHIVE, provenance: None, created: "2026-01-02T03:04:05Z" };
    for repository in ["public", "private"] {
        client.push(&package, &format!("{host}/{repository}/a:1.0.0")).expect("a push");
    }
    let nobody = Place::new();
    assert!(nobody.client().pull(&format!("{host}/public/a:1.0.0"), Want::CHART).is_ok());
    let refused = nobody.client().pull(&format!("{host}/private/a:1.0.0"), Want::CHART);
    assert!(refused.is_err_and(|error| error.text.contains("response status code 401: unauthorized")));
    assert!(!Path::new(&nobody.path("config.json")).exists());
}
