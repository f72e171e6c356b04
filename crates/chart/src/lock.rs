//! Whether a lock file belongs to what a chart asks for: the digest of both (`HashReq` and `HashV2Req` of
//! `internal/resolver` in Helm 4.3.1).

use crate::metadata::{Dependency, append_dependencies};
use aws_lc_rs::digest::{SHA256, digest as sum};

/// Returns the digest of what is asked for and what was locked: `sha256:…`.
pub fn digest(requirements: &[Dependency], locked: &[Dependency]) -> String {
    let mut json = b"[".to_vec();
    append(&mut json, requirements);
    json.push(b',');
    append(&mut json, locked);
    json.push(b']');
    sha256(&json)
}

/// Returns the digest that Helm 2 wrote, of what is asked for alone.
pub fn digest_v2(requirements: &[Dependency]) -> String {
    let mut json = b"{\"dependencies\":".to_vec();
    append(&mut json, requirements);
    json.push(b'}');
    sha256(&json)
}

fn sha256(bytes: &[u8]) -> String {
    sum(&SHA256, bytes).as_ref().iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// Only what was read from YAML or JSON stands there, and that can be written again.
fn append(json: &mut Vec<u8>, list: &[Dependency]) {
    let _ = append_dependencies(json, list);
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
        let lock = Lock::parse(include_bytes!("../tests/data/every-field.lock")).unwrap().unwrap();
        assert_eq!(digest(&metadata.dependencies, &lock.dependencies), lock.digest);
    }
}
