//! TLS: certificates of clients, certificates that are renewed while the server runs, the choice between HTTP/2 and 1.1.

mod archives;
mod process;
mod running;
mod wire;

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper_util::rt::{TokioExecutor, TokioIo};
use process::Process;
use running::Running;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use testbed::until;
use wire::{head, read};

type Pair = (rcgen::Certificate, rcgen::KeyPair);
type Connection = StreamOwned<ClientConnection, TcpStream>;

#[test]
fn a_server_where_one_is_asked_for() {
    process::serve_if_asked();
}

/// An authority, and certificates of it.
struct Authority(rcgen::CertifiedIssuer<'static, rcgen::KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = rcgen::KeyPair::generate().expect("a key");
        Authority(rcgen::CertifiedIssuer::self_signed(params, key).expect("an authority"))
    }

    fn pair(&self) -> Pair {
        let key = rcgen::KeyPair::generate().expect("a key");
        let params = rcgen::CertificateParams::new(vec!["localhost".into(), "127.0.0.1".into()]).expect("parameters");
        (params.signed_by(&key, &self.0).expect("a certificate"), key)
    }

    /// How a client of this authority connects.
    fn client(&self, identity: Option<&Pair>, protocols: &[&str]) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).expect("an authority");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.expect("versions").with_root_certificates(roots);
        let mut config = match identity {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
                builder.with_client_auth_cert(vec![certificate.der().clone()], key).expect("an identity")
            }
        };
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Arc::new(config)
    }
}

/// The files of a server.
struct Files(tempfile::TempDir);

impl Files {
    fn new(pair: &Pair) -> Self {
        let files = Files(tempfile::tempdir().expect("a folder"));
        files.write_pair(pair);
        files
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Writes a file as those do who renew certificates: whole, in the place of the old one.
    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path("new"), text).expect("a file");
        std::fs::rename(self.path("new"), self.path(name)).expect("in its place");
    }

    fn write_pair(&self, (certificate, key): &Pair) {
        self.write("key.pem", &key.serialize_pem());
        self.write("cert.pem", &certificate.pem());
    }

    fn flags(&self, with_clients: bool) -> Vec<String> {
        let flag = |flag: &str, name: &str| format!("--{flag}={}", self.path(name));
        let mut flags = vec![flag("tls-cert", "cert.pem"), flag("tls-key", "key.pem"), flag("data", "data")];
        flags.extend(with_clients.then(|| flag("tls-ca-cert", "ca.pem")));
        flags
    }
}

fn connect(address: SocketAddr, config: &Arc<ClientConfig>) -> Connection {
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(config.clone(), name).expect("TLS");
    StreamOwned::new(connection, TcpStream::connect(address).expect("a connection"))
}

/// The status that a request gets; 0 where none comes.
fn status(stream: &mut Connection, address: SocketAddr) -> u16 {
    let _ = stream.write_all(head(address, "GET /health", &[], 0).as_bytes());
    read(stream, false).status
}

/// The certificate that the server shows.
fn shown(address: SocketAddr, config: &Arc<ClientConfig>) -> Option<CertificateDer<'static>> {
    let mut stream = connect(address, config);
    status(&mut stream, address);
    Some(stream.conn.peer_certificates()?.first()?.clone().into_owned())
}

#[test]
fn clients_need_a_certificate_where_one_is_asked_for() {
    let authority = Authority::new();
    let files = Files::new(&authority.pair());
    files.write("ca.pem", &authority.0.pem());
    let flags = files.flags(true);
    let server = Running::serve(&flags.iter().map(String::as_str).collect::<Vec<_>>());
    let ask = |identity: Option<&Pair>| {
        status(&mut connect(server.address, &authority.client(identity, &[])), server.address)
    };
    assert_eq!(ask(Some(&authority.pair())), 200);
    assert_eq!(ask(None), 0);
    assert_eq!(ask(Some(&Authority::new().pair())), 0);
}

const READ: &str = "Certificates read again";
const REFUSED: &str = "Cannot use the new certificates: the old ones stay";

/// Asks a server to read its certificates, and waits for so many lines of the log that say what came of it.
fn hang_up(server: &Process, line: &str, count: usize) {
    server.signal("HUP");
    let told = || Ok((server.lines(line) == count).then_some(()));
    until(line, Duration::from_secs(180), told).expect("a line of the log");
}

#[test]
fn sighup_renews_certificates_and_those_of_clients() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (old, new) = (authority.pair(), authority.pair());
    let files = Files::new(&old);
    files.write("ca.pem", &authority.0.pem());
    let server = Process::start(&files.flags(true), &[]);
    let of = |identity: &Pair| authority.client(Some(identity), &[]);
    let (mine, others) = (of(&authority.pair()), of(&other.pair()));
    let mut open = connect(server.address, &mine);
    open.conn.complete_io(&mut open.sock).expect("a handshake");
    assert_eq!(shown(server.address, &mine).as_ref(), Some(old.0.der()));
    assert_eq!(status(&mut connect(server.address, &others), server.address), 0);

    files.write_pair(&new);
    files.write("ca.pem", &other.0.pem());
    hang_up(&server, READ, 1);
    assert_eq!(shown(server.address, &others).as_ref(), Some(new.0.der()));
    assert_eq!(status(&mut connect(server.address, &others), server.address), 200);
    assert_eq!(status(&mut connect(server.address, &mine), server.address), 0);
    assert_eq!(status(&mut open, server.address), 200, "who is connected stays so");

    files.write("cert.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n");
    hang_up(&server, REFUSED, 1);
    assert_eq!(shown(server.address, &others).as_ref(), Some(new.0.der()));
    files.write_pair(&old);
    hang_up(&server, READ, 2);
    assert_eq!(shown(server.address, &others).as_ref(), Some(old.0.der()));
    assert_eq!(server.lines(REFUSED), 1);
}

#[test]
fn files_that_change_are_read_again() {
    let authority = Authority::new();
    let (old, new) = (authority.pair(), authority.pair());
    let files = Files::new(&old);
    let server = Process::start(&files.flags(false), &[]);
    let config = authority.client(None, &[]);
    assert_eq!(shown(server.address, &config).as_ref(), Some(old.0.der()));
    files.write_pair(&new);
    let renewed = || Ok((shown(server.address, &config).as_ref() == Some(new.0.der())).then_some(()));
    until("the new certificate", Duration::from_secs(180), renewed).expect("the new certificate");
}

#[test]
fn without_tls_sighup_ends_the_server_as_it_ends_other_programs() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Process::start(&[format!("--data={}", folder.path().display())], &[]);
    server.signal("HUP");
    let gone = || Ok(TcpStream::connect(server.address).is_err().then_some(()));
    until("its end", Duration::from_secs(180), gone).expect("an end");
}

#[test]
fn real_helm_pushes_and_pulls() {
    let helm = match testbed::helm() {
        Ok(helm) => helm,
        Err(error) => return eprintln!("SKIPPED: {error}"),
    };
    let authority = Authority::new();
    let files = Files::new(&authority.pair());
    files.write("ca.pem", &authority.0.pem());
    let mut flags = files.flags(false);
    flags.push("--anonymous-writes".to_owned());
    let server = Running::serve(&flags.iter().map(String::as_str).collect::<Vec<_>>());
    let port = server.address.port();
    let package = archives::chart("a", "1.0.0", 3_000_000);
    std::fs::write(files.path("a-1.0.0.tgz"), &package).expect("a file");
    let run = |line: String| {
        let mut command = std::process::Command::new(&helm);
        for (variable, folder) in
            [("HELM_CACHE_HOME", "c"), ("HELM_CONFIG_HOME", "f"), ("HELM_DATA_HOME", "d"), ("HOME", "h")]
        {
            command.env(variable, files.path(folder));
        }
        // It tells of each frame, where HTTP/2 is spoken.
        command.env("GODEBUG", "http2debug=2");
        command.args(line.split(' ')).env("SSL_CERT_FILE", files.path("ca.pem")).current_dir(files.0.path());
        let output = command.output().expect("helm runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{line}: {said}");
        said.contains("http2: ")
    };
    std::fs::create_dir_all(files.path("pulled")).expect("a folder");
    // Helm speaks HTTP/2 with registries only.
    assert!(run(format!("push a-1.0.0.tgz oci://localhost:{port}")));
    assert!(run(format!("pull oci://localhost:{port}/a --version 1.0.0 -d pulled")));
    assert!(!run(format!("repo add ours https://localhost:{port}")));
    assert!(!run("pull ours/a --version 1.0.0 -d .".to_owned()));
    for file in ["pulled/a-1.0.0.tgz", "a-1.0.0.tgz"] {
        assert!(std::fs::read(files.path(file)).expect("a file") == package, "{file}");
    }
}

#[test]
fn client_and_server_choose_the_better_version_that_both_speak() {
    let authority = Authority::new();
    let files = Files::new(&authority.pair());
    let flags = files.flags(false);
    let server = Running::serve(&flags.iter().map(String::as_str).collect::<Vec<_>>());
    for (offered, agreed) in [
        (&["h2", "http/1.1"][..], Some("h2")),
        (&["http/1.1", "h2"], Some("h2")),
        (&["http/1.1"], Some("http/1.1")),
        (&[], None),
    ] {
        let mut stream = connect(server.address, &authority.client(None, offered));
        stream.conn.complete_io(&mut stream.sock).expect("a handshake");
        assert_eq!(stream.conn.alpn_protocol(), agreed.map(str::as_bytes), "{offered:?}");
        if agreed != Some("h2") {
            assert_eq!(status(&mut stream, server.address), 200, "{offered:?}");
        }
    }
    let mut stream = connect(server.address, &authority.client(None, &["spdy/3"]));
    assert!(stream.conn.complete_io(&mut stream.sock).is_err());
    let config = authority.client(None, &["h2"]);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let status = runtime.expect("a thread").block_on(async {
        let stream = tokio::net::TcpStream::connect(server.address).await.expect("a connection");
        let name = ServerName::try_from("localhost").expect("a name");
        let stream = tokio_rustls::TlsConnector::from(config).connect(name, stream).await.expect("TLS");
        let shaken = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
        let (mut client, connection) = shaken.expect("HTTP/2");
        tokio::spawn(connection);
        let request = hyper::Request::get("https://localhost/health").body(Empty::<Bytes>::new()).expect("a request");
        client.send_request(request).await.expect("an answer").status()
    });
    assert_eq!(status, 200);
}
