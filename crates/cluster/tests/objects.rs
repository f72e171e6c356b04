//! Create, update and delete on a real API server.

mod support;

use cluster::{Apply, Propagation, Update, Validation};
use support::{client, namespace};

const TWO: &[u8] = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {a: '1'}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\n";
const ONE: &[u8] = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {a: '2'}\n";

#[test]
fn objects_are_created_changed_and_deleted() {
    let namespace = namespace();
    let client = client(&namespace);
    client.reachable().expect("a reachable cluster");
    let two = client.build(TWO, Validation::Strict).expect("resources");
    let created = client.create(&two, Apply::default()).expect("created");
    assert_eq!(created[0].object["data"]["a"], "1");
    let one = client.build(ONE, Validation::Strict).expect("resources");
    let changes = client.update(&two, &one, Update::default()).expect("updated");
    assert_eq!((changes.created.len(), changes.updated.len(), changes.deleted.len()), (0, 1, 1));
    assert!(client.get(&two[1]).expect("an answer").is_none());
    let deletion = client.delete(&one, Propagation::Background);
    assert!(deletion.errors.is_empty(), "{:?}", deletion.errors);
    assert!(client.get(&one[0]).expect("an answer").is_none());
}

#[test]
fn capabilities_are_what_the_server_has() {
    let namespace = namespace();
    let capabilities = client(&namespace).capabilities().expect("capabilities");
    for name in ["v1", "v1/Pod", "apps/v1/Deployment", "apps/v1/Scale", "batch/v1"] {
        assert!(capabilities.api_versions.iter().any(|known| known == name), "{name}");
    }
    assert_eq!(capabilities.version.major, "1");
    assert!(capabilities.unavailable.is_empty());
}

#[test]
fn a_kind_that_is_not_served_is_told_as_helm_does() {
    let namespace = namespace();
    let error = client(&namespace).build(b"apiVersion: a/v1\nkind: B\nmetadata: {name: c}\n", Validation::Strict);
    let text = "resource mapping not found for name: \"c\" namespace: \"\" from \"\": no matches for kind \"B\" in version \"a/v1\"\nensure CRDs are installed first";
    assert_eq!(error.expect_err("an error").to_string(), text);
}
