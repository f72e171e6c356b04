//! The same life of objects, once by real Helm and once by ours: what is in the cluster afterwards must be the same,
//! managed fields included.

mod support;

use cluster::{Apply, Client, Resource, Update};
use serde_json::{Value, json};
use support::{chart, client, cluster, helm, namespace, resources};
use testbed::Namespace;

/// One revision of a chart's only template.
type Manifest = &'static str;

/// A life: manifests one after another, with what is done by hand between, and how Helm is to do it.
struct Scenario {
    name: &'static str,
    revisions: &'static [Manifest],
    /// Done with kubectl after the revision of that number (from 0).
    between: &'static [(usize, &'static [&'static str])],
    /// Flags of Helm for each revision.
    flags: &'static [&'static [&'static str]],
    /// What is looked at afterwards: paths behind the namespace.
    objects: &'static [&'static str],
}

const CONFIG_1: Manifest =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {a: '1'}}\ndata: {a: '1', b: '2'}\n";
const CONFIG_2: Manifest =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {b: '1'}}\ndata: {b: '3', c: '4'}\n";
const TWO: Manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: '1'}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: d, annotations: {helm.sh/resource-policy: keep}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: e}\n";
const WEB_1: Manifest = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - {name: one, image: 'i:1', env: [{name: A, value: '1'}, {name: B, value: '2'}], ports: [{containerPort: 53, protocol: TCP}, {containerPort: 53, protocol: UDP}]}\n      - {name: two, image: 'j:1'}\n      volumes: [{name: v, emptyDir: {}}]\n";
const WEB_2: Manifest = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, annotations: {x: z}}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - {name: one, image: 'i:2', env: [{name: B, value: '3'}, {name: C, value: '4'}], ports: [{containerPort: 53, protocol: UDP}]}\n      volumes: [{name: v, configMap: {name: c}}]\n";
const SERVICE_1: Manifest = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: web}, ports: [{name: a, port: 80}, {name: b, port: 81}]}\n";
const SERVICE_2: Manifest = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {type: NodePort, selector: {app: other}, ports: [{name: b, port: 82}]}\n";

const CLIENT: &[&str] = &["--server-side=false"];
const SERVER: &[&str] = &["--server-side=true"];
const REPLACE: &[&str] = &["--server-side=false", "--force-replace"];
const FORCE: &[&str] = &["--server-side=true", "--force-conflicts"];

const C: &[&str] = &["configmaps/c"];
const WEB: &[&str] = &["deployments/web"];
const S: &[&str] = &["services/s"];

const SCENARIOS: &[Scenario] = &[
    Scenario { name: "applied", revisions: &[CONFIG_1], between: &[], flags: &[SERVER], objects: C },
    Scenario {
        name: "applied twice",
        revisions: &[CONFIG_1, CONFIG_2],
        between: &[],
        flags: &[SERVER, SERVER],
        objects: C,
    },
    Scenario { name: "created", revisions: &[CONFIG_1], between: &[], flags: &[CLIENT], objects: C },
    Scenario { name: "patched", revisions: &[CONFIG_1, CONFIG_2], between: &[], flags: &[CLIENT, CLIENT], objects: C },
    Scenario {
        name: "nothing changed",
        revisions: &[CONFIG_1, CONFIG_1],
        between: &[],
        flags: &[CLIENT, CLIENT],
        objects: C,
    },
    Scenario {
        name: "moved to apply",
        revisions: &[CONFIG_1, CONFIG_2],
        between: &[],
        flags: &[CLIENT, SERVER],
        objects: C,
    },
    Scenario {
        name: "moved from apply",
        revisions: &[CONFIG_1, CONFIG_2],
        between: &[],
        flags: &[SERVER, CLIENT],
        objects: C,
    },
    Scenario {
        name: "moved twice",
        revisions: &[CONFIG_1, CONFIG_2, CONFIG_1],
        between: &[],
        flags: &[SERVER, CLIENT, SERVER],
        objects: C,
    },
    Scenario {
        name: "replaced",
        revisions: &[CONFIG_1, CONFIG_2],
        between: &[],
        flags: &[CLIENT, REPLACE],
        objects: C,
    },
    Scenario {
        name: "gone, kept and new",
        revisions: &[TWO, CONFIG_2],
        between: &[],
        flags: &[SERVER, SERVER],
        objects: &["configmaps/c", "configmaps/d", "configmaps/e"],
    },
    Scenario {
        name: "edited in between, patched",
        revisions: &[CONFIG_1, CONFIG_2],
        between: &[(0, &["patch", "configmap", "c", "--type=merge", "-p", "{\"data\":{\"b\":\"x\",\"z\":\"z\"}}"])],
        flags: &[CLIENT, CLIENT],
        objects: C,
    },
    Scenario {
        name: "edited in between, forced",
        revisions: &[CONFIG_1, CONFIG_2],
        between: &[(0, &["patch", "configmap", "c", "--type=merge", "-p", "{\"data\":{\"b\":\"x\",\"z\":\"z\"}}"])],
        flags: &[SERVER, FORCE],
        objects: C,
    },
    Scenario {
        name: "edited in between, refused",
        revisions: &[CONFIG_1, CONFIG_2],
        between: &[(0, &["patch", "configmap", "c", "--type=merge", "-p", "{\"data\":{\"b\":\"x\"}}"])],
        flags: &[SERVER, SERVER],
        objects: C,
    },
    Scenario {
        name: "deleted in between",
        revisions: &[CONFIG_1, CONFIG_2],
        between: &[(0, &["delete", "configmap", "c"])],
        flags: &[SERVER, SERVER],
        objects: C,
    },
    Scenario {
        name: "deleted in between, patched",
        revisions: &[CONFIG_1, CONFIG_2],
        between: &[(0, &["delete", "configmap", "c"])],
        flags: &[CLIENT, CLIENT],
        objects: C,
    },
    Scenario {
        name: "workload applied",
        revisions: &[WEB_1, WEB_2],
        between: &[],
        flags: &[SERVER, SERVER],
        objects: WEB,
    },
    Scenario {
        name: "workload patched",
        revisions: &[WEB_1, WEB_2],
        between: &[],
        flags: &[CLIENT, CLIENT],
        objects: WEB,
    },
    Scenario {
        name: "workload patched back",
        revisions: &[WEB_1, WEB_2, WEB_1],
        between: &[],
        flags: &[CLIENT, CLIENT, CLIENT],
        objects: WEB,
    },
    Scenario {
        name: "workload moved to apply",
        revisions: &[WEB_1, WEB_2],
        between: &[],
        flags: &[CLIENT, SERVER],
        objects: WEB,
    },
    Scenario {
        name: "workload scaled in between, patched",
        revisions: &[WEB_1, WEB_1],
        between: &[(0, &["scale", "deployment", "web", "--replicas=5"])],
        flags: &[CLIENT, CLIENT],
        objects: WEB,
    },
    Scenario {
        name: "workload with a sidecar of others, patched",
        revisions: &[WEB_1, WEB_2],
        between: &[(
            0,
            &[
                "patch",
                "deployment",
                "web",
                "-p",
                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"side\",\"image\":\"s\"}]}}}}",
            ],
        )],
        flags: &[CLIENT, CLIENT],
        objects: WEB,
    },
    Scenario {
        name: "service applied",
        revisions: &[SERVICE_1, SERVICE_2],
        between: &[],
        flags: &[SERVER, SERVER],
        objects: S,
    },
    Scenario {
        name: "service patched",
        revisions: &[SERVICE_1, SERVICE_2],
        between: &[],
        flags: &[CLIENT, CLIENT],
        objects: S,
    },
    Scenario {
        name: "an immutable field",
        revisions: &[
            WEB_1,
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: x}}\n  template: {metadata: {labels: {app: x}}, spec: {containers: [{name: one, image: i}]}}\n",
        ],
        between: &[],
        flags: &[SERVER, SERVER],
        objects: WEB,
    },
    Scenario {
        name: "an unknown field",
        revisions: &["apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\nspec: {a: 1}\n"],
        between: &[],
        flags: &[SERVER],
        objects: C,
    },
    Scenario {
        name: "a wrong value, created",
        revisions: &["apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 'C_'}\n"],
        between: &[],
        flags: &[CLIENT],
        objects: C,
    },
    Scenario {
        name: "an annotation that is no text",
        revisions: &["apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, annotations: {x: y}}\n"],
        between: &[],
        flags: &[SERVER],
        objects: C,
    },
    Scenario {
        name: "no kind",
        revisions: &["apiVersion: v1\nmetadata: {name: c}\n"],
        between: &[],
        flags: &[SERVER],
        objects: C,
    },
    Scenario {
        name: "a kind that is not served",
        revisions: &[
            "apiVersion: v1\nkind: ConfigMapp\nmetadata: {name: c}\n---\napiVersion: example.com/v1\nkind: Foo\nmetadata: {name: d}\n",
        ],
        between: &[],
        flags: &[SERVER],
        objects: C,
    },
    Scenario {
        name: "a list",
        revisions: &[
            "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: b}}\n",
        ],
        between: &[],
        flags: &[SERVER],
        objects: C,
    },
];

#[test]
fn the_cluster_is_as_after_helm() {
    let mut wrong = Vec::new();
    for scenario in SCENARIOS {
        let (theirs, ours) = (namespace(), namespace());
        let (their_error, our_error) = (live_by_helm(scenario, &theirs), live_by_us(scenario, &ours));
        let ours_as_theirs = |text: &str| text.replace(ours.name(), theirs.name());
        if their_error != ours_as_theirs(&our_error) {
            wrong.push(format!("{}: errors\n  helm: {their_error}\n  ours: {our_error}", scenario.name));
        }
        for object in scenario.objects {
            let (their, our) = (state(&theirs, object), state(&ours, object));
            let our: Value = serde_json::from_str(&ours_as_theirs(&our.to_string())).expect("an object");
            if their != our {
                wrong.push(format!("{}: {object}\n  helm: {their}\n  ours: {our}", scenario.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn live_by_helm(scenario: &Scenario, namespace: &Namespace) -> String {
    let kubeconfig = cluster().kubeconfig();
    let kubeconfig = kubeconfig.to_str().expect("a path");
    for (number, (manifest, flags)) in scenario.revisions.iter().zip(scenario.flags).enumerate() {
        let folder = chart(manifest);
        let path = folder.path().to_str().expect("a path");
        let mut arguments = vec![if number == 0 { "install" } else { "upgrade" }, "r", path];
        arguments.extend(*flags);
        let ran = helm(kubeconfig, namespace, &arguments);
        if !ran.success {
            let errors: Vec<&str> = ran.stderr.lines().filter(|line| !line.starts_with("level=")).collect();
            return errors
                .join("\n")
                .trim_start_matches("Error: ")
                .trim_start_matches("INSTALLATION FAILED: ")
                .trim_start_matches("UPGRADE FAILED: ")
                .to_owned();
        }
        by_hand(scenario, number, namespace);
    }
    String::new()
}

fn by_hand(scenario: &Scenario, number: usize, namespace: &Namespace) {
    for (_, arguments) in scenario.between.iter().filter(|(after, _)| *after == number) {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--namespace", namespace.name()]);
        cluster().kubectl(&arguments).expect("kubectl");
    }
}

/// What the engine does of this: ownership, then create or update.
fn live_by_us(scenario: &Scenario, namespace: &Namespace) -> String {
    let client = client(namespace);
    let mut originals: Vec<Resource> = Vec::new();
    let mut applied = false;
    for (number, (manifest, flags)) in scenario.revisions.iter().zip(scenario.flags).enumerate() {
        let server_side = flags.contains(&"--server-side=true");
        let built = client.build(manifest.as_bytes(), cluster::Validation::Strict);
        let mut targets = match built {
            Ok(targets) => targets,
            Err(error) => return format!("unable to build kubernetes objects from release manifest: {error}"),
        };
        targets.iter_mut().for_each(|target| own(target, namespace.name()));
        let result = match number {
            0 => client
                .create(&targets, Apply { server_side, ..Apply::default() })
                .map(|_| ())
                .map_err(|error| error.to_string()),
            _ => change(&client, &originals, &targets, flags, !applied),
        };
        if let Err(error) = result {
            return error;
        }
        by_hand(scenario, number, namespace);
        // As the record has them: without ownership.
        originals = resources(&client, manifest);
        applied = server_side;
    }
    String::new()
}

fn change(
    client: &Client,
    originals: &[Resource],
    targets: &[Resource],
    flags: &[&str],
    written: bool,
) -> Result<(), String> {
    let server_side = flags.contains(&"--server-side=true");
    let how = Update {
        server_side,
        force_conflicts: flags.contains(&"--force-conflicts"),
        force_replace: flags.contains(&"--force-replace"),
        upgrade_managers: server_side && written,
        ..Update::default()
    };
    client.update(originals, targets, how).map(|_| ()).map_err(|error| error.to_string())
}

/// `setMetadataVisitor` of pkg/action/validate.go.
fn own(target: &mut Resource, namespace: &str) {
    let metadata = &mut target.object["metadata"];
    metadata["labels"]["app.kubernetes.io/managed-by"] = json!("Helm");
    metadata["annotations"]["meta.helm.sh/release-name"] = json!("r");
    metadata["annotations"]["meta.helm.sh/release-namespace"] = json!(namespace);
}

/// An object without what differs between any two: times, uids, versions, addresses.
fn state(namespace: &Namespace, object: &str) -> Value {
    let group = if object.starts_with("deployments") { "/apis/apps/v1" } else { "/api/v1" };
    let found = cluster().api().find(&format!("{group}/namespaces/{}/{object}", namespace.name())).expect("an answer");
    let Some(mut found) = found else { return Value::Null };
    for name in ["uid", "resourceVersion", "creationTimestamp", "generation"] {
        found["metadata"].as_object_mut().expect("metadata").remove(name);
    }
    found.as_object_mut().expect("an object").remove("status");
    let entries = found["metadata"]["managedFields"].as_array_mut().expect("entries");
    entries.retain(|entry| entry["manager"] != "kube-controller-manager");
    entries.iter_mut().for_each(|entry| drop(entry.as_object_mut().expect("an entry").remove("time")));
    entries.sort_by_key(|entry| entry.to_string());
    if let Some(annotations) = found["metadata"]["annotations"].as_object_mut() {
        annotations.remove("deployment.kubernetes.io/revision");
    }
    if let Some(spec) = found["spec"].as_object_mut() {
        spec.remove("clusterIP");
        spec.remove("clusterIPs");
        for port in spec.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten() {
            port.as_object_mut().expect("a port").remove("nodePort");
        }
    }
    found
}
