//! `--offline` with charts of registries: what was there before is found again, by tag, range and digest, and nobody is asked.

use std::fs;
use std::path::Path;

use download::Network;
use peers::files;
use provenance::sha256_hex;

use crate::place::{How, Place};
use crate::registry::{manifest, plain_version, registry};

fn offline(place: &Place, reference: &str, version: &str) -> Result<(), String> {
    plain_version(place, Network::Offline, (reference, version)).map(drop)
}

fn is_missing(result: Result<(), String>, named: &str) {
    let want = format!("{named} is not on this computer, and --offline asks no servers");
    assert_eq!(result, Err(want));
}

#[test]
fn charts_that_were_pulled_are_found_again() {
    let archive = b"an archive".to_vec();
    let server = registry(archive.clone(), None);
    let place = Place::new(files::Options::default());
    let web = format!("oci://{}/charts/web", server.host());
    let digest = format!("sha256:{}", sha256_hex(manifest(&archive, None).as_bytes()));
    is_missing(offline(&place, &web, "1.0.0"), &format!("{web}:1.0.0"));
    is_missing(offline(&place, &web, "^1.0.0"), &web);
    is_missing(offline(&place, &web, ""), &web);
    is_missing(offline(&place, &format!("{web}@{digest}"), ""), &format!("{web}@{digest}"));
    assert_eq!(server.requests().len(), 0);
    for version in ["1.0.0", "1.1.0", "2.0.0-rc.1", "3.0.0+build.1"] {
        plain_version(&place, Network::Online, (&web, version)).expect("pulled");
    }
    let asked = server.requests().len();
    for (reference, version) in [
        (web.clone(), "1.0.0"),
        (format!("{web}:1.1.0"), ""),
        (web.clone(), "^1.0.0"),
        (web.clone(), ""),
        (web.clone(), ">=2.0.0-0 <2.1.0"),
        (web.clone(), "3.0.0+build.1"),
        (format!("{web}@{digest}"), ""),
        (format!("{web}@{digest}"), "1.0.0"),
        (format!("{web}:1.0.0@{digest}"), ""),
    ] {
        offline(&place, &reference, version).unwrap_or_else(|error| panic!("{reference} {version}: {error}"));
    }
    is_missing(offline(&place, &web, "4.0.0"), &format!("{web}:4.0.0"));
    let none = "could not locate a version matching provided version string ^4".to_owned();
    assert_eq!(offline(&place, &web, "^4"), Err(none));
    let other = format!("oci://{}/charts/other", server.host());
    is_missing(offline(&place, &other, ""), &other);
    assert_eq!(server.requests().len(), asked);
    fs::remove_dir_all(place.path("cache/content")).expect("a cache");
    is_missing(offline(&place, &web, "1.0.0"), &format!("{web}:1.0.0"));
}

#[test]
fn pull_and_dependencies_take_charts_of_the_cache() {
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/keys");
    let archive = fs::read(keys.join("app-0.1.0.tgz")).expect("an archive");
    let server = registry(archive, None);
    let place = Place::new(files::Options::default());
    let charts = format!("oci://{}/charts", server.host());
    plain_version(&place, Network::Online, (&format!("{charts}/app"), "0.1.0")).expect("pulled");
    let asked = server.requests().len();
    let dependency = format!("- {{name: app, version: ^0.1.0, repository: \"{charts}\"}}");
    place.write("p/Chart.yaml", &format!("apiVersion: v2\nname: p\nversion: 0.1.0\ndependencies:\n{dependency}\n"));
    place.dependencies(Network::Offline, How::Update).expect("dependencies");
    assert_eq!(place.names("p/charts"), ["app-0.1.0.tgz"]);
    let sources = place.plain_sources(Network::Offline);
    place.pull_from(&sources, &format!("{charts}/app")).expect("pulled");
    assert_eq!(place.names("out"), ["app-0.1.0.tgz"]);
    assert_eq!(server.requests().len(), asked);
}
