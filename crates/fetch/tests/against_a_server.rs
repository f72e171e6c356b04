//! The client against a real server: bodies, redirects, credentials, TLS, faults, and Go's words for all of them.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use fetch::{Bounds, Client, Compression, Failure, Known, Request, Retry, TlsOptions};
use peers::certificates::Certificates;
use peers::files::{Options, Rule, Server};

const TIMEOUT: Duration = Duration::from_secs(20);
const BOUNDS: Bounds = Bounds { limit_bytes: 100_000, timeout: TIMEOUT };
const RETRY: Retry = Retry { times: 2, first_pause: Duration::ZERO };

struct Site {
    folder: tempfile::TempDir,
    server: Server,
}

impl Site {
    fn new(options: Options) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.yaml"), "a: 1\n").expect("a file");
        let server = Server::start(Options { folder: folder.path().to_owned(), ..options }).expect("a server");
        Site { folder, server }
    }

    fn plain() -> Self {
        Site::new(Options::default())
    }

    fn with_rule(path: &str, rules: Vec<Rule>) -> Self {
        Site::new(Options { rules: HashMap::from([(path.to_owned(), rules)]), ..Options::default() })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.url())
    }
}

fn get(client: &Client, url: &str) -> Result<String, String> {
    client
        .get(url, &BOUNDS)
        .map(|body| String::from_utf8_lossy(&body).into_owned())
        .map_err(|failure| failure.text(url, BOUNDS.limit_bytes as u64))
}

fn client() -> Client {
    Client::new(Compression::None).retrying(RETRY)
}

#[test]
fn a_body_and_what_is_sent_for_it() {
    let site = Site::plain();
    assert_eq!(get(&client(), &site.url("/a.yaml")).as_deref(), Ok("a: 1\n"));
    let seen = &site.server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("GET", "/a.yaml"));
    assert_eq!(seen.header("user-agent"), Some("Helm/4.3.1"));
    assert_eq!((seen.header("accept"), seen.header("accept-encoding")), (None, None));
}

#[test]
fn statuses_have_the_words_of_the_server() {
    let site = Site::with_rule("/a.yaml", vec![Rule::Status(404, "File not found".into())]);
    let url = site.url("/a.yaml");
    assert_eq!(get(&client(), &url), Err(format!("failed to fetch {url} : 404 File not found")));
    let url = site.url("/b.yaml");
    assert_eq!(get(&client(), &url), Err(format!("failed to fetch {url} : 404 Not Found")));
}

#[test]
fn packed_bodies_are_unpacked_where_asked_for() {
    let site = Site::new(Options { gzip: true, ..Options::default() });
    assert_eq!(get(&Client::new(Compression::Gzip), &site.url("/a.yaml")).as_deref(), Ok("a: 1\n"));
    assert_eq!(site.server.seen()[0].header("accept-encoding"), Some("gzip"));
}

#[test]
fn bombs_are_too_long() {
    let site = Site::new(Options { gzip: true, ..Options::default() });
    std::fs::write(site.folder.path().join("bomb"), vec![b' '; 10_000_000]).expect("a file");
    let answer = Client::new(Compression::Gzip).get(&site.url("/bomb"), &BOUNDS);
    assert_eq!(answer, Err(Failure::TooLong));
}

#[test]
fn what_is_known_is_left_out() {
    let site = Site::new(Options { etag: true, ..Options::default() });
    let url = site.url("/a.yaml");
    let mut body = Vec::new();
    let first = client().download(&Request::new(&url, TIMEOUT, 100), &mut body).expect("an answer");
    assert_eq!((first.status, body.as_slice()), (200, b"a: 1\n".as_slice()));
    let known = Known { etag: first.etag.expect("an ETag"), last_modified: String::new() };
    body.clear();
    let request = Request { known: Some(&known), ..Request::new(&url, TIMEOUT, 100) };
    let second = client().download(&request, &mut body).expect("an answer");
    assert_eq!((second.status, body.len()), (304, 0));
}

#[test]
fn redirects_are_followed_nine_times() {
    let site = Site::with_rule("/r", vec![Rule::Redirect(302, "/a.yaml".into())]);
    assert_eq!(get(&client(), &site.url("/r")).as_deref(), Ok("a: 1\n"));
    assert_eq!(site.server.seen()[1].header("referer"), Some(&*site.url("/r")));
    site.server.rule("/loop", vec![Rule::Always(Box::new(Rule::Redirect(301, "/loop".into())))]);
    let text = "Get \"/loop\": stopped after 10 redirects";
    assert_eq!(get(&client(), &site.url("/loop")), Err(text.to_owned()));
    assert_eq!(site.server.seen().len(), 12);
}

#[test]
fn credentials_do_not_go_to_other_hosts() {
    let (site, other) = (Site::plain(), Site::plain());
    let elsewhere = format!("http://localhost:{}/a.yaml", other.server.address().port());
    site.server.rule("/r", vec![Rule::Redirect(307, elsewhere)]);
    site.server.rule("/s", vec![Rule::Redirect(307, "/a.yaml".into())]);
    for path in ["/r", "/s"] {
        let url = site.url(path);
        let request = Request { basic: Some(("u", "p")), ..Request::new(&url, TIMEOUT, 100) };
        client().download(&request, &mut Vec::new()).expect("an answer");
    }
    let known: Vec<bool> = site.server.seen().iter().map(|seen| seen.header("authorization").is_some()).collect();
    assert_eq!(known, [true, true, true]);
    assert_eq!(other.server.seen()[0].header("authorization"), None);
}

#[test]
fn users_of_urls_are_sent_and_not_shown() {
    let site = Site::new(Options { user: Some(("u".into(), "p w".into())), ..Options::default() });
    let address = site.server.address();
    assert_eq!(get(&client(), &format!("http://u:p%20w@{address}/a.yaml")).as_deref(), Ok("a: 1\n"));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let nobody = listener.local_addr().expect("an address");
    drop(listener);
    let text = format!("Get \"http://u:***@{nobody}/x\": dial tcp {nobody}: connect: connection refused");
    assert_eq!(get(&client(), &format!("http://u:p@{nobody}/x")), Err(text));
}

#[test]
fn what_fails_for_the_moment_is_tried_again() {
    let busy = || Rule::Status(503, "Service Unavailable".into());
    for faults in [vec![busy(), busy()], vec![Rule::Silence, Rule::Silence], vec![Rule::Cut(2), busy()]] {
        let site = Site::with_rule("/a.yaml", faults.clone());
        assert_eq!(get(&client(), &site.url("/a.yaml")).as_deref(), Ok("a: 1\n"), "{faults:?}");
        assert_eq!(site.server.seen().len(), 3);
    }
    let site = Site::with_rule("/a.yaml", vec![Rule::Always(Box::new(busy()))]);
    let url = site.url("/a.yaml");
    assert_eq!(get(&client(), &url), Err(format!("failed to fetch {url} : 503 Service Unavailable")));
    assert_eq!(site.server.seen().len(), 3);
}

#[test]
fn what_stays_broken_is_told_in_gos_words() {
    let site = Site::with_rule("/cut", vec![Rule::Cut(2)]);
    std::fs::write(site.folder.path().join("cut"), "abcdef").expect("a file");
    site.server.rule("/silent", vec![Rule::Silence]);
    site.server.rule("/stall", vec![Rule::Stall]);
    let client = Client::new(Compression::None).retrying(Retry::NEVER);
    assert_eq!(get(&client, &site.url("/cut")), Err("unexpected EOF".to_owned()));
    let silent = site.url("/silent");
    assert_eq!(get(&client, &silent), Err(format!("Get {silent:?}: EOF")));
    let (url, bounds) = (site.url("/stall"), Bounds { timeout: Duration::from_millis(50), ..BOUNDS });
    let text = format!("Get {url:?}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
    assert_eq!(client.get(&url, &bounds), Err(Failure::Request(text)));
}

#[test]
fn urls_that_lead_nowhere() {
    for (url, text) in [
        ("http:///x", "Get \"http:///x\": http: no Host in request URL"),
        ("http://[::1/x", "parse \"http://[::1/x\": missing ']' in host"),
        ("ftp://h/x", "Get \"ftp://h/x\": unsupported protocol scheme \"ftp\""),
    ] {
        assert_eq!(get(&client(), url), Err(text.to_owned()));
    }
}

/// A site with TLS, and what clients need for it.
fn secure(certificates: Certificates, demands_client: bool) -> (Site, TlsOptions, TlsOptions) {
    let certificates = Arc::new(certificates);
    let site = Site::new(Options { tls: Some((certificates.clone(), demands_client)), ..Options::default() });
    let files = certificates.write(&site.folder.path().join("tls")).expect("files");
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let trusting = TlsOptions { ca_file: text(files.authority), ..TlsOptions::default() };
    let known = TlsOptions { cert_file: text(files.client), key_file: text(files.client_key), ..trusting.clone() };
    (site, trusting, known)
}

fn with_tls(options: &TlsOptions) -> Client {
    Client::with_tls(options, Compression::None).map_err(|error| error.text).expect("a client").retrying(RETRY)
}

#[test]
fn authorities_that_the_user_names_are_trusted() {
    let (site, trusting, _) = secure(Certificates::new().expect("certificates"), false);
    let url = site.url("/a.yaml");
    assert_eq!(get(&with_tls(&trusting), &url).as_deref(), Ok("a: 1\n"));
    let anyone = TlsOptions { insecure_skip_verify: true, ..TlsOptions::default() };
    assert_eq!(get(&with_tls(&anyone), &url).as_deref(), Ok("a: 1\n"));
    let (_other, others, _) = secure(Certificates::new().expect("certificates"), false);
    let text = "tls: failed to verify certificate: x509: certificate signed by unknown authority";
    assert_eq!(get(&with_tls(&others), &url), Err(format!("Get {url:?}: {text}")));
}

#[test]
fn a_certificate_may_be_its_own_authority() {
    let (site, trusting, _) = secure(Certificates::self_signed().expect("certificates"), false);
    assert_eq!(get(&with_tls(&trusting), &site.url("/a.yaml")).as_deref(), Ok("a: 1\n"));
}

#[test]
fn names_of_certificates_count() {
    for (name, text) in [
        ("a.example", "cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs"),
        ("10.0.0.1", "certificate is valid for 10.0.0.1, not 127.0.0.1"),
    ] {
        let (site, trusting, _) = secure(Certificates::of_server(&[name]).expect("certificates"), false);
        let url = site.url("/a.yaml");
        let text = format!("Get {url:?}: tls: failed to verify certificate: x509: {text}");
        assert_eq!(get(&with_tls(&trusting), &url), Err(text));
        let url = url.replace("127.0.0.1", "localhost");
        let text = match name {
            "a.example" => "certificate is valid for a.example, not localhost",
            _ => "certificate is not valid for any names, but wanted to match localhost",
        };
        let text = format!("Get {url:?}: tls: failed to verify certificate: x509: {text}");
        assert_eq!(get(&with_tls(&trusting), &url), Err(text));
    }
}

#[test]
fn servers_may_want_certificates_of_clients() {
    let (site, trusting, known) = secure(Certificates::new().expect("certificates"), true);
    let url = site.url("/a.yaml");
    assert_eq!(get(&with_tls(&known), &url).as_deref(), Ok("a: 1\n"));
    let text = "remote error: tls: certificate required";
    assert_eq!(get(&with_tls(&trusting), &url), Err(format!("Get {url:?}: {text}")));
}

#[test]
fn plain_servers_are_no_tls_servers() {
    let site = Site::plain();
    let url = site.url("/a.yaml").replace("http:", "https:");
    let text = format!("Get {url:?}: http: server gave HTTP response to HTTPS client");
    assert_eq!(get(&client(), &url), Err(text));
}

#[test]
fn servers_of_other_protocols_are_no_tls_servers() {
    for greeting in ["SSH-2.0-OpenSSH_9.2\r\n", "<!DOCTYPE HTML>\n", "HTTPS?\n"] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("https://{}/", listener.local_addr().expect("an address"));
        let answering = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            stream.write_all(greeting.as_bytes()).expect("a greeting");
            // Until the client hangs up: what it did not read would else be lost.
            let _ = stream.read_to_end(&mut Vec::new());
        });
        let text = format!("Get {url:?}: tls: first record does not look like a TLS handshake");
        assert_eq!(get(&client(), &url), Err(text), "{greeting}");
        answering.join().expect("an end");
    }
}

#[test]
fn files_of_tls_that_are_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = Certificates::new().expect("certificates").write(folder.path()).expect("files");
    let other = Certificates::new().expect("certificates").write(&folder.path().join("other")).expect("files");
    let text = |path: &PathBuf| path.to_string_lossy().into_owned();
    let empty = text(&folder.path().join("empty"));
    std::fs::write(&empty, "nothing").expect("a file");
    let (client, key) = (text(&files.client), text(&files.client_key));
    let pair = "unable to load cert from key pair: tls: ";
    for (ca, cert, key, error) in [
        ("missing", "", "", "can't read CA file: \"missing\": open missing: no such file or directory".to_owned()),
        (&*empty, "", "", "failed to append certificates from pem block".to_owned()),
        ("", "x", "y", "unable to read cert file: \"x\": open x: no such file or directory".to_owned()),
        ("", &*client, "", "unable to read key file: \"\": open : no such file or directory".to_owned()),
        ("", &*empty, &*key, format!("{pair}failed to find any PEM data in certificate input")),
        ("", &*client, &*empty, format!("{pair}failed to find any PEM data in key input")),
        ("", &*client, &*text(&other.client_key), format!("{pair}private key does not match public key")),
    ] {
        let options = TlsOptions {
            ca_file: ca.to_owned(),
            cert_file: cert.to_owned(),
            key_file: key.to_owned(),
            insecure_skip_verify: false,
        };
        let made = Client::with_tls(&options, Compression::None);
        assert_eq!(made.err().map(|error| error.text), Some(error));
    }
}
