//! Signature policies, against real servers: whatever way leads to a chart of a repository that must give signed ones, an
//! unsigned chart does not come, and nothing of it stays.

use std::fs;
use std::path::{Path, PathBuf};

use crate::place::{How, Place};
use crate::registry::{manifest, plain, registry};
use download::Network;
use gostd::GoError;
use peers::files::{self, Rule};
use provenance::{Keyring, sha256_hex};
use repo::policy::{Policies, Policy};

fn keys(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/keys").join(name)
}

/// A repository `local` whose charts a key must have signed.
fn place() -> Place {
    let place = Place::new(files::Options::default());
    demand(&place, "local", &place.server.url(), "rsa.pub");
    place
}

fn demand(place: &Place, name: &str, url: &str, keyring: &str) {
    let file = place.path("repositories.yaml");
    let lock = Policies::lock(&file).expect("a lock");
    let mut policies = Policies::load(&file).expect("policies");
    let policy = Policy { name: name.to_owned(), url: url.to_owned(), keyring: keys(keyring) };
    policies.set(policy).and_then(|()| policies.save(&file, &lock)).expect("a policy");
}

fn nobody(_: &str) -> Result<Vec<u8>, GoError> {
    Err(GoError::new("nobody is there"))
}

/// Signs an archive of the repository, as if it were some chart in some file.
fn sign_as(place: &Place, archive: &str, key: &str, (name, version, file): (&str, &str, &str)) {
    let content = fs::read(place.path("repository").join(archive)).expect("an archive");
    let secret = Keyring::load(&keys(&format!("{key}.secret"))).expect("keys");
    let signer = secret.find(&format!("{key}@example.org")).and_then(|found| found.open(None, &mut nobody));
    let definition = format!("apiVersion: v2\nname: {name}\nversion: {version}\n");
    let hash = format!("sha256:{}", sha256_hex(&content));
    let signed = signer.and_then(|signer| signer.clear_sign(definition.as_bytes(), file, &hash)).expect("signed");
    place.write(&format!("repository/{archive}.prov"), &String::from_utf8_lossy(&signed));
}

fn sign(place: &Place, key: &str) {
    sign_as(place, "web-1.0.0.tgz", key, ("web", "1.0.0", "web-1.0.0.tgz"));
}

fn nothing_stays(place: &Place) {
    let left = ["out", "cache/content", "p/charts"].map(|folder| place.names(folder));
    assert_eq!(left, [const { Vec::<String>::new() }; 3]);
}

fn is_refused(result: Result<impl std::fmt::Debug, String>, way: &str, why: &str) {
    let text = result.expect_err(way);
    assert!(text.contains("the signature policy of ") && text.contains(why), "{way}: {text}");
    assert!(text.contains("helm repo signatures forget "), "{way}: {text}");
}

#[test]
fn an_unsigned_chart_comes_by_no_way() {
    let place = place();
    let url = place.server.url();
    let archive = format!("{url}/web-1.0.0.tgz");
    let port = place.server.address().port();
    let why = "it has no signature";
    is_refused(place.pull(Network::Online, "local/web"), "pull", why);
    is_refused(place.locate(Network::Online, "local/web"), "install", why);
    is_refused(place.locate(Network::Online, &archive), "URL", why);
    is_refused(place.pull(Network::Online, &archive), "pull of URL", why);
    is_refused(place.locate(Network::Online, &format!("{archive}?x=1")), "query", "its signature does not hold");
    is_refused(place.locate_at(Network::Online, &url, "web"), "--repo", why);
    is_refused(place.locate_at(Network::Online, &format!("{url}/."), "web"), "--repo in other words", why);
    place.depend(&["web"]);
    is_refused(place.dependencies(Network::Online, How::Update), "dependency update", why);
    place.write("p/Chart.yaml", "apiVersion: v2\nname: p\nversion: 0.1.0\ndependencies:\n- {name: web, version: 1.0.0, repository: \"alias:local\"}\n");
    is_refused(place.dependencies(Network::Online, How::Update), "dependency by alias", why);
    // The same repository under a second name, and a server elsewhere that only leads here.
    let again = format!(
        "repositories:\n- {{name: other, url: \"http://127.0.0.1:{port}/\"}}\n- {{name: local, url: \"{url}\"}}\n"
    );
    place.write("repositories.yaml", &again);
    fs::copy(place.path("cache/repository/local-index.yaml"), place.path("cache/repository/other-index.yaml"))
        .expect("an index");
    is_refused(place.locate(Network::Online, "other/web"), "alias", why);
    let elsewhere = Place::new(files::Options::default());
    elsewhere.server.rule("/moved.tgz", vec![Rule::Always(Box::new(Rule::Redirect(302, archive.clone())))]);
    let moved = format!("{}/moved.tgz", elsewhere.server.url());
    is_refused(place.locate(Network::Online, &moved), "redirect", why);
    is_refused(place.pull(Network::Online, &moved), "redirect", why);
    nothing_stays(&place);
}

#[test]
fn an_archive_elsewhere_is_held_to_the_repository_that_lists_it() {
    let (place, cdn) = (place(), Place::new(files::Options::default()));
    let archive = format!("{}/web-1.0.0.tgz", cdn.server.url());
    place.list(&[("web", "", &archive)]);
    let why = "it has no signature";
    is_refused(place.locate(Network::Online, "local/web"), "name", why);
    is_refused(place.locate_at(Network::Online, &place.server.url(), "web"), "--repo", why);
    is_refused(place.locate(Network::Online, &archive), "URL", why);
    nothing_stays(&place);
}

#[test]
fn what_another_command_left_in_the_cache_is_held_too() {
    let place = Place::new(files::Options::default());
    place.locate(Network::Online, "local/web").expect("no policy yet");
    demand(&place, "local", &place.server.url(), "rsa.pub");
    for network in [Network::Online, Network::Offline] {
        is_refused(place.locate(network, "local/web"), "cache", "it has no signature");
        is_refused(place.pull(network, "local/web"), "cache", "it has no signature");
    }
    sign(&place, "rsa");
    place.locate(Network::Online, "local/web").expect("signed now");
    place.locate(Network::Offline, "local/web").expect("with its signature in the cache");
}

#[test]
fn a_signed_chart_comes_by_every_way() {
    let place = place();
    sign(&place, "rsa");
    let url = place.server.url();
    place.pull(Network::Online, "local/web").expect("pull");
    // The signature was only looked at: nobody asked for the file.
    assert_eq!(place.names("out"), ["web-1.0.0.tgz"]);
    place.locate(Network::Online, "local/web").expect("install");
    place.locate(Network::Online, &format!("{url}/web-1.0.0.tgz")).expect("URL");
    place.locate_at(Network::Online, &url, "web").expect("--repo");
    place.depend(&["web"]);
    place.dependencies(Network::Online, How::Update).expect("dependencies");
    assert_eq!(place.names("p/charts"), ["web-1.0.0.tgz"]);
    place.dependencies(Network::Online, How::Build).expect("dependencies");
}

#[test]
fn a_signature_that_is_wrong_is_none() {
    type Prepare = fn(&Place);
    let cases: [(&str, Prepare, &str); 7] = [
        ("another's key", |place| sign(place, "ed25519"), "openpgp: signature made by unknown entity"),
        (
            "of another archive",
            |place| {
                sign(place, "rsa");
                place.chart("web", "1.0.0", "changed since");
            },
            "it was signed for other content than sha256:",
        ),
        (
            "of an old version under a new number",
            |place| sign_as(place, "web-1.0.0.tgz", "rsa", ("web", "0.9.0", "web-1.0.0.tgz")),
            "it was signed as chart \"web\" version \"0.9.0\" in \"web-1.0.0.tgz\"",
        ),
        (
            "of another chart",
            |place| sign_as(place, "web-1.0.0.tgz", "rsa", ("db", "1.0.0", "web-1.0.0.tgz")),
            "it was signed as chart \"db\"",
        ),
        ("text", |place| place.write("repository/web-1.0.0.tgz.prov", "signed\n"), "signature block not found"),
        ("nothing", |place| place.write("repository/web-1.0.0.tgz.prov", ""), "signature block not found"),
        ("a keyring that is gone", |place| demand(place, "local", &place.server.url(), "none"), "it has no signature"),
    ];
    for (what, prepare, why) in cases {
        let place = place();
        prepare(&place);
        is_refused(place.locate(Network::Online, "local/web"), what, why);
        is_refused(place.pull(Network::Online, "local/web"), what, why);
        nothing_stays(&place);
    }
}

#[test]
fn policies_that_cannot_be_read_let_nothing_pass() {
    let place = place();
    place.write("repositories.signatures.yaml", "signatures: all of them\n");
    let text = place.locate(Network::Online, "local/web").expect_err("no policies");
    assert!(text.starts_with("cannot read the signature policies in "), "{text}");
    place.write("repositories.signatures.yaml", "");
    assert!(place.pull(Network::Online, "local/web").is_err());
    place.depend(&["web"]);
    assert!(place.dependencies(Network::Online, How::Update).is_err());
    nothing_stays(&place);
}

#[test]
fn two_policies_both_hold() {
    let place = place();
    demand(&place, "", &place.server.url(), "ed25519.pub");
    sign(&place, "rsa");
    is_refused(place.locate(Network::Online, "local/web"), "the second", "unknown entity");
    let text = place.locate(Network::Online, "local/web").expect_err("the second");
    assert!(text.contains(&format!("the signature policy of {} takes", place.server.url())), "{text}");
    demand(&place, "", &place.server.url(), "all.pub");
    place.locate(Network::Online, "local/web").expect("both");
}

#[test]
fn other_repositories_are_free() {
    let (place, other) = (place(), Place::new(files::Options::default()));
    let url = other.server.url();
    place.locate_at(Network::Online, &url, "web").expect("no policy");
    place.locate(Network::Online, &format!("{url}/web-1.0.0.tgz")).expect("no policy");
}

/// A registry without a signature for anything, and an index that leads to it.
#[test]
fn a_registry_is_held_below_its_prefix() {
    let archive = fs::read(keys("app-0.1.0.tgz")).expect("an archive");
    let registry = registry(archive.clone(), None);
    let place = Place::new(files::Options::default());
    let host = registry.host();
    demand(&place, "", &format!("oci://{host}/signed"), "rsa.pub");
    place.list(&[("app", "", &format!("oci://{host}/signed/app:0.1.0"))]);
    let why = "it has no signature";
    for reference in [
        format!("oci://{host}/signed/app:0.1.0"),
        format!("oci://{host}/signed/deep/app:0.1.0"),
        format!("oci://{host}/signed/app@sha256:{}", sha256_hex(manifest(&archive, None).as_bytes())),
        "local/app".to_owned(),
    ] {
        is_refused(plain(&place, &reference), &reference, why);
    }
    plain(&place, &format!("oci://{host}/free/app:0.1.0")).expect("another prefix");
    for (namespace, is_held) in [("signed", true), ("free", false)] {
        let dependency = format!("- {{name: app, version: 0.1.0, repository: \"oci://{host}/{namespace}\"}}");
        let text = format!("apiVersion: v2\nname: p\nversion: 0.1.0\ndependencies:\n{dependency}\n");
        place.write("p/Chart.yaml", &text);
        let got = place.dependencies(Network::Online, How::Update);
        if is_held { is_refused(got, "dependency", why) } else { assert_eq!(got.map(drop), Ok(())) }
    }
}

#[test]
fn a_registry_gives_signed_charts() {
    let archive = fs::read(keys("app-0.1.0.tgz")).expect("an archive");
    let signature = fs::read(keys("rsa.prov")).expect("a signature");
    let registry = registry(archive.clone(), Some(signature.clone()));
    let place = Place::new(files::Options::default());
    let host = registry.host();
    demand(&place, "", &format!("oci://{host}"), "rsa.pub");
    plain(&place, &format!("oci://{host}/charts/app:0.1.0")).expect("by tag");
    let digest = sha256_hex(manifest(&archive, Some(&signature)).as_bytes());
    plain(&place, &format!("oci://{host}/charts/app@sha256:{digest}")).expect("by digest");
    is_refused(
        plain(&place, &format!("oci://{host}/charts/app:0.2.0")),
        "tag",
        "it was signed as chart \"app\" version \"0.1.0\"",
    );
    is_refused(plain(&place, &format!("oci://{host}/charts/db:0.1.0")), "name", "it was signed as chart \"app\"");
}
