//! Charts that are looked at before they are kept.

mod packing;
mod running;
mod wire;

use std::fs;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use packing::{archive, packed};
use running::Running;
use serde_json::{Value, json};
use wire::{Answer, ask, form};

const BROKEN: &str =
    "[ERROR] templates/: parse error at (bad/templates/x.yaml:2): unclosed action started at bad/templates/x.yaml:1";
const NO_ICON: &str = "[INFO] Chart.yaml: icon is recommended";

/// A chart whose template cannot be read.
fn bad() -> Vec<u8> {
    packed(&[
        ("bad/Chart.yaml", b"apiVersion: v2\nname: bad\nversion: 0.1.0\n"),
        ("bad/values.yaml", b"a: 1\n"),
        ("bad/templates/x.yaml", b"a: {{ .Values.a\n"),
    ])
}

/// A chart of which lint says something.
fn fair() -> Vec<u8> {
    packed(&[
        ("fair/Chart.yaml", b"apiVersion: v2\nname: fair\nversion: 0.1.0\n"),
        ("fair/values.yaml", b"a: 1\n"),
        ("fair/templates/x.yaml", b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"),
    ])
}

fn post(server: &Running, path: &str, body: &[u8]) -> Answer {
    ask(server.address, &format!("POST {path}"), &[], body)
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text()).expect("JSON")
}

fn charts(server: &Running) -> String {
    ask(server.address, "GET /api/charts", &[], b"").text()
}

/// The error of a refused upload.
fn refused(answer: &Answer) -> String {
    assert_eq!(answer.status, 422, "{}", answer.text());
    json_of(answer)["error"].as_str().expect("an error").to_owned()
}

#[test]
fn who_asks_for_it_gets_the_words_of_lint_and_nothing_is_kept() {
    let server = Running::serve(&["--anonymous-writes"]);
    for query in ["?lint=1", "?lint", "?lint=true"] {
        let error = refused(&post(&server, &format!("/api/charts{query}"), &bad()));
        let lines: Vec<&str> = error.lines().collect();
        assert_eq!(lines, ["bad-0.1.0.tgz has lint errors:", NO_ICON, BROKEN]);
    }
    assert_eq!(charts(&server), "{}");
    // Nothing is left of what was unpacked.
    let left = fs::read_dir(server.folder.path().join(".pilothouse/lint")).map_or(0, Iterator::count);
    assert_eq!(left, 0);
    let good = post(&server, "/api/charts?lint=1", &fair());
    assert_eq!((good.status, json_of(&good)), (201, json!({"saved": true, "lint": [NO_ICON]})));
    // Who does not ask gets ChartMuseum's answer.
    for query in ["", "?lint=0"] {
        let taken = post(&server, &format!("/api/charts{query}"), &bad());
        assert!(matches!(taken.status, 201 | 409), "{}", taken.text());
    }
    assert_eq!(post(&server, "/api/charts?lint=1", b"no chart").status, 400);
}

#[test]
fn a_server_may_want_all_charts_to_pass() {
    let server = Running::serve(&["--anonymous-writes", "--lint-uploads=error"]);
    assert!(refused(&post(&server, "/api/charts", &bad())).contains(BROKEN));
    // Of a form all are kept, or none.
    let (content_type, body) = form(&[("chart", "fair.tgz", fair()), ("other", "x", Vec::new())]);
    let header = [("Content-Type".to_owned(), content_type)];
    assert_eq!(ask(server.address, "POST /api/charts", &header, &body).status, 201);
    let (content_type, body) = form(&[("chart", "bad.tgz", bad())]);
    let header = [("Content-Type".to_owned(), content_type)];
    assert!(refused(&ask(server.address, "POST /api/charts", &header, &body)).contains(BROKEN));
    assert!(charts(&server).contains("fair") && !charts(&server).contains("bad"));
}

#[test]
fn a_server_may_only_tell() {
    let server = Running::serve(&["--anonymous-writes", "--lint-uploads=warn"]);
    let told = post(&server, "/api/charts", &bad());
    assert_eq!((told.status, json_of(&told)), (201, json!({"saved": true, "lint": [NO_ICON, BROKEN]})));
    let silent = post(&server, "/api/charts", &archive("fine", "1.0.0"));
    assert_eq!(json_of(&silent)["lint"], json!(["[WARNING] templates/: directory does not exist"]));
    assert!(refused(&post(&server, "/api/charts?lint=1", &bad())).contains(BROKEN));
}

/// Pushes a chart as `helm push` does; returns the answer to its manifest.
fn push(server: &Running, name: &str, chart: &[u8]) -> Answer {
    let blob = |content: &[u8]| {
        let digest = format!("sha256:{}", HEXLOWER.encode(digest(&SHA256, content).as_ref()));
        let path = format!("/v2/{name}/blobs/uploads/?digest={digest}");
        assert_eq!(post(server, &path, content).status, 201);
        json!({"digest": digest, "size": content.len()})
    };
    let (mut config, mut layer) = (blob(b"{}"), blob(chart));
    config["mediaType"] = json!("application/vnd.cncf.helm.config.v1+json");
    layer["mediaType"] = json!("application/vnd.cncf.helm.chart.content.v1.tar+gzip");
    let manifest = json!({"schemaVersion": 2, "config": config, "layers": [layer]}).to_string();
    let media_type = "application/vnd.oci.image.manifest.v1+json".to_owned();
    let line = format!("PUT /v2/{name}/manifests/0.1.0");
    ask(server.address, &line, &[("Content-Type".to_owned(), media_type)], manifest.as_bytes())
}

#[test]
fn pushes_are_looked_at_too() {
    let server = Running::serve(&["--anonymous-writes", "--lint-uploads=error"]);
    let answer = push(&server, "bad", &bad());
    let error = json_of(&answer)["errors"][0].clone();
    assert_eq!((answer.status, &error["code"]), (400, &json!("MANIFEST_INVALID")));
    assert_eq!(error["detail"], json!({"lint": [NO_ICON, BROKEN]}));
    assert!(error["message"].as_str().is_some_and(|message| message.contains(BROKEN)), "{error}");
    assert_eq!(ask(server.address, "GET /v2/bad/manifests/0.1.0", &[], b"").status, 404);
    assert_eq!(push(&server, "fair", &fair()).status, 201);
    assert!(charts(&server).contains("fair") && !charts(&server).contains("bad"));
    for mode in ["off", "warn"] {
        let server = Running::serve(&["--anonymous-writes", &format!("--lint-uploads={mode}")]);
        assert_eq!(push(&server, "bad", &bad()).status, 201, "{mode}");
    }
}

#[test]
fn schemas_of_strangers_lead_nowhere() {
    let server = Running::serve(&["--anonymous-writes"]);
    let chart = packed(&[
        ("s/Chart.yaml", b"apiVersion: v2\nname: s\nversion: 0.1.0\nicon: https://x.invalid/s.png\n"),
        ("s/values.yaml", b"a: 1\n"),
        ("s/values.schema.json", br#"{"$ref": "file:///etc/hostname"}"#),
        ("s/templates/x.yaml", b""),
    ]);
    let error = refused(&post(&server, "/api/charts?lint=1", &chart));
    assert!(error.contains("a server follows no references of schemas"), "{error}");
}

/// The lines of `helm lint` that are messages, without the folder that Helm unpacked the archive to.
#[test]
fn the_words_are_those_of_real_helm() {
    let Ok(helm) = testbed::helm() else { return eprintln!("skipped: there is no real helm here") };
    let folder = tempfile::tempdir().expect("a folder");
    let server = Running::serve(&["--anonymous-writes", "--lint-uploads=warn"]);
    let missing = packed(&[
        (
            "d/Chart.yaml",
            b"apiVersion: v2\nname: d\nversion: 0.1.0\ndependencies:\n- name: e\n  version: 1.0.0\n  repository: x\n",
        ),
        ("d/charts/f/Chart.yaml", b"apiVersion: v2\nname: f\nversion: 0.1.0\n"),
        ("d/templates/x.yaml", b"kind: x\n"),
    ]);
    for (name, chart) in [("bad", bad()), ("fair", fair()), ("d", missing)] {
        let path = folder.path().join(format!("{name}-0.1.0.tgz"));
        fs::write(&path, &chart).expect("a file");
        let output = std::process::Command::new(&helm).arg("lint").arg(&path).output().expect("helm");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let words: Vec<String> = text.lines().filter(|line| line.starts_with('[')).map(without_folder).collect();
        let ours = json_of(&post(&server, "/api/charts", &chart))["lint"].clone();
        assert_eq!(ours, json!(words), "{text}");
    }
}

/// Takes out the folder that Helm makes for an archive: `/tmp/helm-lint123/`.
fn without_folder(line: &str) -> String {
    let Some((before, rest)) = line.split_once(std::env::temp_dir().to_string_lossy().as_ref()) else {
        return line.to_owned();
    };
    let inside = rest.trim_start_matches('/').split_once('/').map_or(rest, |(_, inside)| inside);
    format!("{before}{inside}")
}
