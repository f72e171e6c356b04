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

#[test]
fn definitions_of_a_chart_need_rights_in_the_cluster() {
    let namespace = cluster().namespace().expect("a namespace");
    let user = cluster().user(namespace.name(), &[records()]).expect("a user");
    let life = Life::of(namespace, &user);
    let folder = std::env::temp_dir().join(format!("crds-{}", life.namespace.name()));
    std::fs::create_dir_all(folder.join("crds")).expect("a folder");
    std::fs::write(folder.join("Chart.yaml"), "apiVersion: v2\nname: chart\nversion: 1.0.0\n").expect("a file");
    let definition =
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\n";
    std::fs::write(folder.join("crds/things.yaml"), definition).expect("a file");
    let ran = life.run(&format!("install r {} --explain=false", folder.display()));
    std::fs::remove_dir_all(&folder).expect("removed");
    assert_eq!(
        ran.stderr,
        "Error: INSTALLATION FAILED: rights are missing, so nothing was changed:\n  cannot create, patch customresourcedefinitions.apiextensions.k8s.io in the cluster (things.example.com)\n"
    );
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

/// Where Helm succeeds with few rights, so do we: nothing is asked for that may not be needed.
#[test]
fn few_rights_are_enough_where_they_are_for_helm() {
    let rule = |resources: &[&str], verbs: &[&str]| Rule::new("apps", resources, verbs);
    let write: &[&str] = &["get", "create", "patch"];
    let both: &[&str] = &["deployments", "statefulsets"];
    let jobs = |verbs| Rule::new("batch", &["jobs"], verbs);
    let pods = Rule::new("", &["pods"], &["list", "watch"]);
    let sets = rule(&["replicasets"], &["list", "watch"]);
    // What is done before by somebody with all rights, the command, the rules.
    let cases: Vec<(&str, &str, Vec<Rule>)> = vec![
        ("", "install r CHART", vec![rule(both, write)]),
        ("", "install r CHART --server-side=false", vec![rule(both, &["get", "create"])]),
        ("", "install r CHART --wait --timeout 20s", vec![rule(both, write), rule(both, &["list", "watch"])]),
        (
            "",
            "install r CHART --wait --timeout 20s",
            vec![rule(both, write), rule(both, &["list", "watch"]), pods.clone(), sets.clone()],
        ),
        (
            "",
            "install r CHART --wait --timeout 20s",
            vec![rule(both, write), rule(both, &["watch"]), pods.clone(), sets.clone()],
        ),
        (
            "",
            "install r CHART --wait --timeout 20s",
            vec![rule(both, write), rule(both, &["list"]), pods.clone(), sets],
        ),
        (
            "",
            "install r CHART --set hook=x",
            vec![rule(both, write), jobs(&["create", "patch", "delete", "list", "watch"])],
        ),
        ("", "install r CHART --set hook=x", vec![rule(both, write), jobs(&["create", "patch", "delete", "watch"])]),
        ("", "install r CHART --set hook=x --no-hooks", vec![rule(both, write)]),
        ("install r CHART", "upgrade r CHART", vec![rule(both, &["get", "patch"])]),
        ("install r CHART", "upgrade r CHART --set outcome=slow", vec![rule(both, &["get", "patch"])]),
        ("install r CHART --server-side=false", "upgrade r CHART", vec![rule(both, &["get"])]),
        (
            "install r CHART --server-side=false",
            "upgrade r CHART --set outcome=slow",
            vec![rule(both, &["get"]), rule(&["deployments"], &["patch"])],
        ),
        (
            "install r CHART --set kept=true",
            "upgrade r CHART --set kept=false",
            vec![rule(both, &["get", "patch"]), Rule::new("", &["configmaps"], &["get"])],
        ),
        ("install r CHART --set kept=true", "uninstall r", vec![rule(both, &["get", "delete"])]),
        ("install r CHART", "uninstall r", vec![rule(&["deployments"], &["get", "delete"])]),
        ("install r CHART", "uninstall r --wait --timeout 20s", vec![rule(both, &["get", "delete", "list", "watch"])]),
    ];
    std::thread::scope(|scope| {
        for (before, line, rules) in &cases {
            scope.spawn(move || same_end(before, line, rules));
        }
    });
}

fn same_end(before: &str, line: &str, rules: &[Rule]) {
    let ran = [true, false].map(|real| {
        let namespace = cluster().namespace().expect("a namespace");
        let rules = [&[records()], rules].concat();
        let user = cluster().user(namespace.name(), &rules).expect("a user");
        let admin = cluster().admin(namespace.name()).expect("a user");
        let mut life = Life::of(namespace, &admin);
        if !before.is_empty() {
            life.well(before);
        }
        life.kubeconfig = user.kubeconfig;
        if real { life.helm(line) } else { life.run(line) }
    });
    let [helm, ours] = ran;
    println!("{line} {rules:?}: helm {:?}, ours {:?}", helm.code, ours.code);
    if helm.code == Some(0) {
        assert_eq!(ours.code, Some(0), "{line} with {rules:?}: {}", ours.stderr);
    }
}
