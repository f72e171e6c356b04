use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chart::schema::References as _;

use super::*;

/// What a test server answers to each path, and how often it was asked.
struct Server {
    address: String,
    requests: Arc<AtomicUsize>,
}

impl Server {
    fn start(answers: &'static [(&'static str, &'static str)]) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let requests = Arc::new(AtomicUsize::new(0));
        let count = requests.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                let _ = stream.and_then(|stream| answer(stream, answers));
            }
        });
        Server { address, requests }
    }

    fn load(&self, references: &References, path: &str) -> Result<String, String> {
        load(references, &format!("http://{}{path}", self.address), 100)
            .map_err(|text| text.replace(&self.address, "HOST"))
    }
}

fn answer(mut stream: std::net::TcpStream, answers: &[(&str, &str)]) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let path = request.split(' ').nth(1).unwrap_or_default();
    let found = answers.iter().find(|(known, _)| *known == path).map_or("404 Not Found\r\n\r\n", |(_, text)| text);
    write!(stream, "HTTP/1.1 {}", found.replacen("\r\n", "\r\nConnection: close\r\n", 1))
}

fn load(references: &References, url: &str, limit_bytes: usize) -> Result<String, String> {
    match references.load(url, limit_bytes) {
        Ok(text) => Ok(String::from_utf8(text).expect("text")),
        Err(LoadError::TooLong) => Err("too long".to_owned()),
        Err(LoadError::Failed(error)) => Err(error.text),
    }
}

/// Flag, variable, and what they mean.
type Case = (Option<&'static str>, Option<&'static str>, Result<Allowed, &'static str>);

#[test]
fn the_flag_comes_before_the_variable() {
    let cases: [Case; 9] = [
        (None, None, Ok(Allowed::None)),
        (None, Some(""), Ok(Allowed::None)),
        (None, Some("file"), Ok(Allowed::File)),
        (None, Some("all"), Ok(Allowed::All)),
        (Some("none"), Some("all"), Ok(Allowed::None)),
        (Some("file"), Some("wrong"), Ok(Allowed::File)),
        (Some("all"), None, Ok(Allowed::All)),
        (
            Some(""),
            Some("all"),
            Err("invalid argument \"\" for \"--schema-references\" flag: must be one of: none, file, all"),
        ),
        (
            None,
            Some("yes"),
            Err("invalid value \"yes\" for PILOTHOUSE_SCHEMA_REFERENCES: must be one of: none, file, all"),
        ),
    ];
    for (flag, variable, wanted) in cases {
        let found = allowed(flag, variable).map_err(|failure| failure.message);
        assert_eq!(found, wanted.map_err(str::to_owned), "{flag:?} {variable:?}");
    }
}

#[test]
fn what_is_not_allowed_is_not_touched() {
    let server = Server::start(&[("/a.json", "200 OK\r\n\r\ntrue")]);
    let says = |what: &str, word: &str| {
        Err(format!(
            "references to {what} are followed only with --schema-references={word} or \
             PILOTHOUSE_SCHEMA_REFERENCES={word}; or move what is referred to into the schema's $defs"
        ))
    };
    let none = References::new(Allowed::None);
    assert_eq!(load(&none, "file:///dev/null", 10), says("files", "file"));
    assert_eq!(server.load(&none, "/a.json"), says("URLs", "all"));
    let file = References::new(Allowed::File);
    assert_eq!(load(&file, "file:///dev/null", 10), Ok(String::new()));
    assert_eq!(server.load(&file, "/a.json"), says("URLs", "all"));
    assert_eq!(load(&file, "https://localhost/a.json", 10), says("URLs", "all"));
    assert_eq!(server.requests.load(Ordering::SeqCst), 0);
}

#[test]
fn files_are_read_up_to_the_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().display().to_string();
    std::fs::write(folder.path().join("a b.json"), "[1, 2]").expect("a file");
    let references = References::new(Allowed::File);
    let cases = [
        (format!("file://{place}/a%20b.json"), 6, Ok("[1, 2]".to_owned())),
        (format!("file://some.host{place}/a%20b.json?query"), 6, Ok("[1, 2]".to_owned())),
        (format!("file://{place}/a%20b.json"), 5, Err("too long".to_owned())),
        ("file:///dev/zero".to_owned(), 5, Err("too long".to_owned())),
        (format!("file://{place}/none.json"), 6, Err(format!("open {place}/none.json: no such file or directory"))),
        (format!("file://{place}"), 6, Err(format!("read {place}: is a directory"))),
        ("file:///a%00b".to_owned(), 6, Err("open /a\0b: invalid argument".to_owned())),
        ("file:a.json".to_owned(), 6, Err("open : no such file or directory".to_owned())),
    ];
    for (url, limit_bytes, wanted) in cases {
        assert_eq!(load(&references, &url, limit_bytes), wanted, "{url}");
    }
}

#[test]
fn answers_of_servers_are_told_in_helms_words() {
    let server = Server::start(&[
        ("/a.json", "200 OK\r\n\r\n{\"type\": \"string\"}"),
        ("/moved.json", "302 Found\r\nLocation: /a.json\r\n\r\n"),
        ("/odd.json", "413 Whatever\r\n\r\n"),
        ("/loop.json", "302 Found\r\nLocation: /loop.json\r\n\r\n"),
        ("/cut.json", "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\""),
        ("/short.json", "200 OK\r\nContent-Length: 50\r\n\r\n{}"),
    ]);
    let schema = || Ok("{\"type\": \"string\"}".to_owned());
    let references = References::new(Allowed::All);
    let says = |text: &str| Err(text.to_owned());
    assert_eq!(server.load(&references, "/a.json"), schema());
    assert_eq!(server.load(&references, "/moved.json"), schema());
    let text = "HTTP request to http://HOST/none.json returned status 404 (Not Found)";
    assert_eq!(server.load(&references, "/none.json"), says(text));
    let text = "HTTP request to http://HOST/odd.json returned status 413 (Request Entity Too Large)";
    assert_eq!(server.load(&references, "/odd.json"), says(text));
    assert_eq!(server.load(&references, "/short.json"), says("unexpected EOF"));
    assert_eq!(server.load(&references, "/cut.json"), says("unexpected EOF"));
    // Go names the last redirect as the server wrote it.
    let text = "HTTP request failed for http://HOST/loop.json: Get \"/loop.json\": stopped after 10 redirects";
    assert_eq!(server.load(&references, "/loop.json"), says(text));
    let text = "HTTP request failed for http:///a.json: Get \"http:///a.json\": http: no Host in request URL";
    assert_eq!(load(&references, "http:///a.json", 10), says(text));
}

#[test]
fn a_document_is_fetched_once() {
    let server = Server::start(&[("/a.json", "200 OK\r\n\r\ntrue")]);
    let references = References::new(Allowed::All);
    assert_eq!(server.load(&references, "/a.json"), Ok("true".to_owned()));
    assert_eq!(server.load(&references, "/a.json"), Ok("true".to_owned()));
    assert_eq!(server.requests.load(Ordering::SeqCst), 1);
    assert_eq!(load(&references, &format!("http://{}/a.json", server.address), 3), Err("too long".to_owned()));
}

#[test]
fn urns_are_new_once() {
    let references = References::new(Allowed::None);
    let found = ["urn:a:b", "urn:a:b", "urn:a:c"].map(|urn| references.is_new_urn(urn));
    assert_eq!(found, [true, false, true]);
}
