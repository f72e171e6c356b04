//! A repository that stands behind ours: shown, fetched from when somebody wants a chart, and not needed after that.

mod hostile;
mod lanes;
mod merged;
#[path = "../packing/mod.rs"]
mod packing;
#[path = "../running/mod.rs"]
mod running;
mod stalling;
mod sync;
mod upstream;
#[path = "../wire/mod.rs"]
mod wire;

use std::path::Path;
use std::time::Duration;

use packing::archive;
use peers::files::{Options, Rule};
use running::Running;
use serde_json::Value;
use upstream::{Upstream, index, item};
use wire::{Answer, ask};

/// Longer is not waited for a mirror.
const PATIENCE: Duration = Duration::from_secs(180);

fn fixture(file: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/museum/files").join(file)).expect(file)
}

fn get(server: &Running, path: &str) -> Answer {
    ask(server.address, &format!("GET {path}"), &[], b"")
}

fn upload(server: &Running, path: &str, file: &str) {
    assert_eq!(ask(server.address, &format!("POST {path}"), &[], &fixture(file)).status, 201);
}

/// What the server says of its only mirror.
fn told(server: &Running) -> Value {
    let answer = get(server, "/api/mirrors");
    assert_eq!(answer.status, 200, "{}", answer.text());
    let all: Value = serde_json::from_str(&answer.text()).expect("JSON");
    all["mirrors"][0].clone()
}

/// Waits until the server says something of its mirror.
fn until(server: &Running, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let asked = testbed::until(what, PATIENCE, || {
        let told = told(server);
        Ok(is_so(&told).then_some(told))
    });
    asked.unwrap_or_else(|error| panic!("{error}: {}", told(server)))
}

/// Waits until the index says something: a slow machine shows the one of before meanwhile.
fn until_shown(server: &Running, text: &str) -> Answer {
    let shown = || Ok(Some(get(server, "/index.yaml")).filter(|index| index.text().contains(text)));
    testbed::until(text, PATIENCE, shown).expect("an index")
}

fn is_synced(told: &Value) -> bool {
    told["synced"] == true
}

#[test]
fn charts_are_shown_fetched_and_kept() {
    let upstream = Running::museum(&[]);
    upload(&upstream, "/api/charts", "mychart-0.1.0.tgz");
    upload(&upstream, "/api/prov", "mychart-0.1.0.tgz.prov");
    upload(&upstream, "/api/charts", "mychart-1.0.0+build.7.tgz");
    let flag = format!("--mirror=http://{}/", upstream.address);
    let server = Running::serve(&["--anonymous-writes", "--mirror-interval=0s", &flag]);
    upload(&server, "/api/charts", "mychart-0.2.0.tgz");
    let index = get(&server, "/index.yaml");
    let places: Vec<_> = ["1.0.0+build.7", "0.2.0", "0.1.0"]
        .map(|version| index.text().find(&format!("charts/mychart-{version}.tgz")).expect(version))
        .into();
    assert!(places.is_sorted(), "{}", index.text());
    let tag = index.header("etag").expect("a tag");
    let tagged = ask(server.address, "GET /index.yaml", &[("If-None-Match".into(), tag.into())], b"");
    assert_eq!(tagged.status, 304);
    // A signature brings its package along.
    assert_eq!(get(&server, "/charts/mychart-0.1.0.tgz.prov").body, fixture("mychart-0.1.0.tgz.prov"));
    // What comes later is there too.
    upload(&upstream, "/api/charts", "otherchart-0.1.0.tgz");
    until_shown(&server, "otherchart");
    assert_eq!(get(&server, "/charts/nothing-0.1.0.tgz").status, 404);
    drop(upstream);
    assert_eq!(get(&server, "/charts/mychart-0.1.0.tgz").body, fixture("mychart-0.1.0.tgz"));
    let index = get(&server, "/index.yaml");
    assert_eq!((index.status, index.text().contains("otherchart")), (200, true));
    assert_eq!(get(&server, "/charts/otherchart-0.1.0.tgz").status, 502);
    until(&server, "an error", |told| !is_synced(told));
    // After a new start, without the repository: as it was.
    let server = Running::serve_in(server.stopped(), &["--mirror-interval=0s", &flag]);
    assert!(get(&server, "/index.yaml").text().contains("otherchart"));
    assert_eq!(get(&server, "/charts/mychart-0.1.0.tgz").body, fixture("mychart-0.1.0.tgz"));
}

#[test]
fn what_is_not_what_its_index_says_is_not_kept() {
    let zeros = "0".repeat(64);
    for (digest, bytes) in [
        (zeros.as_str(), fixture("mychart-0.1.0.tgz")),
        ("\"\"", fixture("not-gzip.tgz")),
        ("\"\"", vec![0; 30 << 20]),
        ("\"\"", fixture("otherchart-0.1.0.tgz")),
        ("\"\"", fixture("mychart-0.2.0.tgz")),
    ] {
        let upstream = Upstream::new(Options::default());
        upstream.put("a.tgz", &bytes);
        upstream.index(&index(vec![("mychart".into(), item("mychart", "0.1.0", "a.tgz", digest))]));
        let server = Running::serve(&[&upstream.flag()]);
        assert!(get(&server, "/index.yaml").text().contains("mychart"));
        assert_eq!(get(&server, "/charts/mychart-0.1.0.tgz").status, 502);
        assert_eq!(get(&server, "/api/charts").text(), "{}");
    }
}

#[test]
fn an_index_that_did_not_change_costs_a_request() {
    let upstream = Upstream::of(&[("a", "1.0.0")]);
    let server = Running::serve(&["--mirror-interval=0s", &upstream.flag()]);
    let first = get(&server, "/index.yaml");
    for _ in 0..3 {
        let again = get(&server, "/index.yaml");
        assert_eq!((again.header("etag"), &again.body), (first.header("etag"), &first.body));
    }
    let seen = upstream.server.seen();
    let asked = |name: &str| seen.iter().filter(|seen| seen.header(name).is_some()).count();
    assert_eq!((asked("if-none-match"), asked("accept-encoding")), (seen.len() - 1, seen.len()));
    // The tag stays when a chart is fetched: it is the same chart.
    assert_eq!(get(&server, "/charts/a-1.0.0.tgz").body, archive("a", "1.0.0"));
    assert_eq!(get(&server, "/index.yaml").header("etag"), first.header("etag"));
    upstream.index(&index(vec![upstream::entry("a", "1.1.0")]));
    let changed = until_shown(&server, "charts/a-1.1.0.tgz");
    // It is not theirs any more, and it is ours.
    assert!(changed.text().contains("charts/a-1.0.0.tgz"), "{}", changed.text());
}

#[test]
fn a_repository_that_hangs_is_not_waited_for() {
    let upstream = Upstream::of(&[("a", "1.0.0")]);
    let server = Running::serve(&["--mirror-interval=0s", &upstream.flag()]);
    let first = get(&server, "/index.yaml");
    upstream.rule("/index.yaml", vec![Rule::Always(Box::new(Rule::Stall))]);
    for _ in 0..20 {
        let known = get(&server, "/index.yaml");
        assert_eq!((known.status, &known.body), (200, &first.body));
    }
}

#[test]
fn what_is_known_of_mirrors_is_for_who_may_read() {
    let upstream = Upstream::of(&[("a", "1.0.0")]);
    let secret = upstream.server.url().replace("http://", "http://me:secret@");
    let flag = format!("--mirror={secret}");
    let server = Running::serve(&["--basic-auth-user=u", "--basic-auth-pass=p", &flag]);
    let answer = get(&server, "/api/mirrors");
    assert_eq!((answer.status, answer.header("www-authenticate").is_some()), (401, true));
    let login = [("Authorization".to_owned(), "Basic dTpw".to_owned())];
    let answer = ask(server.address, "GET /api/mirrors", &login, b"");
    assert!(answer.text().contains("http://xxxxx@127.0.0.1") && !answer.text().contains("secret"), "{}", answer.text());
    assert!(ask(server.address, "GET /metrics", &login, b"").text().contains("pilothouse_mirror_synced{repo=\"\"}"));
    // Without mirrors there is no such address.
    assert_eq!(get(&Running::serve(&[]), "/api/mirrors").status, 404);
}

#[test]
fn passwords_go_to_their_host_only() {
    let upstream = Upstream::of(&[("a", "1.0.0")]);
    upstream.rule("/a-1.0.0.tgz", vec![Rule::Redirect(302, "$OTHER/elsewhere.tgz".into())]);
    upstream.put("elsewhere.tgz", &archive("a", "1.0.0"));
    let flag = format!("--mirror={}", upstream.server.url().replace("http://", "http://me:secret@"));
    let server = Running::serve(&[&flag]);
    assert_eq!(get(&server, "/charts/a-1.0.0.tgz").body, archive("a", "1.0.0"));
    let seen = upstream.server.seen();
    let with = |path: &str| {
        let seen = seen.iter().find(|seen| seen.path == path).expect(path);
        seen.header("authorization").is_some()
    };
    assert_eq!((with("/index.yaml"), with("/a-1.0.0.tgz"), with("/elsewhere.tgz")), (true, true, false));
}
