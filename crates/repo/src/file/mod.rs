//! repositories.yaml (`pkg/repo/v1/repo.go`).

mod lock;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chart::os_error::path_error;
use gostd::json::{Field, Shape};
use gostd::time::{RFC3339, RFC3339_NANO, Time, Zone, parse};
use gostd::value::{Entries, Str};
use gostd::{GoError, Value};

use crate::cache;

pub use lock::Locked;

/// A repository, and how to reach it.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Entry {
    pub name: String,
    pub url: String,
    pub username: String,
    pub password: String,
    pub cert_file: String,
    pub key_file: String,
    pub ca_file: String,
    pub insecure_skip_tls_verify: bool,
    /// The password goes to other hosts too.
    pub pass_credentials_all: bool,
}

/// The repositories that a user has added.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    pub api_version: String,
    /// RFC 3339.
    pub generated: String,
    pub entries: Vec<Entry>,
}

impl Default for File {
    /// What Go makes of an empty file.
    fn default() -> Self {
        File { api_version: String::new(), generated: "0001-01-01T00:00:00Z".to_owned(), entries: Vec::new() }
    }
}

const TEXTS: [&str; 7] = ["name", "url", "username", "password", "certFile", "keyFile", "caFile"];
const FLAGS: [&str; 2] = ["insecure_skip_tls_verify", "pass_credentials_all"];

const ENTRY: Shape = Shape::Struct(
    &[
        Field { name: TEXTS[0], shape: Shape::String },
        Field { name: TEXTS[1], shape: Shape::String },
        Field { name: TEXTS[2], shape: Shape::String },
        Field { name: TEXTS[3], shape: Shape::String },
        Field { name: TEXTS[4], shape: Shape::String },
        Field { name: TEXTS[5], shape: Shape::String },
        Field { name: TEXTS[6], shape: Shape::String },
        Field { name: FLAGS[0], shape: Shape::Bool },
        Field { name: FLAGS[1], shape: Shape::Bool },
    ],
    "repo.Entry",
);

const FILE: Shape = Shape::Struct(
    &[
        Field { name: "apiVersion", shape: Shape::String },
        Field { name: "generated", shape: Shape::Time },
        Field { name: "repositories", shape: Shape::List(&ENTRY, "[]*repo.Entry") },
    ],
    "repo.File",
);

/// Why the repositories are not known.
#[derive(Debug)]
pub enum LoadError {
    /// There is no such file.
    Missing(GoError),
    Other(GoError),
}

impl LoadError {
    pub fn into_error(self) -> GoError {
        match self {
            LoadError::Missing(error) | LoadError::Other(error) => error,
        }
    }
}

impl File {
    /// Reads the file.
    ///
    /// # Errors
    /// `couldn't load repositories file (PATH): open PATH: …`, or what sigs.k8s.io/yaml says of it.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let text = fs::read(path).map_err(|error| {
            let cause = unreadable(path, &error);
            let text = format!("couldn't load repositories file ({}): {}", path.display(), cause.text);
            match error.kind() {
                io::ErrorKind::NotFound => LoadError::Missing(GoError::wrap(text, cause)),
                _ => LoadError::Other(GoError::wrap(text, cause)),
            }
        })?;
        File::parse(&text).map_err(LoadError::Other)
    }

    /// Reads the file if there is one; a file without repositories else.
    ///
    /// # Errors
    /// What the system or sigs.k8s.io/yaml says.
    pub fn load_or_new(path: &Path) -> Result<Self, GoError> {
        match fs::read(path) {
            Ok(text) => File::parse(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(File::default()),
            Err(error) => Err(unreadable(path, &error)),
        }
    }

    /// # Errors
    /// What sigs.k8s.io/yaml says of the text.
    pub fn parse(text: &[u8]) -> Result<Self, GoError> {
        let value = goyaml::from_yaml_shaped(text, &FILE)?;
        let Some(map) = value.as_map() else { return Ok(File::default()) };
        let mut file = File { api_version: string(map, "apiVersion"), ..File::default() };
        let generated = string(map, "generated");
        if !generated.is_empty() {
            file.generated = normal_time(&generated);
        }
        let list = map.get(b"repositories").unwrap_or(Value::Nil);
        let items = list.as_list().map(|list| list.items().to_vec()).unwrap_or_default();
        // Of a null Helm dies.
        file.entries = items.iter().filter_map(|item| item.as_map().map(entry)).collect();
        Ok(file)
    }

    /// Finds a repository by its name.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// Puts a repository in the place of the one with its name, or at the end.
    pub fn update(&mut self, entry: Entry) {
        match self.entries.iter_mut().find(|known| known.name == entry.name) {
            Some(known) => *known = entry,
            None => self.entries.push(entry),
        }
    }

    /// Removes the repositories of a name; reports whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let count = self.entries.len();
        self.entries.retain(|entry| entry.name != name);
        self.entries.len() < count
    }

    /// Writes the file: whole or not at all, and only for its owner to read if it is new.
    ///
    /// # Errors
    /// What the system says, as Go puts it.
    pub fn save(&self, path: &Path) -> Result<(), GoError> {
        let text = goyaml::to_yaml(&self.to_value())?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(|error| path_error("mkdir", folder, &error))?;
        }
        replace(path, &text).map_err(|error| path_error("open", path, &error))
    }

    /// Takes the lock that all processes take which change the file (`NAME.lock` beside it), for up to 30 seconds.
    ///
    /// # Errors
    /// `context deadline exceeded` when another process keeps it, and what the system says.
    pub fn lock(path: &Path) -> Result<Locked, GoError> {
        lock::lock(path)
    }

    /// Takes the lock like [`File::lock`], but only where its file is there already.
    ///
    /// # Errors
    /// As [`File::lock`].
    pub fn lock_if_there(path: &Path) -> Result<Option<Locked>, GoError> {
        lock::lock_if_there(path)
    }

    fn to_value(&self) -> Value {
        let entries = self.entries.iter().map(entry_value).collect();
        Value::map(pairs([
            ("apiVersion", self.api_version.as_str().into()),
            ("generated", self.generated.as_str().into()),
            ("repositories", Value::list(entries)),
        ]))
    }
}

/// Says why a file cannot be read, as Go's `os.ReadFile`.
fn unreadable(path: &Path, error: &io::Error) -> GoError {
    let operation = if error.kind() == io::ErrorKind::IsADirectory { "read" } else { "open" };
    path_error(operation, path, error)
}

fn entry(map: &gostd::Map) -> Entry {
    let flag = |name: &str| matches!(map.get(name.as_bytes()), Some(Value::Bool(true)));
    let [name, url, username, password, cert_file, key_file, ca_file] = TEXTS.map(|name| string(map, name));
    let [insecure_skip_tls_verify, pass_credentials_all] = FLAGS.map(flag);
    Entry {
        name,
        url,
        username,
        password,
        cert_file,
        key_file,
        ca_file,
        insecure_skip_tls_verify,
        pass_credentials_all,
    }
}

fn entry_value(entry: &Entry) -> Value {
    let texts =
        [&entry.name, &entry.url, &entry.username, &entry.password, &entry.cert_file, &entry.key_file, &entry.ca_file];
    let flags = [entry.insecure_skip_tls_verify, entry.pass_credentials_all];
    let texts = TEXTS.into_iter().zip(texts.map(|text| text.as_str().into()));
    Value::map(pairs(texts.chain(FLAGS.into_iter().zip(flags.map(Value::from)))))
}

fn pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, Value)>) -> Entries {
    pairs.into_iter().map(|(name, value)| (Str::from(name), value)).collect()
}

fn string(map: &gostd::Map, name: &str) -> String {
    map.get(name.as_bytes()).and_then(|value| value.as_str().map(|s| s.to_text().into_owned())).unwrap_or_default()
}

/// Returns a time as Go writes what it read.
pub(crate) fn normal_time(text: &str) -> String {
    let time = parse(RFC3339, text.as_bytes()).unwrap_or_else(|_| Time::zero());
    String::from_utf8_lossy(&time.format(RFC3339_NANO)).into_owned()
}

/// Returns the time of this machine as Go writes it.
pub(crate) fn now() -> String {
    let now = Time::from_system(std::time::SystemTime::now(), Zone::local());
    String::from_utf8_lossy(&now.format(RFC3339_NANO)).into_owned()
}

/// Replaces a file by a new one with the same rights. Where that cannot be (a file that is mounted alone), it is written
/// in place, as Helm does.
pub(crate) fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let beside = || -> io::Result<()> {
        let mut file = cache::temporary(&target)?;
        file.write_all(text)?;
        cache::set_mode(file.as_file(), mode_of(&target))?;
        file.persist(&target).map(drop).map_err(|error| error.error)
    };
    beside().or_else(|_| in_place(&target, text))
}

fn in_place(target: &PathBuf, text: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(target)?.write_all(text)
}

#[cfg(unix)]
fn mode_of(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).map_or(0o600, |info| info.permissions().mode() & 0o7777)
}

#[cfg(not(unix))]
fn mode_of(_: &Path) -> u32 {
    0o600
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helm_wrote_is_written_again() {
        let text = "apiVersion: \"\"\ngenerated: \"0001-01-01T00:00:00Z\"\nrepositories:\n- caFile: \"\"\n  certFile: \"\"\n  \
                    insecure_skip_tls_verify: false\n  keyFile: \"\"\n  name: a\n  pass_credentials_all: true\n  password: \
                    \"1\"\n  url: http://h/\n  username: u\n";
        let file = File::parse(text.as_bytes()).expect("repositories");
        assert_eq!(goyaml::to_yaml(&file.to_value()).map_err(|e| e.text), Ok(text.as_bytes().to_vec()));
        assert_eq!(file.get("a").map(|entry| entry.password.as_str()), Some("1"));
    }

    #[test]
    fn rights_and_links_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, link) = (folder.path().join("r.yaml"), folder.path().join("link.yaml"));
        let mut file = File::default();
        file.update(Entry { name: "a".into(), ..Entry::default() });
        file.save(&path).expect("saved");
        assert_eq!(mode_of(&path), 0o600);
        cache::set_mode(&fs::File::open(&path).expect("a file"), 0o640).expect("rights");
        #[cfg(unix)]
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        assert!(file.remove("a"));
        file.save(&link).expect("saved");
        assert!(link.is_symlink());
        assert_eq!(mode_of(&path), 0o640);
        assert!(File::load(&path).is_ok_and(|file| file.entries.is_empty()));
    }
}
