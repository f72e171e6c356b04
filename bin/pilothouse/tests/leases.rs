//! Who may go on with a release that somebody works on, or worked on.

mod life;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use life::{Life, Ran, cluster};
use serde_json::{Value, json};
use testbed::{Options, Part, until};

const PATIENCE: Duration = Duration::from_secs(120);
const LEASE: &str = "pilothouse.io/lease";
const IN_PROGRESS: &str = "another operation (install/upgrade/rollback) is in progress";

/// Starts an upgrade that does not end by itself, and returns when its hook runs.
fn hanging(life: &Life) -> Child {
    life.well("install r CHART");
    let line = "upgrade r CHART --set hook=hang,events=pre-upgrade";
    let child = life.command(line).spawn().expect("it starts");
    until("the hook", PATIENCE, || Ok((!life.all("/apis/batch/v1/jobs").is_empty()).then_some(()))).expect("a job");
    child
}

fn killed(life: &Life) {
    let mut child = hanging(life);
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
}

fn record(life: &Life) -> Value {
    let path = format!("/api/v1/namespaces/{}/secrets/sh.helm.release.v1.r.v2", life.namespace.name());
    cluster().api().get(&path).expect("the record")
}

/// Changes the lease of the interrupted upgrade; `None` takes it away, as a record of Helm is.
fn patch_lease(life: &Life, change: Option<Value>) {
    let lease = change.map(|change| {
        let text = record(life)["metadata"]["annotations"][LEASE].as_str().expect("a lease").to_owned();
        let mut lease: Value = serde_json::from_str(&text).expect("JSON");
        lease.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        lease.to_string()
    });
    let patch = json!({"metadata": {"annotations": {LEASE: lease}}}).to_string();
    let namespace = life.namespace.name();
    let arguments = ["patch", "secret", "sh.helm.release.v1.r.v2", "-n", namespace, "--type", "merge", "-p", &patch];
    let output = cluster().kubectl(&arguments).expect("kubectl");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn refused(ran: &Ran, hint: &str) {
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains(IN_PROGRESS) && ran.stderr.contains(hint), "{ran:?}");
}

#[test]
fn nobody_goes_on_while_the_holder_lives() {
    let life = Life::new();
    let mut child = hanging(&life);
    for line in
        ["upgrade r CHART", "upgrade -i r CHART --take-over", "rollback r 1", "uninstall r", "diff upgrade r CHART"]
    {
        refused(&life.run(line), "works on it");
    }
    assert_eq!(life.records(), ["1 deployed", "2 pending-upgrade"]);
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    let ran = life.well("upgrade r CHART");
    assert!(ran.stderr.contains("did not come to its end") && ran.stderr.contains("status=pending-upgrade"));
    assert_eq!(life.records(), ["1 superseded", "2 deployed"]);
}

#[test]
fn a_lease_of_another_machine_ends_by_its_time() {
    let life = Life::new();
    killed(&life);
    patch_lease(&life, Some(json!({"host": "elsewhere", "heartbeat": "2020-01-01T00:00:00Z"})));
    life.well("upgrade r CHART");
    assert_eq!(life.records(), ["1 superseded", "2 deployed"]);
}

#[test]
fn a_lease_of_another_machine_is_waited_for() {
    let life = Life::new();
    killed(&life);
    // Its clock is ahead: what counts is that it gives no sign of life.
    patch_lease(&life, Some(json!({"host": "elsewhere", "heartbeat": "2999-01-01T00:00:00Z", "seconds": 1})));
    let ran = life.well("rollback r");
    assert!(ran.stderr.contains("waiting for its lease to end"), "{}", ran.stderr);
    assert_eq!(life.records(), ["1 superseded", "2 failed", "3 deployed"]);
}

#[test]
fn a_record_of_helm_is_taken_over_when_asked() {
    let life = Life::new();
    killed(&life);
    patch_lease(&life, None);
    refused(&life.run("upgrade r CHART"), "run this again with --take-over");
    life.well("upgrade r CHART --take-over");
    assert_eq!(life.records(), ["1 superseded", "2 deployed"]);
}

#[test]
fn an_install_that_helm_left_is_taken_over_when_asked() {
    let life = Life::new();
    let mut child = life.command("install r CHART --set hook=hang").spawn().expect("it starts");
    until("the hook", PATIENCE, || Ok((!life.all("/apis/batch/v1/jobs").is_empty()).then_some(()))).expect("a job");
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    let name = "secret/sh.helm.release.v1.r.v1";
    let output = cluster().kubectl(&["annotate", name, "-n", life.namespace.name(), &format!("{LEASE}-")]);
    assert!(output.expect("kubectl").status.success());
    refused(&life.run("upgrade -i r CHART"), "run this again with --take-over");
    let ran = life.run("install r CHART");
    assert!(ran.stderr.contains("cannot reuse a name that is still in use") && ran.stderr.contains("--take-over"));
    life.well("upgrade -i r CHART --take-over");
    assert_eq!(life.records(), ["1 deployed"]);
}

#[test]
fn a_live_operation_gives_signs_of_life_and_leaves_none_behind() {
    let life = Life::new();
    let mut child = hanging(&life);
    let beat = |record: &Value| record["metadata"]["annotations"][LEASE].as_str().map(str::to_owned);
    let first = beat(&record(&life)).expect("a lease");
    until("a heartbeat", PATIENCE, || Ok((beat(&record(&life)).as_ref() != Some(&first)).then_some(()))).expect("one");
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    life.well("upgrade r CHART");
    assert_eq!(beat(&record(&life)), None);
}

#[test]
fn an_api_server_that_dies_leaves_a_release_that_goes_on() {
    let own = testbed::Cluster::start(Options { fsync: true, ..Options::default() }).expect("a cluster");
    let chart = format!("{}/tests/life/chart", env!("CARGO_MANIFEST_DIR"));
    let command = |line: &str, own: &testbed::OwnCluster| {
        let words = line.split_whitespace().map(|word| if word == "CHART" { chart.as_str() } else { word });
        let mut command = Command::new(env!("CARGO_BIN_EXE_pilothouse"));
        command.args(words).env("KUBECONFIG", own.kubeconfig()).stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(Stdio::piped());
        command
    };
    let well = |line: &str, own: &testbed::OwnCluster| {
        let output = command(line, own).output().expect("it runs");
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    well("install r CHART", &own);
    let child =
        command("upgrade r CHART --set hook=hang,events=pre-upgrade --timeout 15s", &own).spawn().expect("it starts");
    let jobs = "/apis/batch/v1/namespaces/default/jobs";
    until("the hook", PATIENCE, || {
        let list = own.api().get(jobs)?;
        Ok(list["items"].as_array().is_some_and(|items| !items.is_empty()).then_some(()))
    })
    .expect("a job");
    own.kill(Part::Server);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    own.restart(Part::Server).expect("the server");
    well("upgrade r CHART --wait", &own);
    let history = well("history r", &own);
    assert!(
        history.contains("superseded") && history.contains("deployed") && !history.contains("pending"),
        "{history}"
    );
    own.stop();
}
