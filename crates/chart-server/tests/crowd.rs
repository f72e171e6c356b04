//! Many clients at a time whose bodies and answers are more than is kept in memory: all are served as one would be.

mod archives;
mod running;
mod wire;

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use archives::{GOOD, archive, chart, noise, tar_file};
use chart_store::{Algorithm, Digest};
use running::Running;
use serde_json::Value;
use wire::{Answer, ask, form, head, read};

/// Clients whose bodies are 250 KB each: more than a fifth of them is too much for the memory.
const MANY: usize = 180;

/// Sends a request, but for the last bytes of its body.
fn begun(address: SocketAddr, line: &str, body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(120))).expect("a timeout");
    stream.write_all(head(address, line, &[], body.len()).as_bytes()).expect("a head");
    stream.write_all(&body[..body.len() - 10]).expect("a body");
    stream
}

/// Asks the same at the same time, and returns all answers.
fn together(asks: impl IntoIterator<Item = impl FnOnce() -> Answer + Send>) -> Vec<Answer> {
    thread::scope(|scope| {
        let asked: Vec<_> = asks.into_iter().map(|ask| scope.spawn(ask)).collect();
        asked.into_iter().map(|asked| asked.join().expect("an answer")).collect()
    })
}

fn versions(address: SocketAddr, name: &str) -> Vec<String> {
    let charts: Value = serde_json::from_slice(&ask(address, "GET /api/charts", &[], b"").body).expect("JSON");
    let listed = charts[name].as_array().expect("versions").iter();
    listed.map(|version| version["version"].as_str().expect("a version").to_owned()).collect()
}

#[test]
fn uploads_that_all_stop_before_their_end_are_kept_when_they_go_on() {
    let server = Running::serve(&["--anonymous-writes"]);
    let bodies: Vec<Vec<u8>> = (0..MANY).map(|number| chart("a", &format!("1.{number}.0"), 250_000)).collect();
    let begun: Vec<TcpStream> = bodies.iter().map(|body| begun(server.address, "POST /api/charts", body)).collect();
    for (mut stream, body) in begun.into_iter().zip(&bodies) {
        stream.write_all(&body[body.len() - 10..]).expect("the end");
        assert_eq!(read(&mut stream, false).status, 201);
    }
    assert_eq!(versions(server.address, "a").len(), MANY);
    for number in [0, MANY / 2, MANY - 1] {
        let file = ask(server.address, &format!("GET /charts/a-1.{number}.0.tgz"), &[], b"");
        assert!(file.body == bodies[number], "{number}");
    }
}

#[test]
fn large_answers_that_nobody_takes_at_once_are_whole() {
    let server = Running::serve(&["--anonymous-writes"]);
    let template = noise(1_500_000);
    let body = archive(GOOD, |out| out.write_all(&tar_file("a/templates/a", &template)).expect("memory"));
    assert_eq!(ask(server.address, "POST /api/charts", &[], &body).status, 201);
    let line = "GET /api/charts/a/1.0.0/templates";
    let expected = ask(server.address, line, &[], b"");
    assert_eq!(expected.header("content-length"), Some(expected.body.len().to_string().as_str()));
    assert!(expected.body.len() > 2_000_000);
    // All are asked before one is taken.
    let asked: Vec<TcpStream> = (0..24)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).expect("a connection");
            stream.write_all(head(server.address, line, &[], 0).as_bytes()).expect("a head");
            stream
        })
        .collect();
    for mut stream in asked {
        assert!(read(&mut stream, false).body == expected.body);
    }
    assert!(ask(server.address, &line.replace("GET", "HEAD"), &[], b"").body.is_empty());
}

#[test]
fn manifests_of_megabytes_wait_for_each_other() {
    let server = Running::serve(&["--anonymous-writes"]);
    let upload = |bytes: &[u8]| {
        let digest = Digest::of(Algorithm::Sha256, bytes);
        let begun = ask(server.address, "POST /v2/a/blobs/uploads/", &[], b"");
        let place = begun.header("location").expect("a place").to_owned();
        assert_eq!(ask(server.address, &format!("PUT {place}?digest={digest}"), &[], bytes).status, 201);
        digest
    };
    let config = upload(b"{}");
    let kind = "application/vnd.oci.image.manifest.v1+json";
    let manifest = |number: usize| {
        format!(
            r#"{{"schemaVersion":2,"mediaType":"{kind}","config":{{"mediaType":"x/y","digest":"{config}","size":2}},"layers":[],"annotations":{{"n":"{number}{}"}}}}"#,
            "x".repeat(3_900_000)
        )
    };
    let manifests: Vec<String> = (0..10).map(manifest).collect();
    let headers = [("Content-Type".to_owned(), kind.to_owned())];
    let line = |verb: &str, number: usize| format!("{verb} /v2/a/manifests/t{number}");
    let (headers, address) = (&headers, server.address);
    let put = |(number, text): (usize, &String)| {
        let (line, text) = (line("PUT", number), text.clone());
        move || ask(address, &line, headers, text.as_bytes())
    };
    assert!(together(manifests.iter().enumerate().map(put)).iter().all(|answer| answer.status == 201));
    let get = |number| {
        let line = line("GET", number);
        move || ask(address, &line, &[], b"")
    };
    for (answer, text) in together((0..10).map(get)).iter().zip(&manifests) {
        assert!(answer.body == text.as_bytes());
    }
}

#[test]
fn large_definitions_wait_for_each_other_alone_and_in_forms() {
    let server = Running::serve(&["--anonymous-writes", "--chart-post-form-field-name=extra"]);
    let large = |version: String| {
        let text = format!("apiVersion: v2\nname: a\nversion: {version}\ndescription: {}\n", "x ".repeat(490_000));
        archive(&text, |_| {})
    };
    let form = |number: usize| {
        let fields = ["chart", "extra"].map(|field| (field, "a.tgz", large(format!("2.{number}.0-{field}"))));
        let (kind, body) = form(&fields);
        (vec![("Content-Type".to_owned(), kind)], body)
    };
    let alone = (0..8).map(|number| (Vec::new(), large(format!("1.{number}.0"))));
    let requests: Vec<_> = alone.chain((0..5).map(form)).collect();
    let address = server.address;
    let line = "POST /api/charts";
    let answers = together(requests.iter().map(|(headers, body)| move || ask(address, line, headers, body)));
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [201; 13]);
    assert_eq!(versions(server.address, "a").len(), 18);
}
