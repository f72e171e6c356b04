//! Writes Chart.lock (`writeLock` of `pkg/downloader/manager.go`), and keeps hashes of archives in it, which are ours.
//!
//! A hash is the field `digest` of a dependency. Helm does not know it: it reads the lock all the same, and drops the
//! field when it writes another one.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use chart::os_error::{path_error, reason};
use chart::{Dependency, Lock};
use gostd::strconv::quote;
use gostd::{GoError, Value};

/// The name of the lock file of a chart.
pub fn file_name(api_version: &str) -> &'static str {
    if api_version == "v1" { "requirements.lock" } else { "Chart.lock" }
}

/// Hashes of archives by the name and version of their charts: `sha256:HEX`.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Digests(BTreeMap<(String, String), String>);

impl Digests {
    /// Reads the hashes of a lock file; none where there is no file, or none that can be read.
    pub fn read(file: &Path) -> Self {
        let text = fs::read(file).unwrap_or_default();
        let lock = goyaml::from_yaml(&text).unwrap_or(Value::Nil);
        let dependencies = lock.as_map().and_then(|map| map.get(b"dependencies"));
        let mut digests = Digests::default();
        for item in dependencies.as_ref().and_then(Value::as_list).map(|list| list.items()).unwrap_or_default() {
            let digest = text_of(item, "digest");
            if !digest.is_empty() {
                digests.0.insert((text_of(item, "name"), text_of(item, "version")), digest);
            }
        }
        digests
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, dependency: &Dependency) -> Option<&str> {
        self.0.get(&key(dependency)).map(String::as_str)
    }

    pub fn insert(&mut self, dependency: &Dependency, digest: String) {
        self.0.insert(key(dependency), digest);
    }
}

fn key(dependency: &Dependency) -> (String, String) {
    (dependency.name.clone(), dependency.version.clone())
}

fn text_of(item: &Value, name: &str) -> String {
    let value = item.as_map().and_then(|map| map.get(name.as_bytes()));
    value.and_then(|value| value.as_str().map(|text| text.to_text().into_owned())).unwrap_or_default()
}

/// Writes the lock of a chart, with the hashes that are known.
///
/// # Errors
/// The file is a symbolic link, or the system does not let us write.
pub fn write(folder: &Path, name: &str, lock: &Lock, digests: &Digests) -> Result<(), GoError> {
    let text = goyaml::to_yaml(&with_digests(lock, digests))?;
    let file = folder.join(name);
    refuse_link(&file, name)?;
    fs::write(&file, text).map_err(|error| path_error("open", &file, &error))
}

fn with_digests(lock: &Lock, digests: &Digests) -> Value {
    let value = lock.to_value();
    let items = value.as_map().and_then(|map| map.get(b"dependencies"));
    let items = items.as_ref().and_then(Value::as_list).map(|list| list.items().to_vec()).unwrap_or_default();
    for (item, dependency) in items.iter().zip(&lock.dependencies) {
        if let (Some(digest), Some(map)) = (digests.get(dependency), item.as_map()) {
            map.insert("digest", digest.into());
        }
    }
    value
}

/// A link could lead anywhere.
fn refuse_link(file: &Path, name: &str) -> Result<(), GoError> {
    let quoted = |path: &Path| String::from_utf8_lossy(&quote(path.as_os_str().as_encoded_bytes())).into_owned();
    match fs::symlink_metadata(file) {
        Ok(info) if info.is_symlink() => match fs::read_link(file) {
            Ok(target) => Err(GoError::new(format!("the {name} file is a symlink to {}", quoted(&target)))),
            Err(error) => {
                let path = file.to_string_lossy();
                let text = format!("error reading symlink for {}: readlink {path}: {}", quoted(file), reason(&error));
                Err(GoError::new(text))
            }
        },
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => {
            let path = file.to_string_lossy();
            let text = format!("error getting info for {}: lstat {path}: {}", quoted(file), reason(&error));
            Err(GoError::new(text))
        }
    }
}
