//! A repository on a server, and somebody's folders.

use std::fs;
use std::path::{Path, PathBuf};

use chart::log::Lines;
use chart::pack::{Stamp, save};
use download::{
    Console, Getters, IndexDigests, Locate, Manager, Network, Options, Places, Pull, Registries, RegistryOptions,
    Sources, Verify,
};
use peers::files::{self, Server};

/// A repository with the chart `web`, and the folders of somebody who has added it as `local`.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub server: Server,
    pub index_digests: IndexDigests,
}

impl Place {
    pub fn new(options: files::Options) -> Self {
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

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        path.parent().map(fs::create_dir_all).transpose().expect("folders");
        fs::write(path, text).expect("a file");
    }

    /// Packs a chart into the repository.
    pub fn chart(&self, name: &str, version: &str, description: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        let definition = format!("apiVersion: v2\nname: {name}\nversion: {version}\ndescription: {description}\n");
        fs::write(folder.path().join("Chart.yaml"), definition).expect("a chart");
        let chart = chart::load(folder.path(), &mut Lines::default()).expect("a chart");
        save(&chart, &self.path("repository"), Stamp::At(0)).expect("an archive");
    }

    pub fn digest(&self, archive: &str) -> String {
        provenance::sha256_hex(&fs::read(self.path("repository").join(archive)).expect("an archive"))
    }

    /// Writes the index: name, digest and URL of charts of version 1.0.0.
    pub fn list(&self, charts: &[(&str, &str, &str)]) {
        let entry = |(name, digest, url): &(&str, &str, &str)| {
            let fields =
                format!("{{apiVersion: v2, name: {name}, version: 1.0.0, digest: \"{digest}\", urls: [\"{url}\"]}}");
            format!("  {name}:\n  - {fields}\n")
        };
        let index = format!("apiVersion: v1\nentries:\n{}", charts.iter().map(entry).collect::<String>());
        self.write("repository/index.yaml", &index);
        self.write("cache/repository/local-index.yaml", &index);
    }

    pub fn sources(&self, network: Network) -> Sources {
        self.sources_with(network, RegistryOptions::default())
    }

    /// Asks registries without TLS.
    pub fn plain_sources(&self, network: Network) -> Sources {
        self.sources_with(network, RegistryOptions { plain_http: true, ..RegistryOptions::default() })
    }

    fn sources_with(&self, network: Network, options: RegistryOptions) -> Sources {
        let places = Places {
            repository_config: self.path("repositories.yaml"),
            repository_cache: self.path("cache/repository"),
            content_cache: self.path("cache/content"),
            default_cache: self.path("cache/repository"),
        };
        let config = self.path("registry.json");
        let registries = Registries::new(RegistryOptions { default_config: config.clone(), config, ..options });
        let mut sources = Sources::new(places, Getters::new(network, registries, Vec::new()));
        sources.index_digests = self.index_digests;
        sources
    }

    pub fn pull(&self, network: Network, reference: &str) -> Result<String, String> {
        self.pull_from(&self.sources(network), reference)
    }

    /// Pulls into `out`.
    pub fn pull_from(&self, sources: &Sources, reference: &str) -> Result<String, String> {
        let target = self.path("out");
        fs::create_dir_all(&target).expect("a folder");
        let pull = Pull {
            sources,
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

    pub fn locate(&self, network: Network, reference: &str) -> Result<PathBuf, String> {
        self.locate_at(network, "", reference)
    }

    /// Fetches into the cache, from the repository at a URL where one is given.
    pub fn locate_at(&self, network: Network, repository: &str, reference: &str) -> Result<PathBuf, String> {
        let sources = self.sources(network);
        let locate = locator(&sources, repository);
        let mut found = PathBuf::new();
        told(|console| locate.fetch(reference, console).map(|path| found = path)).map(|_| found)
    }

    /// Writes a chart `p` that depends on charts of the repository.
    pub fn depend(&self, names: &[&str]) {
        let url = self.server.url();
        let one = |name: &&str| format!("- {{name: {name}, version: 1.0.0, repository: \"{url}\"}}\n");
        let list: String = names.iter().map(one).collect();
        self.write("p/Chart.yaml", &format!("apiVersion: v2\nname: p\nversion: 0.1.0\ndependencies:\n{list}"));
    }

    pub fn dependencies(&self, network: Network, how: How) -> Result<String, String> {
        let sources = self.plain_sources(network);
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

    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub fn asked(&self) -> Vec<String> {
        self.server.seen().into_iter().map(|seen| seen.path).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum How {
    Update,
    UpdateWithDigests,
    Build,
}

/// Locates charts without verifying them.
pub fn locator<'a>(sources: &'a Sources, repository: &'a str) -> Locate<'a> {
    Locate {
        sources,
        repository,
        version: "",
        options: Options::default(),
        verify: Verify::Never,
        keyring: Path::new("none"),
    }
}

/// Returns what was told on the console.
pub fn told(run: impl FnOnce(&mut Console<'_>) -> Result<(), gostd::GoError>) -> Result<String, String> {
    let (mut out, mut pulled, mut log) = (Vec::new(), Vec::new(), Lines::default());
    let result = run(&mut Console { out: &mut out, pulled: &mut pulled, log: &mut log });
    result.map(|()| String::from_utf8_lossy(&out).into_owned()).map_err(|error| error.text)
}
