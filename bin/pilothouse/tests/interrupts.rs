//! Ctrl-C stops an operation, its record says so, and the next command goes on.

mod life;

use std::process::{Child, Command};
use std::time::Duration;

use life::{Life, Ran};
use testbed::until;

const PATIENCE: Duration = Duration::from_secs(120);

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
}

/// Starts a command, waits until there is an object of a kind, and asks the program to stop.
fn stopped_at(life: &Life, line: &str, (collection, name): (&str, &str), how: &str) -> Ran {
    let child = life.command(line).spawn().expect("it starts");
    there(life, collection, name);
    signal(&child, how);
    life.end_of(child)
}

fn there(life: &Life, collection: &str, name: &str) {
    until(name, PATIENCE, || {
        Ok(life.all(collection).iter().any(|object| object["metadata"]["name"] == name).then_some(()))
    })
    .expect("the object");
}

const JOBS: &str = "/apis/batch/v1/jobs";
const WORKLOADS: &str = "/apis/apps/v1/statefulsets";

#[test]
fn an_installation_stops_in_its_hook_and_goes_on() {
    let life = Life::new();
    let ran = stopped_at(&life, "install r CHART --set hook=hang", (JOBS, "hook"), "-INT");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), "Release r has been cancelled.\n"));
    let (first, hint) = ran.stderr.split_once('\n').expect("lines");
    assert_eq!(first, "Error: INSTALLATION FAILED: context canceled");
    assert!(hint.starts_with("to go on, run helm upgrade --install r "), "{hint}");
    assert_eq!(life.records(), ["1 failed"]);
    let history = life.well("history r -o json");
    assert!(history.stdout.contains("Release \\\"r\\\" failed: context canceled"), "{}", history.stdout);
    life.well("upgrade --install r CHART --wait");
    assert_eq!(life.records(), ["1 superseded", "2 deployed"]);
}

#[test]
fn an_upgrade_stops_while_it_waits_and_goes_on() {
    let life = Life::new();
    life.well("install r CHART");
    let child = life.command("upgrade r CHART --wait --set outcome=hang --cleanup-on-fail").spawn().expect("it starts");
    // The new Pods are there: it waits.
    until("a second ReplicaSet", PATIENCE, || Ok((life.all("/apis/apps/v1/replicasets").len() == 2).then_some(())))
        .expect("it");
    signal(&child, "-TERM");
    let ran = life.end_of(child);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), "Release r has been cancelled.\n"));
    assert_eq!(
        ran.stderr,
        "level=WARN msg=\"upgrade failed\" name=r error=\"context canceled\"\nError: UPGRADE FAILED: context canceled\nto go on, run \
         the same command again\n"
    );
    assert_eq!(life.records(), ["1 deployed", "2 failed"]);
    life.well("upgrade r CHART --wait");
    assert_eq!(life.records(), ["1 superseded", "2 failed", "3 deployed"]);
}

#[test]
fn what_is_to_be_undone_is_undone() {
    let life = Life::new();
    let line = "install r CHART --set hook=hang,events=post-install --rollback-on-failure";
    let ran = stopped_at(&life, line, (JOBS, "hook"), "-INT");
    assert!(ran.stderr.contains("release r failed, and has been uninstalled due to rollback-on-failure being set: context canceled\nto go on, run the same command again\n"), "{}", ran.stderr);
    assert!(life.records().is_empty());
    life.well("install r CHART --wait");
}

#[test]
fn a_rollback_stops_in_its_hook_and_says_where_it_was_going() {
    let life = Life::new();
    life.well("install r CHART --set hook=hang,events=pre-rollback");
    life.well("upgrade r CHART");
    let ran = stopped_at(&life, "rollback r", (JOBS, "hook"), "-INT");
    assert_eq!(ran.stderr, "Error: context canceled\nto go on, run helm rollback r 1 with the same flags\n");
    assert_eq!(life.records(), ["1 superseded", "2 deployed", "3 failed"]);
    life.well("rollback r 1 --no-hooks");
    assert_eq!(life.records(), ["1 superseded", "2 superseded", "3 failed", "4 deployed"]);
}

#[test]
fn an_uninstallation_stops_in_its_hook_and_goes_on() {
    let life = Life::new();
    life.well("install r CHART --set hook=hang,events=pre-delete");
    let ran = stopped_at(&life, "uninstall r", (JOBS, "hook"), "-INT");
    assert_eq!(ran.stderr, "Error: context canceled\nto go on, run the same command again\n");
    assert_eq!((life.records(), life.all(WORKLOADS).len()), (vec!["1 uninstalling".to_owned()], 1));
    life.well("uninstall r --no-hooks");
    assert!(life.records().is_empty() && life.all(WORKLOADS).is_empty());
}

#[test]
fn the_second_signal_ends_at_once() {
    let life = Life::new();
    let line = "install r CHART --set hook=hang,events=pre-delete";
    life.well(line);
    life.well("upgrade r CHART --set hook=hang,events=post-upgrade --no-hooks");
    // The rollback of the failed upgrade waits for its own hook, which hangs too.
    let child = life
        .command("upgrade r CHART --set hook=hang,events=post-upgrade\\,post-rollback --rollback-on-failure")
        .spawn()
        .expect("it starts");
    there(&life, JOBS, "hook");
    signal(&child, "-INT");
    until("the rollback", PATIENCE, || Ok(life.records().contains(&"4 pending-rollback".to_owned()).then_some(())))
        .expect("it");
    signal(&child, "-INT");
    let ran = life.end_of(child);
    assert_eq!(ran.code, Some(130), "{}", ran.stderr);
}
