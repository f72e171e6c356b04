//! What can be known to fail is told before anything is changed.

mod life;

use life::{Life, cluster};
use testbed::Rule;

const ALL: &[&str] = &["*"];

/// The rights on the records that every user of these tests has.
fn records() -> Rule {
    Rule::new("", &["secrets"], ALL)
}

#[test]
fn missing_rights_are_named_at_once_and_nothing_is_changed() {
    let namespace = cluster().namespace().expect("a namespace");
    let rules = [
        records(),
        Rule::new("apps", &["deployments"], &["get", "patch", "list", "watch"]),
        Rule::new("apps", &["statefulsets"], &["get", "create", "patch"]),
    ];
    let user = cluster().user(namespace.name(), &rules).expect("a user");
    let life = Life::of(namespace, &user);
    let ran = life.run("install r CHART --wait --set hook=x");
    assert_eq!(
        ran.stderr,
        "Error: INSTALLATION FAILED: rights are missing, so nothing was changed:
  cannot create deployments.apps in namespace \"NAMESPACE\" (web)
  cannot create, delete, list, patch, watch jobs.batch in namespace \"NAMESPACE\" (hook)
  cannot list, watch statefulsets.apps in namespace \"NAMESPACE\" (db)

rules that are missing in a Role of the user in namespace \"NAMESPACE\":
- apiGroups: [\"apps\"]
  resources: [\"deployments\"]
  verbs: [\"create\"]
  # kubectl auth can-i create deployments.apps --namespace NAMESPACE
- apiGroups: [\"batch\"]
  resources: [\"jobs\"]
  verbs: [\"create\", \"delete\", \"list\", \"patch\", \"watch\"]
  # kubectl auth can-i create jobs.batch --namespace NAMESPACE
- apiGroups: [\"apps\"]
  resources: [\"statefulsets\"]
  verbs: [\"list\", \"watch\"]
  # kubectl auth can-i list statefulsets.apps --namespace NAMESPACE
"
    );
    assert_eq!((ran.code, life.records()), (Some(1), vec![]));
    assert!(life.all("/apis/apps/v1/statefulsets").is_empty());
}

/// Exactly the rights that an operation uses are enough: nothing is asked for that Helm does without.
#[test]
fn the_rights_that_helm_needs_are_enough() {
    let namespace = cluster().namespace().expect("a namespace");
    let rules = [
        Rule::new("", &["secrets"], &["get", "list", "create", "update"]),
        Rule::new("apps", &["deployments", "statefulsets"], &["get", "patch"]),
        Rule::new("apps", &["deployments"], &["create"]),
        // Applied under its name, an object may be created by somebody with the right to this name.
        Rule::new("apps", &["statefulsets"], &["create"]).named(&["db"]),
    ];
    let user = cluster().user(namespace.name(), &rules).expect("a user");
    let life = Life::of(namespace, &user);
    life.well("install r CHART");
    life.well("upgrade r CHART --set outcome=slow");
    life.well("rollback r 1");
    let ran = life.run("uninstall r");
    assert!(ran.stderr.contains("cannot delete statefulsets.apps"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("cannot delete secrets in namespace \"NAMESPACE\" (the records of the release)"),
        "{}",
        ran.stderr
    );
    assert_eq!(life.records(), ["1 superseded", "2 superseded", "3 deployed"]);
    assert_eq!(life.all("/apis/apps/v1/deployments").len(), 1);
}

#[test]
fn somebody_with_all_rights_is_asked_about_once() {
    let life = Life::new();
    let mark = cluster().mark().expect("a mark");
    life.well("install r CHART");
    let requests = cluster().audit(mark).expect("the audit log");
    let reviews =
        requests.iter().filter(|request| request.user == life.user && request.group == "authorization.k8s.io");
    assert_eq!(reviews.map(|request| request.resource.as_str()).collect::<Vec<_>>(), ["selfsubjectrulesreviews"]);
}

#[test]
fn an_immutable_field_is_told_before_a_revision_is_recorded() {
    let life = Life::new();
    life.well("install r CHART --set secret=hidden1");
    let ran = life.run("upgrade r CHART --set service=second --set secret=hidden2");
    let (first, hint) = ran.stderr.split_once('\n').expect("lines");
    assert!(first.starts_with("Error: UPGRADE FAILED: server-side apply failed for object NAMESPACE/sealed /v1, Kind=Secret: Secret \"sealed\" is invalid: "), "{first}");
    assert!(first.ends_with("spec.serviceName: Invalid value: \"second\": field is immutable"), "{first}");
    assert_eq!(
        hint,
        "
nothing was changed. These fields cannot be changed while the object is there:
  Secret \"sealed\" in namespace \"NAMESPACE\"
    stringData: (secret) -> (secret)
  StatefulSet \"db\" in namespace \"NAMESPACE\"
    spec.serviceName: \"first\" -> \"second\"
ways out: keep the old value, give the object another name, or delete it and run the same command again:
  kubectl delete secrets sealed --namespace NAMESPACE
  kubectl delete statefulsets.apps db --namespace NAMESPACE --cascade=orphan
"
    );
    assert_eq!(life.records(), ["1 deployed"]);
    cluster()
        .kubectl(&["delete", "statefulset", "db", "--cascade=orphan", "--namespace", life.namespace.name()])
        .expect("deleted");
    life.well("upgrade r CHART --set service=second --set secret=hidden1");
    let ran = life.run("rollback r 1");
    assert!(ran.stderr.contains("spec.serviceName: \"second\" -> \"first\""), "{}", ran.stderr);
    assert_eq!(life.records(), ["1 superseded", "2 deployed"]);
    // By the client: the same, in the words of its patch.
    let ran = life.run("upgrade r CHART --server-side=false --set service=third --set secret=hidden1");
    assert!(ran.stderr.starts_with("Error: UPGRADE FAILED: cannot patch \"db\" with kind StatefulSet: StatefulSet.apps \"db\" is invalid: spec.serviceName: "), "{}", ran.stderr);
    assert_eq!(life.records(), ["1 superseded", "2 deployed"]);
}

#[test]
fn a_hook_may_make_room_for_the_change() {
    let life = Life::new();
    life.well("install r CHART");
    let ran = life.run("upgrade r CHART --set service=second,hook=x,events=pre-upgrade");
    assert!(ran.stderr.contains("this field cannot be changed while the object is there"), "{}", ran.stderr);
    assert_eq!(life.records(), ["1 deployed", "2 failed"]);
}
