//! Whether a lock file belongs to what a chart asks for: the digest of both (`HashReq` and `HashV2Req` of
//! `internal/resolver` in Helm 4.3.1).

use aws_lc_rs::digest::{SHA256, digest as sum};
use gostd::Value;
use gostd::json::{append_quote, encode};

use crate::metadata::Dependency;

/// Returns the digest of what is asked for and what was locked: `sha256:…`.
pub fn digest(requirements: &[Dependency], locked: &[Dependency]) -> String {
    let mut json = b"[".to_vec();
    append_list(&mut json, requirements);
    json.push(b',');
    append_list(&mut json, locked);
    json.push(b']');
    sha256(&json)
}

/// Returns the digest that Helm 2 wrote, of what is asked for alone.
pub fn digest_v2(requirements: &[Dependency]) -> String {
    let mut json = b"{\"dependencies\":".to_vec();
    append_list(&mut json, requirements);
    json.push(b'}');
    sha256(&json)
}

fn sha256(bytes: &[u8]) -> String {
    sum(&SHA256, bytes).as_ref().iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

fn append_list(json: &mut Vec<u8>, list: &[Dependency]) {
    json.push(b'[');
    for (at, dependency) in list.iter().enumerate() {
        if at > 0 {
            json.push(b',');
        }
        append(json, dependency);
    }
    json.push(b']');
}

/// Writes a dependency with its fields in the order of Go's struct.
fn append(json: &mut Vec<u8>, dependency: &Dependency) {
    json.extend_from_slice(b"{\"name\":");
    append_quote(json, dependency.name.as_bytes());
    text(json, "version", &dependency.version);
    json.extend_from_slice(b",\"repository\":");
    append_quote(json, dependency.repository.as_bytes());
    text(json, "condition", &dependency.condition);
    if !dependency.tags.is_empty() {
        let tags = Value::list(dependency.tags.iter().map(|tag| tag.as_str().into()).collect());
        value(json, "tags", &tags);
    }
    if dependency.enabled {
        json.extend_from_slice(b",\"enabled\":true");
    }
    if !dependency.import_values.is_empty() {
        value(json, "import-values", &Value::list(dependency.import_values.clone()));
    }
    text(json, "alias", &dependency.alias);
    json.push(b'}');
}

fn text(json: &mut Vec<u8>, name: &str, text: &str) {
    if !text.is_empty() {
        json.extend_from_slice(format!(",\"{name}\":").as_bytes());
        append_quote(json, text.as_bytes());
    }
}

/// Only what was read from YAML or JSON comes here, and that can be written again.
fn value(json: &mut Vec<u8>, name: &str, value: &Value) {
    json.extend_from_slice(format!(",\"{name}\":").as_bytes());
    json.extend(encode(value).unwrap_or_else(|_| b"null".to_vec()));
}

#[cfg(test)]
mod tests {
    use gostd::Value;

    use super::{digest, digest_v2};
    use crate::metadata::{Dependency, Lock, Metadata};

    /// As in a lock that Helm 4.3.1 wrote.
    #[test]
    fn the_digest_is_that_of_helm() {
        let asked = Dependency {
            name: "s".into(),
            version: ">=0.1.0".into(),
            repository: "file://../s".into(),
            import_values: vec![Value::from("a")],
            ..Dependency::default()
        };
        let locked = Dependency {
            name: "s".into(),
            version: "0.1.0".into(),
            repository: "file://../s".into(),
            ..Dependency::default()
        };
        let want = "sha256:f800c89a299662014deb1a0b1962070cf9d730b6d285ecdd7d550a8daad4e984";
        assert_eq!(digest(&[asked], &[locked]), want);
        let want = "sha256:643d5437104296e21d906ecb15b2c96ad278f20cfc4af53b12bb6069bd853726";
        assert_eq!(digest(&[], &[]), want);
    }

    /// A chart of Helm's own tests that Helm 2 locked (`issue-7233`).
    #[test]
    fn the_digest_of_helm_2_is_of_what_is_asked_for() {
        let dependencies = "dependencies:\n- name: alpine\n  version: 0.1.0\n  repository: file://../alpine\n";
        let metadata = Metadata::parse(dependencies.as_bytes()).unwrap();
        let want = "sha256:7b380b1a826e7be1eecb089f66209d6d3df54be4bf879d4a8e6f8a9e871710e5";
        assert_eq!(digest_v2(&metadata.dependencies), want);
    }

    /// Every field, in the order of Go's struct, against a lock that Helm 4.3.1 wrote (`tests/data/every-field.lock`).
    #[test]
    fn every_field_counts() {
        let metadata = Metadata::parse(include_bytes!("../tests/data/every-field.yaml")).unwrap();
        let lock = Lock::parse(include_bytes!("../tests/data/every-field.lock")).unwrap();
        assert_eq!(digest(&metadata.dependencies, &lock.dependencies), lock.digest);
    }
}
