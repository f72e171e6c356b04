//! All archives of a repository, in the background.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::json;

use super::*;

pub fn charts(count: usize) -> Vec<(String, String)> {
    (0..count).map(|n| (format!("c{:02}", n / 10), format!("1.{}.0", n % 10))).collect()
}

pub fn of(charts: &[(String, String)]) -> Upstream {
    Upstream::of(&charts.iter().map(|(name, version)| (name.as_str(), version.as_str())).collect::<Vec<_>>())
}

#[test]
fn all_archives_come_each_once() {
    let charts = charts(100);
    let upstream = of(&charts);
    let server = Running::serve(&["--mirror-archives", &upstream.flag()]);
    let told = until(&server, "all archives", is_synced);
    let expected = json!({"kept": 100, "waiting": 0, "failed": 0, "fetched": 100, "failures": []});
    for (name, value) in expected.as_object().expect("an object") {
        assert_eq!(&told["archives"][name], value, "{told}");
    }
    assert_eq!((&told["index"]["charts"], &told["index"]["versions"]), (&json!(10), &json!(100)));
    assert_eq!(upstream.server.seen().len(), 101);
    // They are ours: in the API and the registry too.
    assert_eq!(get(&server, "/v2/c03/manifests/1.7.0").status, 200);
    assert!(get(&server, "/metrics").text().contains("pilothouse_mirror_archives_kept{repo=\"\"} 100\n"));
    // After a new start nothing is fetched again.
    let folder = server.stopped();
    let server = Running::serve_in(folder, &["--mirror-archives", &upstream.flag()]);
    let told = until(&server, "all archives", is_synced);
    assert_eq!((&told["archives"]["kept"], &told["archives"]["fetched"]), (&json!(100), &json!(0)), "{told}");
    assert_eq!((upstream.server.seen().len(), &told["requests"]), (102, &json!(1)));
    drop(upstream);
    for (name, version) in &charts {
        assert_eq!(get(&server, &format!("/charts/{name}-{version}.tgz")).body, archive(name, version));
    }
}

#[test]
fn broken_archives_stop_no_other_and_are_listed() {
    let upstream = of(&charts(30));
    let always = |rule| vec![Rule::Always(Box::new(rule))];
    upstream.rule("/c00-1.0.0.tgz", always(Rule::Status(404, "Not Found".into())));
    upstream.put("c00-1.1.0.tgz", &archive("c00", "1.2.0"));
    upstream.rule("/c00-1.2.0.tgz", always(Rule::Cut(30)));
    upstream.put("c00-1.3.0.tgz", b"no archive");
    upstream.rule("/c00-1.4.0.tgz", always(Rule::Silence));
    upstream.rule("/c00-1.5.0.tgz", always(Rule::Redirect(302, "/c00-1.5.0.tgz".into())));
    // These pass.
    upstream.rule("/c00-1.6.0.tgz", vec![Rule::Status(500, "Internal Server Error".into())]);
    upstream.rule("/c00-1.7.0.tgz", vec![Rule::Cut(30)]);
    upstream.rule("/c00-1.8.0.tgz", vec![Rule::Redirect(307, "$OTHER/c00-1.8.0.tgz".into())]);
    upstream.rule("/c00-1.9.0.tgz", vec![Rule::Status(429, "Too Many Requests".into())]);
    let server = Running::serve(&["--mirror-archives", "--mirror-interval=1h", &upstream.flag()]);
    let told = until(&server, "all archives", is_synced);
    assert_eq!((&told["archives"]["kept"], &told["archives"]["failed"]), (&json!(24), &json!(6)), "{told}");
    let failures = told["archives"]["failures"].as_array().expect("a list");
    for (failure, (file, said)) in failures.iter().zip([
        ("c00-1.0.0.tgz", "404 Not Found"),
        ("c00-1.1.0.tgz", "is not what its index says"),
        ("c00-1.2.0.tgz", "unexpected EOF"),
        ("c00-1.3.0.tgz", "is not what its index says"),
        ("c00-1.4.0.tgz", "EOF"),
        ("c00-1.5.0.tgz", "stopped after 10 redirects"),
    ]) {
        assert_eq!(failure["file"], file);
        assert!(failure["error"].as_str().is_some_and(|error| error.contains(said)), "{failure}");
        assert_eq!(get(&server, &format!("/charts/{file}")).status, 502, "{file}");
    }
    // One that was repaired comes when the index changes, or after a pause.
    upstream.put("c00-1.1.0.tgz", &archive("c00", "1.1.0"));
    assert_eq!(get(&server, "/charts/c00-1.1.0.tgz").status, 200);
}

#[test]
fn a_repository_that_goes_away_is_left_alone() {
    let charts = charts(200);
    let upstream = of(&charts);
    for (name, version) in &charts {
        let gone = Rule::Redirect(302, "http://127.0.0.1:1/gone".into());
        upstream.rule(&format!("/{name}-{version}.tgz"), vec![Rule::Always(Box::new(gone))]);
    }
    let server = Running::serve(&["--mirror-archives", "--mirror-interval=1h", &upstream.flag()]);
    let told = until(&server, "an error", |told| told["error"].is_string());
    assert!(told["error"].as_str().is_some_and(|error| error.contains("requests in a row failed")), "{told}");
    assert!(!is_synced(&told) && upstream.server.seen().len() < 80, "{}", upstream.server.seen().len());
    assert_eq!(get(&server, "/health").status, 200);
}

const FOLDER: &str = "CHART_SERVER_TEST_FOLDER";
const FLAG: &str = "CHART_SERVER_TEST_FLAG";

/// What a process does that is going to be killed: it synchronises, and says how many archives are there.
#[test]
fn child_synchronises_until_it_is_killed() {
    let (Ok(folder), Ok(flag)) = (std::env::var(FOLDER), std::env::var(FLAG)) else { return };
    let data = tempfile::Builder::new().prefix("data").rand_bytes(0).tempdir_in(folder).expect("a folder");
    let server = Running::serve_in(data, &["--mirror-archives", &flag]);
    loop {
        println!("kept {}", until(&server, "an archive", |told| told["archives"]["kept"] != 0)["archives"]["kept"]);
    }
}

#[test]
fn kill_nine_in_the_middle_and_it_goes_on_where_it_was() {
    let charts = charts(100);
    let upstream = of(&charts);
    // These never come: the process hangs at them.
    let stuck: Vec<String> = charts[50..].iter().map(|(name, version)| format!("/{name}-{version}.tgz")).collect();
    stuck.iter().for_each(|path| upstream.rule(path, vec![Rule::Stall]));
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args(["--exact", "sync::child_synchronises_until_it_is_killed", "--nocapture"]);
    command.env(FOLDER, folder.path()).env(FLAG, upstream.flag());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a process");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let kept = lines.filter_map(|line| line.split_once("kept ")?.1.parse::<usize>().ok());
    // As many as can come: the others hang.
    kept.take_while(|kept| *kept < 50).for_each(drop);
    child.kill().and_then(|()| child.wait()).expect("killed");
    let before: Vec<usize> = charts.iter().map(|(n, v)| upstream.asked(&format!("/{n}-{v}.tgz"))).collect();
    stuck.iter().for_each(|path| upstream.rule(path, Vec::new()));
    let data = tempfile::tempdir().expect("a folder");
    std::fs::rename(folder.path().join("data"), data.path()).expect("moved");
    let server = Running::serve_in(data, &["--mirror-archives", &upstream.flag()]);
    let told = until(&server, "all archives", is_synced);
    assert_eq!((&told["archives"]["kept"], &told["archives"]["fetched"]), (&json!(100), &json!(50)), "{told}");
    for ((name, version), before) in charts.iter().zip(before) {
        let after = upstream.asked(&format!("/{name}-{version}.tgz"));
        let number: usize = name[1..].parse::<usize>().expect("a number") * 10;
        assert_eq!(after - before, usize::from(number >= 50), "{name} {version}");
        assert_eq!(get(&server, &format!("/charts/{name}-{version}.tgz")).body, archive(name, version));
    }
}
