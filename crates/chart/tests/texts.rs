//! Small texts: versions of Kubernetes, `helm show chart`, log lines, capabilities, against goldens of real Helm 4.3.1
//! and Go 1.27.2 (each file in `data/` says of which).

use chart::capabilities::{Capabilities, KubeVersion};
use chart::log::{Level, append_record};
use chart::{Dependency, Lock, Metadata};
use gostd::Value;

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

fn pair(json: &str) -> (String, Value) {
    let list = gostd::json::decode_list(json.as_bytes()).unwrap();
    let list = list.as_list().unwrap();
    (list[0].as_str().unwrap().to_text().into_owned(), list[1].clone())
}

#[test]
fn versions_of_kubernetes_are_read_as_in_helm() {
    for line in lines(include_str!("data/kube_versions.txt")) {
        let (given, wanted) = pair(line);
        let found = match KubeVersion::parse(&given) {
            Ok(version) => {
                let parts = [version.version, version.normalized, version.major, version.minor];
                Value::list(parts.into_iter().map(Value::from).collect())
            }
            Err(error) => Value::from(error.text),
        };
        assert_eq!(format!("{found:?}"), format!("{wanted:?}"), "{given:?}");
    }
}

#[test]
fn show_chart_prints_what_helm_prints() {
    for line in lines(include_str!("data/show_chart.txt")) {
        let (given, wanted) = pair(line);
        let mut metadata = Metadata::parse(given.as_bytes()).unwrap();
        if metadata.api_version.is_empty() {
            metadata.api_version = "v1".into();
        }
        metadata.validate().unwrap();
        let found = goyaml::to_yaml(&metadata.to_value()).unwrap();
        let found = String::from_utf8(found).unwrap() + "\n";
        assert_eq!(found, wanted.as_str().unwrap().to_text(), "{given}");
    }
}

#[test]
fn log_lines_are_quoted_as_by_slog() {
    for line in lines(include_str!("data/slog.txt")) {
        let (bytes, wanted) = line.split_once('\t').unwrap();
        let bytes: Vec<u8> = bytes
            .trim_matches(['[', ']'])
            .split(',')
            .filter(|number| !number.is_empty())
            .map(|number| number.parse().unwrap())
            .collect();
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let mut found = Vec::new();
        append_record(&mut found, Level::Warn, &text, &[("k", &text)]);
        let wanted = gostd::json::decode(wanted.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(found).unwrap(), wanted.as_str().unwrap().to_text(), "{text:?}");
    }
}

/// `helm template` with `{{ toJson .Capabilities }}`, without its list of API versions.
#[test]
fn capabilities_without_a_cluster_are_helms() {
    let capabilities = Capabilities::with_kube_version(None);
    assert_eq!(capabilities.api_versions.len(), 57);
    let json = gostd::json::encode(&Value::object(Capabilities { api_versions: vec!["v1".into()], ..capabilities }));
    assert_eq!(
        String::from_utf8(json.unwrap()).unwrap(),
        "{\"KubeVersion\":{\"Version\":\"v1.37.0\",\"Major\":\"1\",\"Minor\":\"37\"},\"APIVersions\":[\"v1\"],\
         \"HelmVersion\":{\"version\":\"v4.3.1\",\"git_commit\":\"c0d08d0d6d9424d4a14febb5e8a3e51b0dd00dff\",\
         \"git_tree_state\":\"clean\",\"go_version\":\"go1.27.2\",\"kube_client_version\":\"v1.37\"}}"
    );
}

#[test]
fn a_lock_keeps_its_fields() {
    let lock = Lock::parse(
        b"dependencies: [{name: a, repository: r, version: 1.0.0}]\ndigest: d\ngenerated: \"2020-01-01T00:00:00Z\"\n",
    );
    let lock = lock.unwrap().unwrap();
    assert_eq!((lock.digest.as_str(), lock.generated.as_str()), ("d", "2020-01-01T00:00:00Z"));
    let Dependency { name, version, repository, .. } = &lock.dependencies[0];
    assert_eq!((name.as_str(), version.as_str(), repository.as_str()), ("a", "1.0.0", "r"));
    let text = goyaml::to_yaml(&lock.to_value()).unwrap();
    assert_eq!(
        String::from_utf8(text).unwrap(),
        "dependencies:\n- name: a\n  repository: r\n  version: 1.0.0\ndigest: d\ngenerated: \"2020-01-01T00:00:00Z\"\n"
    );
}
