//! Indexes in the cache: how they get there, what is kept beside them, and when that counts.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chart::log::Lines;
use fetch::Retry;
use peers::files::{Options, Rule, Server};
use repo::index::Index;
use repo::update::{Freshness, download};
use repo::{Entry, Http, cache, find};

const INDEX: &str = "apiVersion: v1\nentries:\n  a:\n  - apiVersion: v2\n    name: a\n    urls:\n    - a-1.1.0.tgz\n    version: \
                     1.1.0\n  - apiVersion: v2\n    name: a\n    urls:\n    - a-1.0.0.tgz\n    version: 1.0.0\n  b: []\n\
                     generated: \"2024-01-02T03:04:05Z\"\n";

struct Place {
    folder: tempfile::TempDir,
    server: Server,
    entry: Entry,
}

impl Place {
    fn new(options: Options) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let files = folder.path().join("files");
        fs::create_dir(&files).expect("a folder");
        fs::write(files.join("index.yaml"), INDEX).expect("an index");
        let server = Server::start(Options { folder: files, ..options }).expect("a server");
        let entry = Entry { name: "r".into(), url: server.url(), ..Entry::default() };
        Place { folder, server, entry }
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache/repository")
    }

    fn serve(&self, text: &str) {
        fs::write(self.folder.path().join("files/index.yaml"), text).expect("an index");
    }

    fn download(&self, freshness: Freshness) -> (Result<PathBuf, String>, String) {
        let mut log = Lines::default();
        let http = Http { retry: Retry { times: 1, first_pause: Duration::ZERO }, ..Http::default() };
        let path = download(&self.entry, &self.cache(), &http, freshness, &mut log).map_err(|error| error.text);
        (path, String::from_utf8_lossy(&log.0).into_owned())
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.cache()).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

fn versions(path: &Path) -> Vec<String> {
    let index = Index::load(path, &mut Lines::default()).map_err(|error| error.text).expect("an index");
    let mut versions = Vec::new();
    for head in index.catalogue().heads() {
        let gone = index.catalogue().each_row(&head, |row| {
            versions.push(format!("{} {}", row.name, row.version));
            ControlFlow::<()>::Continue(())
        });
        gone.expect("rows");
    }
    versions
}

#[test]
fn an_index_comes_with_its_list_and_its_side_car() {
    let place = Place::new(Options::default());
    let (path, said) = place.download(Freshness::Anew);
    let path = path.expect("an index");
    assert_eq!(path, cache::index_path(&place.cache(), "r"));
    assert_eq!(place.files(), [".r-index.yaml.pilothouse", "r-charts.txt", "r-index.yaml"]);
    assert_eq!(fs::read_to_string(&path).expect("the index"), INDEX);
    assert_eq!(fs::read_to_string(cache::charts_path(&place.cache(), "r")).expect("the list"), "a\nb\n");
    assert_eq!((said.as_str(), versions(&path)), ("", vec!["a 1.1.0".to_owned(), "a 1.0.0".to_owned()]));
    let index = Index::load(&path, &mut Lines::default()).map_err(|error| error.text).expect("an index");
    let version = index.get("a", "^1.0.0", &mut Lines::default()).map_err(|error| error.text).expect("a version");
    assert_eq!((version.metadata.version.as_str(), version.urls), ("1.1.0", Some(vec!["a-1.1.0.tgz".to_owned()])));
    assert!(index.any_url(|url| url == "a-1.0.0.tgz").is_ok_and(|found| found));
    let missing = index.get("c", "", &mut Lines::default()).map_err(|error| error.text);
    assert_eq!(missing.err().as_deref(), Some("no chart name found"));
    let empty = index.get("b", "", &mut Lines::default()).map_err(|error| error.text);
    assert_eq!(empty.err().as_deref(), Some("no chart version found"));
}

#[test]
fn side_cars_count_for_one_file_only() {
    let place = Place::new(Options::default());
    let path = place.download(Freshness::Anew).0.expect("an index");
    let side_car = cache::side_car_path(&path).expect("a path");
    let before = fs::read(&side_car).expect("a side-car");
    // As Helm writes it: another file moved to its place.
    fs::write(path.with_extension("new"), INDEX.replace("1.1.0", "1.2.0")).expect("a file");
    fs::rename(path.with_extension("new"), &path).expect("moved");
    assert_eq!(versions(&path), ["a 1.2.0", "a 1.0.0"]);
    assert_ne!(fs::read(&side_car).expect("a side-car"), before);
    // Broken ones are none; where none can be, there is none.
    for broken in [Vec::new(), before[..before.len() / 2].to_vec(), vec![0; 500]] {
        fs::write(&side_car, broken).expect("a file");
        assert_eq!(versions(&path), ["a 1.2.0", "a 1.0.0"]);
    }
    fs::remove_file(&side_car).and_then(|()| fs::create_dir(&side_car)).expect("a folder");
    fs::write(side_car.join("x"), "").expect("a file");
    assert_eq!(versions(&path), ["a 1.2.0", "a 1.0.0"]);
}

#[test]
fn what_did_not_change_is_not_sent_again() {
    let place = Place::new(Options { etag: true, gzip: true, ..Options::default() });
    place.download(Freshness::Anew).0.expect("an index");
    let path = place.download(Freshness::IfChanged).0.expect("an index");
    let asked = |at: usize| place.server.seen()[at].header("if-none-match").is_some();
    assert!(!asked(0) && asked(1));
    place.serve(&INDEX.replace("1.1.0", "1.2.0"));
    place.download(Freshness::IfChanged).0.expect("an index");
    assert!(asked(2));
    assert_eq!(versions(&path), ["a 1.2.0", "a 1.0.0"]);
    // Helm wrote the file: nothing is known of it.
    fs::write(&path, INDEX).expect("an index");
    place.download(Freshness::IfChanged).0.expect("an index");
    assert!(!asked(3));
    // A list that is gone comes back.
    fs::remove_file(cache::charts_path(&place.cache(), "r")).expect("removed");
    place.download(Freshness::IfChanged).0.expect("an index");
    assert!(!asked(4));
    assert_eq!(place.files().len(), 3);
}

#[test]
fn what_is_no_index_leaves_the_cache_alone() {
    let place = Place::new(Options::default());
    for (text, error) in [
        ("", "empty index.yaml file"),
        ("entries: {}\n", "no API version specified"),
        (
            "<html>",
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type repo.IndexFile",
        ),
    ] {
        place.serve(text);
        assert_eq!(place.download(Freshness::Anew).0, Err(error.to_owned()));
        assert!(!place.folder.path().join("cache").exists(), "{text}");
    }
    place.serve(INDEX);
    let path = place.download(Freshness::Anew).0.expect("an index");
    place.serve("entries: {}\n");
    assert!(place.download(Freshness::IfChanged).0.is_err());
    assert_eq!((versions(&path).len(), place.files().len()), (2, 3));
}

#[test]
fn a_body_that_breaks_comes_once_more() {
    let place = Place::new(Options::default());
    place.server.rule("/index.yaml", vec![Rule::Cut(100)]);
    let path = place.download(Freshness::Anew).0.expect("an index");
    assert_eq!((versions(&path).len(), place.files().len()), (2, 3));
    place.server.rule("/index.yaml", vec![Rule::Cut(100), Rule::Cut(100)]);
    assert_eq!(place.download(Freshness::Anew).0, Err("unexpected EOF".to_owned()));
    assert_eq!((versions(&path).len(), place.files().len()), (2, 3));
}

#[test]
fn entries_that_are_left_out_are_told_each_time() {
    let place = Place::new(Options { etag: true, ..Options::default() });
    place.serve(
        "apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: one\n  - null\n  - name: a\n    version: 1.0.0\n",
    );
    let url = place.server.url();
    let told = |source: &str| {
        format!(
            "level=WARN msg=\"skipping loading invalid entry for chart: empty entry\" name=a source={source}\nlevel=WARN \
             msg=\"skipping loading invalid entry for chart\" name=a version=one source={source} error=\"validation: \
             chart.metadata.version \\\"one\\\" is invalid\"\n"
        )
    };
    let (path, said) = place.download(Freshness::Anew);
    let path = path.expect("an index");
    assert_eq!(said, told(&url));
    assert_eq!(place.download(Freshness::IfChanged).1, told(&url));
    let mut log = Lines::default();
    assert!(Index::load(&path, &mut log).is_ok());
    assert_eq!(String::from_utf8_lossy(&log.0), told(&path.to_string_lossy()));
}

#[test]
fn charts_of_repositories_that_nobody_added() {
    let place = Place::new(Options::default());
    let entry = Entry { url: place.server.url(), ..Entry::default() };
    let find = |name: &str, version: &str| {
        find::chart(&entry, name, version, &place.cache(), &Http::default(), &mut Lines::default())
            .map(|found| found.url)
            .map_err(|error| error.text)
    };
    let url = place.server.url();
    assert_eq!(find("a", "1.0.0"), Ok(format!("{url}/a-1.0.0.tgz")));
    assert_eq!(find("a", ""), Ok(format!("{url}/a-1.1.0.tgz")));
    let missing = format!("chart \"a\" version \"2\" not found in {url} repository");
    assert_eq!(find("a", "2"), Err(missing));
    place.server.rule("/index.yaml", vec![Rule::Status(404, "Not Found".into())]);
    let text = format!(
        "looks like {url:?} is not a valid chart repository or cannot be reached: failed to fetch {url}/index.yaml : 404 Not \
         Found"
    );
    assert_eq!(find("a", ""), Err(text));
    assert_eq!(place.files(), Vec::<String>::new());
}

#[test]
fn credentials_are_for_the_host_of_the_repository() {
    let mut place = Place::new(Options { user: Some(("u".into(), "p".into())), ..Options::default() });
    assert!(place.download(Freshness::Anew).0.is_err_and(|error| error.ends_with(": 401 Unauthorized")));
    (place.entry.username, place.entry.password) = ("u".into(), "p".into());
    place.download(Freshness::Anew).0.expect("an index");
}
