//! kill -9 at every write of an operation, once before the server sees it and once after; then the next command.

#[path = "../life/mod.rs"]
mod life;
mod proxy;

use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use life::{Life, Ran};
use proxy::{Fault, Moment, Proxy};
use serde_json::{Value, json};

/// A life of a release: what was before, what is interrupted, and what follows.
struct Scenario {
    before: &'static [&'static str],
    interrupted: &'static str,
    /// What a pipeline runs next.
    next: &'static str,
}

const INSTALL: Scenario =
    Scenario { before: &[], interrupted: "upgrade --install r CHART --wait", next: "upgrade --install r CHART --wait" };
const UPGRADE: Scenario = Scenario {
    before: &["install r CHART"],
    interrupted: "upgrade --install r CHART --wait --set generation=two",
    next: "upgrade --install r CHART --wait --set generation=two",
};
/// By the client, whose merges know nothing of who set a field.
const CLIENT_SIDE: Scenario = Scenario {
    before: &["install r CHART --server-side=false"],
    interrupted: "upgrade r CHART --wait --set generation=two",
    next: "upgrade r CHART --wait --set generation=three",
};
const ROLLBACK: Scenario = Scenario {
    before: &["install r CHART", "upgrade r CHART --set generation=two"],
    interrupted: "rollback r --wait --history-max 2",
    next: "rollback r --wait --history-max 2",
};
const UNINSTALL: Scenario = Scenario {
    before: &["install r CHART", "upgrade r CHART --set generation=two"],
    interrupted: "uninstall r --wait",
    next: "uninstall r --wait",
};
const KEPT: Scenario = Scenario {
    before: &["install r CHART"],
    interrupted: "uninstall r --keep-history",
    next: "uninstall r --keep-history",
};
/// The other way out of an upgrade.
const UNDONE: Scenario = Scenario {
    before: &["install r CHART"],
    interrupted: "upgrade r CHART --wait --set generation=two",
    next: "rollback r 1 --wait",
};
const GIVEN_UP: Scenario = Scenario {
    before: &["install r CHART"],
    interrupted: "upgrade r CHART --wait --set generation=two",
    next: "uninstall r --wait",
};

/// One namespace, reached through a proxy of its own.
struct Bench {
    life: Life,
    proxy: Proxy,
    home: tempfile::TempDir,
}

impl Bench {
    fn new() -> Bench {
        let mut life = Life::new();
        let proxy = Proxy::start(life.kubeconfig.to_str().expect("a path"));
        let home = tempfile::tempdir().expect("a folder");
        let kubeconfig = home.path().join("kubeconfig");
        let entry = |name: &str, value: Value| json!([{ "name": "x", name: value }]);
        let text = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "x",
            "clusters": entry("cluster", json!({"server": format!("http://127.0.0.1:{}", proxy.port)})),
            "users": entry("user", json!({})),
            "contexts": entry("context", json!({"cluster": "x", "user": "x"})),
        });
        std::fs::write(&kubeconfig, text.to_string()).expect("written");
        life.kubeconfig = kubeconfig;
        Bench { life, proxy, home }
    }

    fn run(&self, line: &str, fault: Option<Fault>) -> Ran {
        let chart = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kills/chart");
        let line = line.replace("CHART", chart.to_str().expect("a path"));
        self.proxy.expect(fault);
        let mut command = self.life.command(&line);
        let child = command.env("HOME", self.home.path()).stdin(Stdio::null()).spawn().expect("it starts");
        self.proxy.watch(child.id());
        self.life.end_of(child)
    }

    fn well(&self, line: &str) -> Ran {
        let ran = self.run(line, None);
        assert_eq!(ran.code, Some(0), "{line}: {}", ran.stderr);
        ran
    }

    /// The objects that make the release, without what no two lives have in common.
    fn objects(&self) -> Vec<Value> {
        let mut objects = Vec::new();
        for collection in ["configmaps", "/apis/apps/v1/deployments", "/apis/batch/v1/jobs"] {
            objects.extend(self.life.all(collection));
        }
        objects.retain(|object| object["metadata"]["name"] != "kube-root-ca.crt");
        for object in &mut objects {
            *object = json!({
                "kind": object["kind"],
                "name": object["metadata"]["name"],
                "labels": object["metadata"]["labels"]["app.kubernetes.io/managed-by"],
                "data": object["data"],
                "containers": object["spec"]["template"]["spec"]["containers"],
                "pods": object["spec"]["template"]["metadata"]["labels"]["generation"],
            });
        }
        objects.sort_by_key(ToString::to_string);
        objects
    }

    fn values(&self) -> String {
        self.run("get values r -o json", None).stdout
    }
}

/// Checks the records: numbers without a gap, one that is deployed, none that is under way.
fn sound(records: &[String], uninstalled: bool) {
    let statuses: Vec<&str> = records.iter().filter_map(|record| record.split(' ').nth(1)).collect();
    let (last, before) = match statuses.split_last() {
        Some(parts) => parts,
        None => {
            assert!(uninstalled, "no records");
            return;
        }
    };
    assert_eq!(*last, if uninstalled { "uninstalled" } else { "deployed" }, "{records:?}");
    assert!(before.iter().all(|status| matches!(*status, "superseded" | "failed")), "{records:?}");
}

fn survives(scenario: &Scenario) {
    let reference = Bench::new();
    for line in scenario.before {
        reference.well(line);
    }
    let uninterrupted = if scenario.next == scenario.interrupted {
        reference.well(scenario.interrupted);
        reference.proxy.seen().0
    } else {
        // The writes of the one that is interrupted, and the end of the one that follows.
        let other = Bench::new();
        for line in scenario.before {
            other.well(line);
        }
        other.well(scenario.interrupted);
        let writes = other.proxy.seen().0;
        if scenario.next.starts_with("rollback") {
            reference.well(scenario.interrupted);
        }
        reference.well(scenario.next);
        writes
    };
    let wanted = (reference.objects(), reference.values());
    let faults: Vec<Fault> = (1..=uninterrupted.len())
        .flat_map(|write| [Moment::Before, Moment::After].map(|moment| Fault { write, moment }))
        .collect();
    assert!(faults.len() >= 8, "{uninterrupted:?}");
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        // Most of a life is waiting for Pods.
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
                    interrupt(scenario, *fault, &uninterrupted, &wanted);
                }
            });
        }
    });
}

fn interrupt(scenario: &Scenario, fault: Fault, writes: &[String], wanted: &(Vec<Value>, String)) {
    let bench = Bench::new();
    for line in scenario.before {
        bench.well(line);
    }
    bench.run(scenario.interrupted, Some(fault));
    let at = format!("{} {fault:?} of {}", scenario.interrupted, writes[fault.write - 1]);
    assert!(bench.proxy.seen().1, "nothing was killed: {at}");
    let ran = bench.run(scenario.next, None);
    assert_eq!(ran.code, Some(0), "{at}: {}", ran.stderr);
    assert_eq!(bench.objects(), wanted.0, "{at}: {}", ran.stderr);
    assert_eq!(bench.values(), wanted.1, "{at}");
    sound(&bench.life.records(), scenario.next.starts_with("uninstall"));
}

#[test]
fn installs() {
    survives(&INSTALL);
}

#[test]
fn upgrades() {
    survives(&UPGRADE);
}

#[test]
fn upgrades_by_the_client() {
    survives(&CLIENT_SIDE);
}

#[test]
fn rollbacks() {
    survives(&ROLLBACK);
}

#[test]
fn uninstallations() {
    survives(&UNINSTALL);
}

#[test]
fn uninstallations_that_keep_the_history() {
    survives(&KEPT);
}

#[test]
fn rollbacks_of_interrupted_upgrades() {
    survives(&UNDONE);
}

#[test]
fn uninstallations_of_interrupted_upgrades() {
    survives(&GIVEN_UP);
}
