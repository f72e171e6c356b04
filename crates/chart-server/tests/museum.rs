//! The same requests to ChartMuseum and to us: `museum/script.json` has them, `museum/goldens.json` what ChartMuseum
//! 0.16.5 answered. Where we answer otherwise, the script says what, and why.
//!
//! `PILOTHOUSE_CHARTMUSEUM=/path/to/chartmuseum cargo test -p chart-server --test museum -- --ignored` makes the goldens
//! anew.

mod running;
mod wire;

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use data_encoding::HEXLOWER;
use running::Running;
use serde_json::{Map, Value, json};
use wire::{Answer, ask, form};

/// The headers that count. All others are ours to choose.
const HEADERS: [&str; 3] = ["content-type", "www-authenticate", "access-control-allow-origin"];

#[test]
fn every_answer_is_chartmuseums_or_different_for_a_reason() {
    let goldens = read("goldens.json");
    let mut wrong = Vec::new();
    for scene in scenes() {
        let name = text(&scene, "scene");
        let server = Running::museum(&flags(&scene));
        let expected = goldens["scenes"][&name].as_array().expect("a golden of the scene").clone();
        let requests = requests(&scene);
        assert_eq!(requests.len(), expected.len(), "{name}: make the goldens anew");
        for (number, (request, golden)) in requests.iter().zip(expected).enumerate() {
            let answer = summary(&play(server.address, request));
            let place = format!("{name} #{number} {}", text(request, "do"));
            judge(&place, request, golden, answer, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{} answers differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn judge(place: &str, request: &Value, golden: Value, answer: Value, wrong: &mut Vec<String>) {
    let mut expected = golden.clone();
    if let Some(ours) = request.get("ours").and_then(Value::as_object) {
        assert!(request.get("why").is_some(), "{place}: a difference has a reason");
        for (field, value) in ours {
            match (value, expected.as_object_mut()) {
                (Value::Null, Some(fields)) => drop(fields.remove(field)),
                _ => expected[field] = value.clone(),
            }
        }
        if expected == golden {
            wrong.push(format!("{place}: no difference is left"));
        }
    }
    if answer != expected {
        wrong.push(format!("{place}\n  expected {expected}\n  answered {answer}"));
    }
}

#[test]
#[ignore = "makes the goldens anew, with a ChartMuseum that was built by hand"]
fn record() {
    let program = std::env::var("PILOTHOUSE_CHARTMUSEUM").expect("PILOTHOUSE_CHARTMUSEUM names ChartMuseum 0.16.5");
    let mut goldens = Map::new();
    for scene in scenes() {
        let folder = tempfile::tempdir().expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
        let mut command = Command::new(&program);
        command.args(flags(&scene)).arg("--storage=local").arg(format!("--storage-local-rootdir={}", folder.path().display()));
        command.args([format!("--port={port}"), "--listen-host=127.0.0.1".into()]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = command.spawn().expect("ChartMuseum");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        while TcpStream::connect(address).is_err() {
            assert!(process.try_wait().expect("a state").is_none(), "ChartMuseum ended");
            std::thread::yield_now();
        }
        let answers: Vec<Value> = requests(&scene).iter().map(|request| summary(&play(address, request))).collect();
        goldens.insert(text(&scene, "scene"), Value::Array(answers));
        process.kill().expect("an end");
        process.wait().expect("an end");
    }
    let goldens = json!({"chartmuseum": "0.16.5", "scenes": goldens});
    let text = serde_json::to_string_pretty(&goldens).expect("JSON");
    std::fs::write(folder().join("goldens.json"), text + "\n").expect("a file");
}

fn play(address: SocketAddr, request: &Value) -> Answer {
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in request.get("headers").and_then(Value::as_object).into_iter().flatten() {
        headers.push((name.clone(), value.as_str().expect("a value").to_owned()));
    }
    let body = if let Some(fields) = request.get("form").and_then(Value::as_array) {
        let name = |field: &Value, place: usize| field[place].as_str().expect("a name").to_owned();
        let fields: Vec<_> = fields.iter().map(|field| (name(field, 0), name(field, 1))).collect();
        let parts: Vec<_> = fields.iter().map(|(field, file)| (field.as_str(), file.as_str(), content(file))).collect();
        let (content_type, body) = form(&parts);
        headers.push(("Content-Type".into(), content_type));
        body
    } else {
        if let Some(content_type) = request.get("type").and_then(Value::as_str) {
            headers.push(("Content-Type".into(), content_type.to_owned()));
        }
        let text = request.get("text").and_then(Value::as_str).map(|text| text.as_bytes().to_vec());
        let file = request.get("file").and_then(Value::as_str).map(content);
        text.or(file).unwrap_or_default()
    };
    ask(address, &text(request, "do"), &headers, &body)
}

/// What counts of an answer.
fn summary(answer: &Answer) -> Value {
    let mut summary = json!({"status": answer.status});
    for name in HEADERS {
        if let Some(value) = answer.header(name) {
            summary[name] = json!(value);
        }
    }
    assert!(answer.header("x-request-id").is_some_and(|name| !name.is_empty()), "{answer:?}");
    summary["body"] = match std::str::from_utf8(&answer.body) {
        // How a welcome looks is a matter of taste.
        Ok(text) if text.starts_with("<!DOCTYPE html>") => json!("a page"),
        Ok(text) => json!(without_times(&without_folders(text))),
        Err(_) => {
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &answer.body);
            json!(format!("sha256:{}", HEXLOWER.encode(digest.as_ref())))
        }
    };
    summary
}

/// Puts `TIME` in the place of every moment.
fn without_times(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.char_indices().map(|(place, _)| place).find(|place| is_time(&rest[*place..])) {
        out.push_str(&rest[..start]);
        out.push_str("TIME");
        let after = &rest[start + 19..];
        let end = after.find(|c: char| !(c.is_ascii_digit() || ".:+Z-".contains(c))).unwrap_or(after.len());
        rest = &after[end..];
    }
    out + rest
}

/// Puts `FOLDER` in the place of the folder of a test.
fn without_folders(text: &str) -> String {
    let temporary = std::env::temp_dir().join(".tmp").display().to_string();
    let mut parts = text.split(&temporary);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("FOLDER");
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_alphanumeric()));
    }
    out
}

fn is_time(text: &str) -> bool {
    let pattern = b"0000-00-00T00:00:00";
    let bytes = text.as_bytes();
    bytes.len() >= pattern.len()
        && pattern.iter().zip(bytes).all(|(p, b)| if *p == b'0' { b.is_ascii_digit() } else { p == b })
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/museum")
}

fn content(file: &str) -> Vec<u8> {
    std::fs::read(folder().join("files").join(file)).expect(file)
}

fn read(file: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder().join(file)).expect(file)).expect(file)
}

fn scenes() -> Vec<Value> {
    read("script.json").as_array().expect("scenes").clone()
}

fn requests(scene: &Value) -> Vec<Value> {
    scene["requests"].as_array().expect("requests").clone()
}

fn flags(scene: &Value) -> Vec<String> {
    let files = folder().join("files").display().to_string();
    let flags = scene["flags"].as_array().expect("flags");
    flags.iter().map(|flag| flag.as_str().expect("a flag").replace("{files}", &files)).collect()
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("{field} of {value}")).to_owned()
}
