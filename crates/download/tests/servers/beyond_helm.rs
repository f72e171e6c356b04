//! What ours does beyond Helm, against a real server: hashes, what is asked for and with which credentials, `--offline`.

use std::fs;

use crate::place::{How, Place, locator};
use chart::log::Lines;
use download::{Console, IndexDigests, Network};
use peers::files::{self, Rule};

#[test]
fn what_is_not_what_the_index_says_is_refused_and_not_kept_where_that_is_asked_for() {
    let mut place = Place::new(files::Options::default());
    place.index_digests = IndexDigests::Enforced;
    let wanted = place.digest("web-1.0.0.tgz");
    place.chart("web", "1.0.0", "another");
    let found = place.digest("web-1.0.0.tgz");
    let text = format!(
        "{}/web-1.0.0.tgz is not the chart that the repository's index lists: its digest is sha256:{found}, not \
         sha256:{wanted}",
        place.server.url()
    );
    assert_eq!(place.pull(Network::Online, "local/web"), Err(text.clone()));
    assert_eq!(place.locate(Network::Online, "local/web"), Err(text.clone()));
    place.depend(&["web"]);
    let url = format!("{}/web-1.0.0.tgz", place.server.url());
    assert_eq!(place.dependencies(Network::Online, How::Update), Err(format!("could not download {url}: {text}")));
    assert_eq!((place.names("out"), place.names("cache/content"), place.names("p/charts")), Default::default());
    assert_eq!(place.names("p"), ["Chart.yaml", "charts"]);
}

#[test]
fn what_is_not_what_the_index_says_is_told_and_kept_under_its_own_hash() {
    let place = Place::new(files::Options::default());
    let listed = place.digest("web-1.0.0.tgz");
    place.chart("web", "1.0.0", "another");
    let found = place.digest("web-1.0.0.tgz");
    let path = place.locate(Network::Online, "local/web").expect("a chart");
    assert!(path.to_string_lossy().contains(&found), "{}", path.display());
    let sources = place.sources(Network::Online);
    let locate = locator(&sources, "");
    let (mut out, mut pulled, mut log) = (Vec::new(), Vec::new(), Lines::default());
    let mut console = Console { out: &mut out, pulled: &mut pulled, log: &mut log };
    assert!(locate.fetch("local/web", &mut console).is_ok());
    let log = String::from_utf8_lossy(&log.0).into_owned();
    assert!(log.contains("not the one that the repository's index lists"), "{log}");
    assert!(log.contains(&listed) && log.contains(&found), "{log}");
}

#[test]
fn what_was_damaged_in_the_cache_is_fetched_again() {
    let place = Place::new(files::Options::default());
    let archive = fs::read(place.path("repository/web-1.0.0.tgz")).expect("an archive");
    let digest = place.digest("web-1.0.0.tgz");
    place.write(&format!("cache/content/{}/{digest}.chart", &digest[..2]), "another");
    place.depend(&["web"]);
    place.dependencies(Network::Online, How::Update).expect("dependencies");
    assert_eq!(fs::read(place.path("p/charts/web-1.0.0.tgz")).expect("an archive"), archive);
}

#[test]
fn credentials_go_to_their_repository_alone() {
    let other = Place::new(files::Options::default());
    let place = Place::new(files::Options { user: Some(("u".into(), "p".into())), ..files::Options::default() });
    assert!(place.pull(Network::Online, "local/web").is_ok());
    place.list(&[("web", "", &format!("{}/web-1.0.0.tgz", other.server.url()))]);
    assert!(place.pull(Network::Online, "local/web").is_ok());
    let sent: Vec<bool> = other.server.seen().iter().map(|seen| seen.header("authorization").is_some()).collect();
    assert_eq!(sent, [false]);
    let redirect =
        Rule::Redirect(302, format!("{}/web-1.0.0.tgz", other.server.url().replace("127.0.0.1", "localhost")));
    place.list(&[("web", "", "moved.tgz")]);
    place.server.rule("/moved.tgz", vec![redirect]);
    let _ = place.pull(Network::Online, "local/web");
    assert!(other.server.seen().iter().all(|seen| seen.header("authorization").is_none()));
}

#[test]
fn dependencies_ask_once_for_an_index_and_for_each_archive() {
    let place = Place::new(files::Options::default());
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    names.iter().for_each(|name| place.chart(name, "1.0.0", name));
    let archives: Vec<String> = names.iter().map(|name| format!("{name}-1.0.0.tgz")).collect();
    let digests: Vec<String> = archives.iter().map(|archive| place.digest(archive)).collect();
    let charts: Vec<(&str, &str, &str)> =
        names.iter().zip(&digests).zip(&archives).map(|((name, digest), url)| (*name, &**digest, &**url)).collect();
    place.list(&charts);
    place.depend(&names);
    let told = place.dependencies(Network::Online, How::Update).expect("updated");
    let lines: Vec<&str> = told.lines().filter(|line| line.starts_with("Downloading")).collect();
    let url = place.server.url();
    assert_eq!(lines, names.map(|name| format!("Downloading {name} from repo {url}")));
    assert_eq!(place.names("p/charts"), archives);
    let mut asked = place.asked();
    asked.sort();
    let mut wanted: Vec<String> = archives.iter().map(|archive| format!("/{archive}")).collect();
    wanted.push("/index.yaml".to_owned());
    wanted.sort();
    assert_eq!(asked, wanted);
}

#[test]
fn a_lock_with_hashes_takes_no_other_archives() {
    let place = Place::new(files::Options::default());
    place.depend(&["web"]);
    place.dependencies(Network::Online, How::UpdateWithDigests).expect("updated");
    let lock = fs::read_to_string(place.path("p/Chart.lock")).expect("a lock");
    let digest = format!("digest: sha256:{}", place.digest("web-1.0.0.tgz"));
    assert!(lock.contains(&digest), "{lock}");
    assert!(place.dependencies(Network::Online, How::Build).is_ok());
    let before = fs::read(place.path("p/charts/web-1.0.0.tgz")).expect("an archive");
    place.chart("web", "1.0.0", "republished");
    place.list(&[("web", &place.digest("web-1.0.0.tgz"), "web-1.0.0.tgz")]);
    let error = place.dependencies(Network::Online, How::Build).expect_err("another archive");
    assert!(error.contains("but the lock file has sha256:"), "{error}");
    assert_eq!(fs::read(place.path("p/charts/web-1.0.0.tgz")).expect("an archive"), before);
    // Once there are hashes, an update writes the new ones.
    place.dependencies(Network::Online, How::Update).expect("updated");
    let lock = fs::read_to_string(place.path("p/Chart.lock")).expect("a lock");
    assert!(lock.contains(&format!("digest: sha256:{}", place.digest("web-1.0.0.tgz"))), "{lock}");
}

#[test]
fn offline_takes_what_is_here_and_asks_nobody() {
    let place = Place::new(files::Options::default());
    place.depend(&["web"]);
    let url = format!("{}/web-1.0.0.tgz", place.server.url());
    let nothing = format!("{url} is not on this computer, and --offline asks no servers");
    assert_eq!(place.pull(Network::Offline, "local/web"), Err(nothing.clone()));
    assert_eq!(place.locate(Network::Offline, "local/web"), Err(nothing));
    assert!(place.dependencies(Network::Offline, How::Update).is_err());
    assert_eq!(place.asked(), [""; 0]);
    place.locate(Network::Online, "local/web").expect("fetched");
    let asked = place.asked();
    assert!(place.locate(Network::Offline, "local/web").is_ok());
    assert!(place.pull(Network::Offline, "local/web").is_ok());
    place.dependencies(Network::Offline, How::Update).expect("updated");
    fs::remove_dir_all(place.path("cache/content")).expect("a cache");
    place.dependencies(Network::Offline, How::Build).expect("built of what is there");
    assert_eq!(place.names("p/charts"), ["web-1.0.0.tgz"]);
    assert_eq!(place.asked(), asked);
}

#[test]
fn a_body_that_breaks_off_leaves_nothing() {
    let place = Place::new(files::Options::default());
    place.server.rule("/web-1.0.0.tgz", vec![Rule::Always(Box::new(Rule::Cut(10)))]);
    assert_eq!(place.pull(Network::Online, "local/web"), Err("unexpected EOF".to_owned()));
    assert!(place.locate(Network::Online, "local/web").is_err());
    assert_eq!((place.names("out"), place.names("cache/content")), Default::default());
}
