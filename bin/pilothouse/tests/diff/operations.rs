//! What upgrades, installations and rollbacks would change.

use testbed::Rule;

use crate::bench::{Bench, Case, check, cluster};

const NOTHING: &str = "Hooks that run: pre-upgrade: Secret hidden, ConfigMap before
Plan: 0 to add, 0 to change, 0 to destroy; hooks: 2 to run, 0 changed.
";

#[test]
fn nothing_changes() {
    let args = &["diff", "upgrade", "tour", "TOUR", "--detailed-exitcode"];
    let case = |name| Case { name, args, stdout: NOTHING, stderr: "", code: 0 };
    check(&Bench::installed(&[]), &[case("by the server")]);
    check(&Bench::installed(&["--server-side=false"]), &[case("by the client")]);
}

/// On a release that the server writes, after `data.image` was edited.
const DRIFT: &[Case] = &[
    Case {
        name: "somebody else's field is refused, and what force would do is told",
        args: &["diff", "upgrade", "tour", "TOUR", "--detailed-exitcode", "--no-hooks", "-C", "1"],
        stdout: "NS, settings, ConfigMap (v1) is refused by the server:
! conflict occurred while applying object NS/settings /v1, Kind=ConfigMap: Apply failed with 1 conflict: conflict with \"kubectl-patch\" using v1: .data.image
! --force-conflicts would change it:
...
  data:
-   image: edited
+   image: app:1
    mine: \"1\"
...
Plan: 0 to add, 0 to change, 0 to destroy, 1 refused by the server.
",
        stderr: "Error: the server refuses 1 of 5 objects\n",
        code: 1,
    },
    Case {
        name: "an edit is taken back",
        args: &["diff", "upgrade", "tour", "TOUR", "--detailed-exitcode", "--no-hooks", "-C0", "--force-conflicts"],
        stdout: EDIT_GOES,
        stderr: "",
        code: 2,
    },
    Case {
        name: "objects come, go and stay",
        args: &[
            "diff", "upgrade", "tour", "TOUR", "-C0", "--force-conflicts", "--no-hooks", "--suppress=ConfigMap",
            "--set=extra=false,kept=false,more=1",
        ],
        stdout: "NS, settings, ConfigMap (v1) has changed:
+ Changes suppressed on sensitive content of type ConfigMap
NS, more, ConfigMap (v1) has been added:
+ Changes suppressed on sensitive content of type ConfigMap
NS, extra, ConfigMap (v1) has been removed:
+ Changes suppressed on sensitive content of type ConfigMap
NS, kept, ConfigMap (v1) leaves the release but stays in the cluster (helm.sh/resource-policy: keep).
Plan: 1 to add, 1 to change, 1 to destroy.
",
        stderr: "",
        code: 0,
    },
    Case {
        name: "hooks are compared with those of the revision before",
        args: &["diff", "upgrade", "tour", "TOUR", "-C1", "--force-conflicts", "--set=image=app:2", "--include-tests"],
        stdout: "NS, settings, ConfigMap (v1) has changed:
...
  data:
-   image: edited
+   image: app:2
    mine: \"1\"
...
NS, web, StatefulSet (apps) has changed:
...
        containers:
-       - image: app:1
+       - image: app:2
          imagePullPolicy: IfNotPresent
...
NS, before, ConfigMap (v1), hook pre-upgrade has changed:
...
  data:
-   image: app:1
+   image: app:2
  kind: ConfigMap
...
NS, check, Pod (v1), hook test has changed:
...
    containers:
-   - image: app:1
+   - image: app:2
      name: main
Hooks that run: pre-upgrade: Secret hidden, ConfigMap before
Plan: 0 to add, 2 to change, 0 to destroy; hooks: 2 to run, 2 changed.
",
        stderr: "",
        code: 0,
    },
    Case {
        name: "an immutable field",
        args: &["diff", "upgrade", "tour", "TOUR", "--force-conflicts", "--no-hooks", "-C0", "--set=app=other"],
        stdout: "NS, settings, ConfigMap (v1) has changed:
...
-   image: edited
+   image: app:1
...
NS, web, StatefulSet (apps) is refused by the server:
! server-side apply failed for object NS/web apps/v1, Kind=StatefulSet: StatefulSet.apps \"web\" is invalid: spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"other\"}}: field is immutable
Plan: 0 to add, 1 to change, 0 to destroy, 1 refused by the server.
",
        stderr: "Error: the server refuses 1 of 5 objects\n",
        code: 1,
    },
    Case {
        name: "one line an object",
        args: &["diff", "upgrade", "tour", "TOUR", "--force-conflicts", "--no-hooks", "-o=simple", "--set=extra=false"],
        stdout: "NS, settings, ConfigMap (v1) to be changed.
NS, extra, ConfigMap (v1) to be removed.
Plan: 0 to add, 1 to change, 1 to destroy.
",
        stderr: "",
        code: 0,
    },
    Case {
        name: "another form",
        args: &["diff", "upgrade", "tour", "TOUR", "-o=yaml"],
        stdout: "",
        stderr: "Error: unknown output \"yaml\": must be diff, simple or json\n",
        code: 1,
    },
    Case {
        name: "no release",
        args: &["diff", "upgrade", "other", "TOUR"],
        stdout: "",
        stderr: "Error: \"other\" has no deployed releases\n",
        code: 1,
    },
];

const EDIT_GOES: &str = "NS, settings, ConfigMap (v1) has changed:
...
-   image: edited
+   image: app:1
...
Plan: 0 to add, 1 to change, 0 to destroy.
";

const EDIT: &[&str] = &["patch", "configmap", "settings", "-p", "{\"data\":{\"image\":\"edited\",\"mine\":\"1\"}}"];

#[test]
fn a_release_that_the_server_writes() {
    let bench = Bench::installed(&[]);
    bench.kubectl(EDIT);
    check(&bench, DRIFT);
}

#[test]
fn a_release_that_the_client_writes() {
    let bench = Bench::installed(&["--server-side=false"]);
    bench.kubectl(EDIT);
    let args = &["diff", "upgrade", "tour", "TOUR", "--no-hooks", "-C0"];
    let patched = Case { name: "an edit is taken back", args, stdout: EDIT_GOES, stderr: "", code: 0 };
    check(&bench, &[patched]);
    bench.kubectl(&["patch", "configmap", "settings", "-p", "{\"data\":{\"image\":\"app:1\"}}"]);
    let moved = Case {
        name: "moved to the server",
        args: &["diff", "upgrade", "tour", "TOUR", "--no-hooks", "-C0", "--server-side=true", "--set=token=swordfish"],
        stdout: "NS, secret, Secret (v1) has changed:
...
-   token: '-------- # (7 bytes)'
+   token: '++++++++ # (9 bytes)'
...
Plan: 0 to add, 1 to change, 0 to destroy.
",
        stderr: "",
        code: 0,
    };
    let replaced = Case {
        name: "replaced",
        args: &["diff", "upgrade", "tour", "TOUR", "--no-hooks", "-o=simple", "--force-replace", "--set=image=app:2"],
        stdout: "NS, settings, ConfigMap (v1) to be replaced.
NS, web, StatefulSet (apps) to be replaced.
Plan: 0 to add, 0 to change, 0 to destroy, 2 to replace.
",
        stderr: "",
        code: 0,
    };
    check(&bench, &[moved, replaced]);
}

#[test]
fn a_rollback_is_compared_with_what_is_there() {
    let bench = Bench::installed(&[]);
    bench.well(&["upgrade", "tour", "TOUR", "--set=image=app:2,extra=false"]);
    bench.kubectl(EDIT);
    let back = Case {
        name: "back",
        args: &["diff", "rollback", "tour", "1", "-C0", "--force-conflicts", "--suppress=ConfigMap"],
        stdout: "NS, settings, ConfigMap (v1) has changed:
+ Changes suppressed on sensitive content of type ConfigMap
NS, extra, ConfigMap (v1) has been added:
+ Changes suppressed on sensitive content of type ConfigMap
NS, web, StatefulSet (apps) has changed:
...
-       - image: app:2
+       - image: app:1
...
NS, before, ConfigMap (v1), hook pre-upgrade has changed:
+ Changes suppressed on sensitive content of type ConfigMap
Hooks that run: pre-rollback: Secret hidden
Plan: 1 to add, 2 to change, 0 to destroy; hooks: 1 to run, 1 changed.
",
        stderr: "",
        code: 0,
    };
    let nowhere = Case {
        name: "no such revision",
        args: &["diff", "rollback", "tour", "9"],
        stdout: "",
        stderr: "Error: release has no 9 version\n",
        code: 1,
    };
    check(&bench, &[back, nowhere]);
}

#[test]
fn crds_are_created_with_a_release_and_then_left_alone() {
    let crd = "gadgets.diff.pilothouse.test";
    let bench = Bench::new();
    bench.kubectl(&["delete", "crd", crd, "--ignore-not-found"]);
    let install = &["diff", "upgrade", "-i", "gadgets", "GADGETS", "-o", "simple"];
    let is_new = "Release gadgets does not exist: this installs it.\n";
    let new = format!(
        "{crd}, CustomResourceDefinition (apiextensions.k8s.io) to be added.
NS, settings, ConfigMap (v1) to be added.
NS, one, Gadget (diff.pilothouse.test) to be added.
{is_new}Plan: 3 to add, 0 to change, 0 to destroy.
"
    );
    assert_eq!(bench.well(install), new);

    let definition = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/diff/gadgets/crds/gadgets.yaml");
    bench.kubectl(&["apply", "-f", definition]);
    bench.kubectl(&["wait", "--for=condition=established", &format!("crd/{crd}")]);
    bench.kubectl(&["patch", "crd", crd, "--type=merge", "-p", "{\"spec\":{\"names\":{\"shortNames\":[\"gg\"]}}}"]);
    let there = format!(
        "{crd}, CustomResourceDefinition (apiextensions.k8s.io) is there already; CRDs are never upgraded.
NS, settings, ConfigMap (v1) to be added.
NS, one, Gadget (diff.pilothouse.test) to be added.
{is_new}Plan: 2 to add, 0 to change, 0 to destroy.
"
    );
    assert_eq!(bench.well(install), there);

    bench.well(&["install", "gadgets", "GADGETS"]);
    let upgrade = &["diff", "upgrade", "gadgets", "GADGETS", "--detailed-exitcode"];
    let alone = "CRDs of the chart (1 files) are left alone by upgrades; --include-crds compares them.\nPlan: 0 to add, 0 to change, 0 to destroy.\n";
    assert_eq!(bench.well(upgrade), alone);
    bench.well(&["upgrade", "gadgets", "GADGETS", "--set=gadget=false"]);
    bench.kubectl(&["delete", "crd", crd]);
    let missing = format!(
        "{crd}, CustomResourceDefinition (apiextensions.k8s.io) is missing; an upgrade does not create CRDs:\n"
    );
    let told = bench.well(&["diff", "upgrade", "gadgets", "GADGETS", "--include-crds", "--set=gadget=false", "-C0"]);
    assert!(told.starts_with(&missing), "{told}");
}

#[test]
fn a_namespace_that_comes_with_the_release_is_not_missing() {
    let bench = Bench::new();
    let new = format!("{}-new", bench.namespace.name());
    let args =
        ["diff", "upgrade", "-i", "tour", "TOUR", "--no-hooks", "-o=simple", "--create-namespace", "--skip-crds"];
    let told = bench.run_in(&new, &args);
    let expected = "NS-new, Namespace (v1) to be added.
NS-new, secret, Secret (v1) to be added.
NS-new, settings, ConfigMap (v1) to be added.
NS-new, extra, ConfigMap (v1) to be added.
NS-new, kept, ConfigMap (v1) to be added.
NS-new, web, StatefulSet (apps) to be added.
Release tour does not exist: this installs it.
Plan: 6 to add, 0 to change, 0 to destroy.
";
    assert_eq!((told.stdout.as_str(), told.code), (expected, 0), "{told:?}");
}

#[test]
fn programs_get_every_object() {
    let bench = Bench::installed(&[]);
    let told = bench.json(&["diff", "upgrade", "tour", "TOUR", "--set=image=app:2,extra=false,kept=false"]);
    let told: Vec<String> = told
        .as_array()
        .expect("a list")
        .iter()
        .map(|object| {
            let paths: Vec<&str> =
                object["paths"].as_array().expect("paths").iter().filter_map(|p| p["path"].as_str()).collect();
            let text = |name: &str| object[name].as_str().unwrap_or_default();
            format!("{} {} {} {} {}", text("kind"), text("name"), text("change"), object["hook"], paths.join(","))
        })
        .collect();
    let expected = [
        "Secret secret none false ",
        "ConfigMap settings update false /data/image",
        "StatefulSet web update false /spec/template/spec/containers/0/image",
        "ConfigMap extra delete false ",
        "ConfigMap kept none false ",
        "Secret hidden none true ",
        "ConfigMap before update true /data/image",
    ];
    assert_eq!(told, expected);
}

#[test]
fn nothing_is_written_and_missing_rights_are_told() {
    let mut bench = Bench::installed(&[]);
    let name = bench.namespace.name().to_string();
    let read = ["get", "list"];
    let rules = [
        Rule::new("", &["secrets", "configmaps"], &["get", "list", "patch", "create", "delete"]),
        Rule::new("apps", &["statefulsets"], &read),
    ];
    let user = cluster().user(&name, &rules).expect("a user");
    bench.kubeconfig = user.kubeconfig.clone();
    let mark = cluster().mark().expect("a mark");
    let ran =
        bench.run(&["diff", "upgrade", "tour", "TOUR", "--no-hooks", "-C0", "--set=extra=false,more=1,image=app:2"]);
    let requests = cluster().audit(mark).expect("requests");
    let told = "NS, web, StatefulSet (apps) is refused by the server:\n! server-side apply failed for object NS/web apps/v1, Kind=StatefulSet: statefulsets.apps \"web\" is forbidden: User ";
    assert!(ran.stdout.contains(told), "{ran:?}");
    assert!(ran.stdout.ends_with("Plan: 1 to add, 1 to change, 1 to destroy, 1 refused by the server.\n"), "{ran:?}");
    assert_eq!((ran.stderr.as_str(), ran.code), ("Error: the server refuses 1 of 6 objects\n", 1));
    let own: Vec<_> = requests.iter().filter(|request| request.user == user.name).collect();
    let writes = own.iter().filter(|request| !matches!(request.verb.as_str(), "get" | "list"));
    let wet: Vec<String> = writes.filter(|request| !is_dry(request)).map(ToString::to_string).collect();
    assert_eq!(wet, Vec::<String>::new());
    // The record, the objects before and after, the one that goes; discovery aside.
    let objects =
        own.iter().filter(|request| !request.resource.is_empty() && request.resource != "selfsubjectaccessreviews");
    assert!(objects.count() < 25);
}

/// Options of a deletion are in its body, which is not in the log: that the object is still there shows it.
fn is_dry(request: &testbed::Request) -> bool {
    request.uri.contains("dryRun=All") || (request.verb == "delete" && request.name == "extra" && is_there(request))
}

fn is_there(request: &testbed::Request) -> bool {
    let path = format!("/api/v1/namespaces/{}/configmaps/{}", request.namespace, request.name);
    cluster().api().find(&path).expect("an answer").is_some()
}
