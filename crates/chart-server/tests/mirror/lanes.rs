//! Archives over connections that one thread drives, and those that do not come so.

use std::process::Command;
use std::sync::Arc;

use peers::certificates::Certificates;
use serde_json::json;

use super::sync::{charts, of};
use super::upstream::entry;
use super::*;

/// Of those that do not come without ado so many are asked for twice, and as many as are on their way then.
const ODD: usize = 8 + 32;

fn filled(upstream: &Upstream, charts: &[(String, String)]) {
    charts.iter().for_each(|(name, version)| upstream.put(&format!("{name}-{version}.tgz"), &archive(name, version)));
    upstream.index(&index(charts.iter().map(|(name, version)| entry(name, version)).collect()));
}

#[test]
fn where_all_archives_are_elsewhere_few_are_asked_for_twice() {
    let charts = charts(100);
    let upstream = of(&charts);
    for (name, version) in &charts {
        let file = format!("{name}-{version}.tgz");
        upstream.put(&format!("moved-{file}"), &archive(name, version));
        upstream.rule(&format!("/{file}"), vec![Rule::Always(Box::new(Rule::Redirect(302, format!("/moved-{file}"))))]);
    }
    let server = Running::serve(&["--mirror-archives", &upstream.flag()]);
    let told = until(&server, "all archives", is_synced);
    assert_eq!(told["archives"]["fetched"], 100, "{told}");
    let asked = upstream.server.seen().len();
    assert!((201..=201 + ODD).contains(&asked), "{asked}");
}

#[test]
fn a_connection_stays_for_the_next_archive() {
    let upstream = Running::museum(&[]);
    let charts = charts(60);
    for (name, version) in &charts {
        assert_eq!(ask(upstream.address, "POST /api/charts", &[], &archive(name, version)).status, 201);
    }
    let server = Running::serve(&["--mirror-archives", &format!("--mirror=http://{}", upstream.address)]);
    let told = until(&server, "all archives", is_synced);
    assert_eq!((&told["archives"]["fetched"], &told["requests"]), (&json!(60), &json!(61)), "{told}");
}

#[test]
fn archives_behind_a_password_are_asked_for_once() {
    let user = Some(("u".to_owned(), "p".to_owned()));
    let upstream = Upstream::new(Options { user, ..Options::default() });
    let charts = charts(30);
    filled(&upstream, &charts);
    let flag = upstream.flag().replace("http://", "http://u:p@");
    let server = Running::serve(&["--mirror-archives", &flag]);
    let told = until(&server, "all archives", is_synced);
    assert_eq!((&told["archives"]["fetched"], &told["requests"]), (&json!(30), &json!(31)), "{told}");
    assert_eq!(upstream.server.seen().len(), 31);
}

const FLAG: &str = "CHART_SERVER_TEST_TLS_FLAG";

/// What a process does that trusts the authority of a test: it synchronises, and says how often it asked.
#[test]
fn child_synchronises_over_tls() {
    let Ok(flag) = std::env::var(FLAG) else { return };
    let server = Running::serve(&["--mirror-archives", &flag]);
    let told = until(&server, "all archives", is_synced);
    println!("told {} {}", told["archives"]["fetched"], told["requests"]);
}

#[test]
fn archives_come_over_tls_from_who_can_be_trusted() {
    let folder = tempfile::tempdir().expect("a folder");
    let certificates = Arc::new(Certificates::new().expect("certificates"));
    let files = certificates.write(folder.path()).expect("files");
    let upstream = Upstream::new(Options { tls: Some((certificates, false)), ..Options::default() });
    let charts = charts(40);
    filled(&upstream, &charts);
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args(["--exact", "lanes::child_synchronises_over_tls", "--nocapture"]);
    command.env(FLAG, upstream.flag()).env("SSL_CERT_FILE", files.authority);
    let output = command.output().expect("a process");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("told 40 41\n"), "{said}");
}
