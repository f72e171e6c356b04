//! Indexes of two repositories as one. Texts in, text out.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use chart_store::{Store, names};
use gostd::semver::Version;
use gostd::url::Url;
use gostd::{Map, Value};

use super::Remote;

/// How files are addressed in our index.
pub struct Links {
    /// What stands before the name of a file.
    base: String,
    /// The address of the other repository.
    theirs: String,
}

impl Links {
    pub fn new(store: &Store, tenant: &str, theirs: &str) -> Self {
        Links { base: store.url(tenant, ""), theirs: theirs.to_owned() }
    }
}

/// Returns the files of an index, by the names that they have with us, and where they are.
///
/// # Errors
/// It is no index.
pub fn files(index: &[u8], url: &str) -> Result<HashMap<String, Remote>, String> {
    let index = goyaml::from_yaml_map(index).map_err(|error| error.text)?;
    let mut files = HashMap::new();
    for (name, versions) in entries(&index) {
        for entry in versions {
            let (Some(file), Some(remote)) = (file(&name, &entry), remote(&entry, url)) else { continue };
            files.entry(file).or_insert(remote);
        }
    }
    Ok(files)
}

/// Returns one index of both; of a version that both have, ours counts.
///
/// # Errors
/// One of them is no index.
pub fn merged(theirs: &[u8], ours: &[u8], links: &Links) -> Result<Vec<u8>, String> {
    let read = |text: &[u8]| goyaml::from_yaml_map(text).map_err(|error| error.text);
    let (theirs, ours) = (read(theirs)?, read(ours)?);
    let all: Map = Map::default();
    for (name, versions) in entries(&ours) {
        all.insert(name.as_str(), Value::list(versions));
    }
    for (name, versions) in entries(&theirs) {
        let known = all.get(name.as_bytes()).and_then(|list| list.as_list().cloned());
        let mut merged: Vec<Value> = known.map(|list| list.items().to_vec()).unwrap_or_default();
        let there: BTreeSet<String> = merged.iter().map(|entry| text(entry, "version")).collect();
        for entry in versions {
            let Some(file) = file(&name, &entry).filter(|_| remote(&entry, &links.theirs).is_some()) else { continue };
            if there.contains(&text(&entry, "version")) {
                continue;
            }
            if let Some(map) = entry.as_map() {
                map.insert("urls", Value::list(vec![Value::str(format!("{}{file}", links.base).as_str())]));
            }
            merged.push(entry);
        }
        // Stable: what is no version stays in the order of its index, at the end.
        merged.sort_by_cached_key(|entry| Reverse(Version::new(text(entry, "version").as_bytes()).ok().map(Newer)));
        if !merged.is_empty() {
            all.insert(name.as_str(), Value::list(merged));
        }
    }
    if let Some(map) = ours.as_map() {
        map.insert("entries", Value::Map(all));
        if let Some(generated) = theirs.as_map().and_then(|map| map.get(b"generated")) {
            map.insert("generated", generated);
        }
    }
    goyaml::to_yaml(&ours).map_err(|error| error.text)
}

/// Versions in their order.
struct Newer(Version);

impl Ord for Newer {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.compare(&other.0)
    }
}

impl PartialOrd for Newer {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Newer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Newer {}

fn entries(index: &Value) -> Vec<(String, Vec<Value>)> {
    let Some(entries) = index.as_map().and_then(|map| map.get(b"entries")) else { return Vec::new() };
    let Some(map) = entries.as_map() else { return Vec::new() };
    let map = map.borrow();
    let versions = |list: &Value| list.as_list().map(|list| list.items().to_vec()).unwrap_or_default();
    map.iter().map(|(name, list)| (name.to_text().into_owned(), versions(list))).collect()
}

fn text(entry: &Value, field: &str) -> String {
    let value = entry.as_map().and_then(|map| map.get(field.as_bytes()));
    value.and_then(|value| value.as_str().map(|text| text.to_text().into_owned())).unwrap_or_default()
}

/// Returns the name of the file that a version has with us.
fn file(name: &str, entry: &Value) -> Option<String> {
    let version = text(entry, "version");
    if version.is_empty() {
        return None;
    }
    names::file(name, &version).ok()
}

fn remote(entry: &Value, base: &str) -> Option<Remote> {
    let urls = entry.as_map()?.get(b"urls")?;
    let url = urls.as_list()?.items().first()?.as_str()?.to_text().into_owned();
    let base = Url::parse(format!("{base}/").as_bytes()).ok()?;
    let url = base.resolve_reference(&Url::parse(url.as_bytes()).ok()?);
    let url = String::from_utf8(url.text()).ok()?;
    let known = url.starts_with("http://") || url.starts_with("https://");
    known.then(|| Remote { url, digest: text(entry, "digest").trim_start_matches("sha256:").to_lowercase() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEIRS: &[u8] = b"apiVersion: v1
entries:
  a:
  - {name: a, version: 1.10.0, urls: [a-1.10.0.tgz], digest: AB}
  - {name: a, version: 1.2.0, urls: ['https://other.example.com/x/a.tgz']}
  - {name: a, version: 1.1.0, urls: ['ftp://x/a.tgz']}
  - {name: a, version: ../../x, urls: [a.tgz]}
  b:
  - {name: b, version: 0.1.0, urls: [charts/b-0.1.0.tgz]}
generated: '2020-01-01T00:00:00Z'
";

    #[test]
    fn files_are_where_their_index_says() {
        let files = files(THEIRS, "http://up.example.com/charts").expect("an index");
        let mut shown: Vec<_> = files.iter().map(|(file, remote)| format!("{file} {} {}", remote.url, remote.digest)).collect();
        shown.sort();
        let expected = [
            "a-1.10.0.tgz http://up.example.com/charts/a-1.10.0.tgz ab",
            "a-1.2.0.tgz https://other.example.com/x/a.tgz ",
            "b-0.1.0.tgz http://up.example.com/charts/charts/b-0.1.0.tgz ",
        ];
        assert_eq!(shown, expected);
        assert!(super::files(b"[", "http://x").is_err());
    }

    #[test]
    fn one_index_has_the_charts_of_both_and_addresses_of_ours() {
        let ours = b"apiVersion: v1
entries:
  a:
  - {name: a, version: 1.9.0, urls: [charts/a-1.9.0.tgz]}
  - {name: a, version: 1.2.0, urls: [charts/a-1.2.0.tgz], digest: ours}
generated: '2021-01-01T00:00:00Z'
serverInfo: {}
";
        let links = Links { base: "charts/".to_owned(), theirs: "http://up.example.com".to_owned() };
        let merged = merged(THEIRS, ours, &links).expect("an index");
        let expected = "apiVersion: v1
entries:
  a:
  - digest: AB
    name: a
    urls:
    - charts/a-1.10.0.tgz
    version: 1.10.0
  - name: a
    urls:
    - charts/a-1.9.0.tgz
    version: 1.9.0
  - digest: ours
    name: a
    urls:
    - charts/a-1.2.0.tgz
    version: 1.2.0
  b:
  - name: b
    urls:
    - charts/b-0.1.0.tgz
    version: 0.1.0
generated: \"2020-01-01T00:00:00Z\"
serverInfo: {}
";
        assert_eq!(String::from_utf8_lossy(&merged), expected);
    }
}
