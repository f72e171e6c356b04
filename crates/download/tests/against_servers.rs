//! What ours does beyond Helm, against a real server: hashes, what is asked for and with which credentials, `--offline`.

use std::fs;
use std::path::{Path, PathBuf};

use chart::log::Lines;
use chart::pack::{Stamp, save};
use download::{
    Console, Getters, IndexDigests, Locate, Manager, Network, Options, Places, Pull, Registries, RegistryOptions,
    Sources, Verify,
};
use peers::files::{self, Rule, Server};

/// A repository with the chart `web`, and the folders of somebody who has added it as `local`.
struct Place {
    folder: tempfile::TempDir,
    server: Server,
    index_digests: IndexDigests,
}

impl Place {
    fn new(options: files::Options) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let repository = folder.path().join("repository");
        fs::create_dir(&repository).expect("a folder");
        let server = Server::start(files::Options { folder: repository, ..options }).expect("a server");
        let place = Place { folder, server, index_digests: IndexDigests::default() };
        place.chart("web", "1.0.0", "one");
        place.list(&[("web", &place.digest("web-1.0.0.tgz"), "web-1.0.0.tgz")]);
        let entry =
            format!("repositories:\n- {{name: local, url: \"{}\", username: u, password: p}}\n", place.server.url());
        place.write("repositories.yaml", &entry);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        path.parent().map(fs::create_dir_all).transpose().expect("folders");
        fs::write(path, text).expect("a file");
    }

    /// Packs a chart into the repository.
    fn chart(&self, name: &str, version: &str, description: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        let definition = format!("apiVersion: v2\nname: {name}\nversion: {version}\ndescription: {description}\n");
        fs::write(folder.path().join("Chart.yaml"), definition).expect("a chart");
        let chart = chart::load(folder.path(), &mut Lines::default()).expect("a chart");
        save(&chart, &self.path("repository"), Stamp::At(0)).expect("an archive");
    }

    fn digest(&self, archive: &str) -> String {
        provenance::sha256_hex(&fs::read(self.path("repository").join(archive)).expect("an archive"))
    }

    /// Writes the index: name, digest and URL of charts of version 1.0.0.
    fn list(&self, charts: &[(&str, &str, &str)]) {
        let entry = |(name, digest, url): &(&str, &str, &str)| {
            let fields =
                format!("{{apiVersion: v2, name: {name}, version: 1.0.0, digest: \"{digest}\", urls: [\"{url}\"]}}");
            format!("  {name}:\n  - {fields}\n")
        };
        let index = format!("apiVersion: v1\nentries:\n{}", charts.iter().map(entry).collect::<String>());
        self.write("repository/index.yaml", &index);
        self.write("cache/repository/local-index.yaml", &index);
    }

    fn sources(&self, network: Network) -> Sources {
        let places = Places {
            repository_config: self.path("repositories.yaml"),
            repository_cache: self.path("cache/repository"),
            content_cache: self.path("cache/content"),
            default_cache: self.path("cache/repository"),
        };
        let registries = Registries::new(RegistryOptions { config: self.path("registry.json"), ..Default::default() });
        let mut sources = Sources::new(places, Getters::new(network, registries, Vec::new()));
        sources.index_digests = self.index_digests;
        sources
    }

    fn pull(&self, network: Network, reference: &str) -> Result<String, String> {
        let sources = self.sources(network);
        let target = self.path("out");
        fs::create_dir_all(&target).expect("a folder");
        let pull = Pull {
            sources: &sources,
            repository: "",
            version: "",
            options: Options::default(),
            verify: Verify::Never,
            keyring: Path::new("none"),
            folder: &target.to_string_lossy(),
            unpack: None,
        };
        told(|console| pull.run(reference, console))
    }

    fn locate(&self, network: Network, reference: &str) -> Result<PathBuf, String> {
        let sources = self.sources(network);
        let locate = Locate {
            sources: &sources,
            repository: "",
            version: "",
            options: Options::default(),
            verify: Verify::Never,
            keyring: Path::new("none"),
        };
        let mut found = PathBuf::new();
        told(|console| locate.fetch(reference, console).map(|path| found = path)).map(|_| found)
    }

    /// Writes a chart `p` that depends on charts of the repository.
    fn depend(&self, names: &[&str]) {
        let url = self.server.url();
        let one = |name: &&str| format!("- {{name: {name}, version: 1.0.0, repository: \"{url}\"}}\n");
        let list: String = names.iter().map(one).collect();
        self.write("p/Chart.yaml", &format!("apiVersion: v2\nname: p\nversion: 0.1.0\ndependencies:\n{list}"));
    }

    fn dependencies(&self, network: Network, how: How) -> Result<String, String> {
        let sources = self.sources(network);
        let manager = Manager {
            chart: self.path("p"),
            sources: &sources,
            verify: Verify::Never,
            keyring: Path::new("none"),
            skip_refresh: false,
            debug: false,
            stamp: Stamp::Files,
            digests: how == How::UpdateWithDigests,
        };
        told(|console| match how {
            How::Build => manager.build(console),
            How::Update | How::UpdateWithDigests => manager.update(console),
        })
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn asked(&self) -> Vec<String> {
        self.server.seen().into_iter().map(|seen| seen.path).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Update,
    UpdateWithDigests,
    Build,
}

/// Returns what was told on the console.
fn told(run: impl FnOnce(&mut Console<'_>) -> Result<(), gostd::GoError>) -> Result<String, String> {
    let (mut out, mut pulled, mut log) = (Vec::new(), Vec::new(), Lines::default());
    let result = run(&mut Console { out: &mut out, pulled: &mut pulled, log: &mut log });
    result.map(|()| String::from_utf8_lossy(&out).into_owned()).map_err(|error| error.text)
}

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
    let locate = Locate {
        sources: &sources,
        repository: "",
        version: "",
        options: Options::default(),
        verify: Verify::Never,
        keyring: Path::new("none"),
    };
    let (mut out, mut pulled, mut log) = (Vec::new(), Vec::new(), Lines::default());
    let mut console = Console { out: &mut out, pulled: &mut pulled, log: &mut log };
    assert!(locate.fetch("local/web", &mut console).is_ok());
    let log = String::from_utf8_lossy(&log.0).into_owned();
    assert!(log.contains("not the one that the repository's index lists"), "{log}");
    assert!(log.contains(&listed) && log.contains(&found), "{log}");
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
