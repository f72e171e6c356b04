//! What tests do on the shared cluster: namespaces, users, Pods that go well or wrong, logs, the audit log, real helm.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::{Value, json};
use testbed::{Cluster, Rule, Scope, User, helm, kubectl, until};

/// The controllers and the fake kubelet answer within a second; a busy machine takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

fn shared() -> &'static Cluster {
    Cluster::shared().expect("the shared cluster")
}

fn kubectl_as(user: &User, arguments: &[&str]) -> Output {
    let mut command = Command::new(kubectl().expect("kubectl"));
    command.arg("--kubeconfig").arg(&user.kubeconfig).args(arguments).output().expect("kubectl starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Creates a Pod with an outcome, and waits until `asked` of it is `wanted`.
fn becomes(outcome: &str, restart_policy: &str, asked: &str, wanted: &Value) -> Value {
    let cluster = shared();
    let namespace = cluster.namespace().expect("a namespace");
    let annotations = json!({
        "testbed/outcome": outcome, "testbed/exit-code": "3", "testbed/message": "boom: \"it\"", "testbed/delay": "10ms",
    });
    let pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": { "name": "pod", "annotations": annotations },
        "spec": { "restartPolicy": restart_policy, "containers": [{ "name": "main", "image": "example.com/it:1" }] },
    });
    let path = format!("/api/v1/namespaces/{namespace}/pods");
    cluster.api().create(&path, &pod).expect("a pod");
    until(&format!("a pod with {outcome}"), PATIENCE, || {
        let pod = cluster.api().get(&format!("{path}/pod"))?;
        Ok((pod["status"].pointer(asked) == Some(wanted)).then_some(pod))
    })
    .expect("the outcome")
}

#[test]
fn pods_come_out_as_their_annotation_says() {
    const REASON: &str = "/containerStatuses/0/state/waiting/reason";
    for (outcome, restart_policy, asked, wanted) in [
        ("", "Always", "/containerStatuses/0/ready", json!(true)),
        ("", "Never", "/phase", json!("Succeeded")),
        ("", "OnFailure", "/phase", json!("Succeeded")),
        ("slow", "Always", "/containerStatuses/0/ready", json!(true)),
        ("slow", "Never", "/phase", json!("Succeeded")),
        ("fail", "Never", "/phase", json!("Failed")),
        ("fail", "Always", REASON, json!("CrashLoopBackOff")),
        ("hang", "Never", "/phase", json!("Running")),
        ("crash-loop", "Always", REASON, json!("CrashLoopBackOff")),
        ("crash-loop", "Never", "/phase", json!("Failed")),
        ("image-pull", "Always", REASON, json!("ImagePullBackOff")),
    ] {
        becomes(outcome, restart_policy, asked, &wanted);
    }
}

#[test]
fn a_failed_pod_says_why() {
    let pod = becomes("fail", "Never", "/phase", &json!("Failed"));
    let ended = &pod["status"]["containerStatuses"][0]["state"]["terminated"];
    assert_eq!((&ended["exitCode"], &ended["message"]), (&json!(3), &json!("boom: \"it\"")));
}

#[test]
fn a_job_fails_and_a_claim_is_bound() {
    let cluster = shared();
    let namespace = cluster.namespace().expect("a namespace");
    let template = json!({
        "metadata": { "annotations": { "testbed/outcome": "fail" } },
        "spec": { "restartPolicy": "Never", "containers": [{ "name": "main", "image": "it" }] },
    });
    let spec = json!({ "backoffLimit": 0, "template": template });
    let job = json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "job" }, "spec": spec });
    let jobs = format!("/apis/batch/v1/namespaces/{namespace}/jobs");
    cluster.api().create(&jobs, &job).expect("a job");
    let spec = json!({ "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "1Gi" } } });
    let kind = "PersistentVolumeClaim";
    let claim = json!({ "apiVersion": "v1", "kind": kind, "metadata": { "name": "claim" }, "spec": spec });
    let claims = format!("/api/v1/namespaces/{namespace}/persistentvolumeclaims");
    cluster.api().create(&claims, &claim).expect("a claim");
    until("both", PATIENCE, || {
        let job = cluster.api().get(&format!("{jobs}/job"))?;
        let claim = cluster.api().get(&format!("{claims}/claim"))?;
        Ok((job["status"]["failed"] == 1 && claim["status"]["phase"] == "Bound").then_some(()))
    })
    .expect("a failed job and a bound claim");
}

#[test]
fn users_may_do_what_their_rules_say_and_nothing_else() {
    let cluster = shared();
    let (own, other) = (cluster.namespace().expect("a namespace"), cluster.namespace().expect("another"));
    let rules = [Rule::new("", &["secrets"], &["list", "create"]), Rule::new("", &["pods"], &["get"]).named(&["one"])];
    let user = cluster.user(own.name(), &rules).expect("a user");
    let may = |arguments: &[&str]| text(&kubectl_as(&user, &[&["auth", "can-i"], arguments].concat()).stdout);
    for (arguments, answer) in [
        (vec!["list", "secrets"], "yes\n"),
        (vec!["delete", "secrets"], "no\n"),
        (vec!["get", "pod/one"], "yes\n"),
        (vec!["get", "pod/two"], "no\n"),
        (vec!["list", "secrets", "-n", other.name()], "no\n"),
    ] {
        assert_eq!(may(&arguments), answer, "{arguments:?}");
    }
    let denied = kubectl_as(&user, &["get", "configmaps"]);
    let error = format!(
        "Error from server (Forbidden): configmaps is forbidden: User {:?} cannot list resource \"configmaps\" in API group \"\" in the namespace {:?}\n",
        user.name,
        own.name()
    );
    assert_eq!((denied.status.code(), text(&denied.stderr)), (Some(1), error));
    cluster.grant(&user, Scope::Cluster, &[Rule::new("", &["nodes"], &["list"])]).expect("more rights");
    assert_eq!(text(&kubectl_as(&user, &["get", "nodes", "-o", "name"]).stdout), "node/node-1\nnode/node-2\n");
}

#[test]
fn the_audit_log_tells_the_requests_of_one_user_in_order() {
    let cluster = shared();
    let namespace = cluster.namespace().expect("a namespace");
    let user = cluster.admin(namespace.name()).expect("a user");
    let mark = cluster.mark().expect("a mark");
    kubectl_as(&user, &["create", "configmap", "one"]);
    kubectl_as(&user, &["create", "configmap", "one"]);
    kubectl_as(&user, &["delete", "configmap", "one", "--wait=false"]);
    let requests = cluster.audit(mark).expect("requests");
    let own: Vec<_> = requests.iter().filter(|request| request.user == user.name).collect();
    assert!(own.iter().all(|request| request.user_agent.starts_with("kubectl/")), "{own:?}");
    let lines = own.iter().filter(|request| request.resource == "configmaps").map(|request| request.to_string());
    let wanted = ["create configmaps N/one 201", "create configmaps N/one 409", "delete configmaps N/one 200"];
    assert_eq!(lines.collect::<Vec<_>>(), wanted.map(|line| line.replace('N', namespace.name())));
}

#[test]
fn real_helm_installs_tests_and_uninstalls() {
    let cluster = shared();
    let namespace = cluster.namespace().expect("a namespace");
    let user = cluster.admin(namespace.name()).expect("a user");
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| run_helm(&user, folder.path(), arguments);
    run(&["create", "hello"]);
    run(&["install", "one", "hello", "--wait", "--timeout=60s"]);
    let tested = run(&["test", "one", "--logs", "--timeout=60s"]);
    let logs = "POD LOGS: one-hello-test-connection (wget)\nfirst line of the log\nan error in the log\nlast line of the log\n";
    assert!(tested.contains("Phase:          Succeeded") && tested.contains(logs), "{tested}");
    assert_eq!(run(&["uninstall", "one", "--wait", "--timeout=60s"]), "release \"one\" uninstalled\n");
}

fn run_helm(user: &User, folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(helm().expect("helm"));
    command.current_dir(folder).env("HOME", folder).arg("--kubeconfig").arg(&user.kubeconfig).args(arguments);
    let output = command.output().expect("helm starts");
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}
