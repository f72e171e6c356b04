//! Through a proxy that speaks SOCKS, as the real Helm goes: names are looked up by the proxy, and what goes wrong has the
//! same words.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use peers::certificates::Certificates;
use peers::files::{Options as FileOptions, Server};
use peers::registry::{Access, Registry};
use peers::socks::{Options, Socks};

/// A chart on a server that only the proxy knows by its name.
struct Place {
    folder: tempfile::TempDir,
    server: Server,
}

impl Place {
    fn new(certificates: Option<Certificates>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let files = folder.path().join("files");
        std::fs::create_dir(&files).expect("a folder");
        let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/keys/app-0.1.0.tgz");
        std::fs::copy(archive, files.join("app-0.1.0.tgz")).expect("an archive");
        let entry = "{apiVersion: v2, name: app, version: 0.1.0, urls: [app-0.1.0.tgz]}";
        std::fs::write(files.join("index.yaml"), format!("apiVersion: v1\nentries:\n  app:\n  - {entry}\n"))
            .expect("a file");
        if let Some(certificates) = &certificates {
            certificates.write(folder.path()).expect("certificates");
        }
        let tls = certificates.map(|certificates| (Arc::new(certificates), false));
        let server = Server::start(FileOptions { folder: files, tls, ..FileOptions::default() }).expect("a server");
        Place { folder, server }
    }

    fn proxy(&self, change: impl FnOnce(&mut Options)) -> Socks {
        let mut options = Options { to: self.server.address(), user: None, refuses: None };
        change(&mut options);
        Socks::start(options).expect("a proxy")
    }

    /// Runs a command in ours and in Helm, through a proxy; both must say the same. Returns exit code, stdout and stderr.
    fn both(&self, line: &str, proxy: &str) -> (i32, String, String) {
        let helm = testbed::helm().expect("the real helm");
        let [ours, theirs] = [Path::new(env!("CARGO_BIN_EXE_pilothouse")), &helm].map(|program| {
            let home = tempfile::tempdir_in(self.folder.path()).expect("a folder");
            let mut command = Command::new(program);
            command.args(line.split_whitespace()).current_dir(self.folder.path()).env_clear();
            command.env("HOME", home.path()).env("HTTP_PROXY", proxy).env("HTTPS_PROXY", proxy);
            let Output { status, stdout, stderr } = command.output().expect("the program starts");
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            (status.code().unwrap_or(-1), text(&stdout), text(&stderr))
        });
        assert_eq!(ours, theirs, "{line}");
        ours
    }
}

#[test]
fn charts_and_indexes_come_through_a_proxy() {
    let place = Place::new(None);
    for scheme in ["socks5", "socks5h"] {
        let proxy = place.proxy(|_| {});
        let address = format!("{scheme}://{}", proxy.host());
        for line in [
            "show chart http://charts.example/app-0.1.0.tgz",
            "show chart app --repo http://charts.example:8080",
            "repo add x http://charts.example",
        ] {
            let (code, _, err) = place.both(line, &address);
            assert_eq!((code, err.as_str()), (0, ""), "{line}");
        }
        let mut targets = proxy.targets();
        targets.dedup();
        assert!(
            targets.starts_with(&["charts.example:80".to_owned(), "charts.example:8080".to_owned()]),
            "{targets:?}"
        );
    }
}

#[test]
fn what_is_encrypted_and_registries_come_through_a_proxy() {
    let place = Place::new(Some(Certificates::of_server(&["charts.example"]).expect("certificates")));
    let proxy = place.proxy(|options| options.user = Some(("u".to_owned(), "p w".to_owned())));
    let address = format!("socks5://u:p%20w@{}", proxy.host());
    let (code, out, err) = place.both("show chart https://charts.example/app-0.1.0.tgz --ca-file ca.crt", &address);
    assert!(code == 0 && out.contains("name: app"), "{err}");
    assert!(proxy.targets().iter().all(|target| target == "charts.example:443"), "{:?}", proxy.targets());
    let registry = Registry::start(Access::Everybody);
    let to: SocketAddr = registry.host().parse().expect("an address");
    let proxy = place.proxy(|options| options.to = to);
    let address = format!("socks5://{}", proxy.host());
    let (code, _, err) = place.both("push files/app-0.1.0.tgz oci://charts.example/c --plain-http", &address);
    assert_eq!(code, 0, "{err}");
    let (code, _, err) = place.both("show chart oci://charts.example/c/app --version 0.1.0 --plain-http", &address);
    assert_eq!(code, 0, "{err}");
}

#[test]
fn proxies_that_refuse_are_told_as_helm_does() {
    let place = Place::new(None);
    let line = "show chart http://charts.example/app-0.1.0.tgz";
    let replies = [
        (1, "general SOCKS server failure"),
        (2, "connection not allowed by ruleset"),
        (3, "network unreachable"),
        (4, "host unreachable"),
        (5, "connection refused"),
        (6, "TTL expired"),
        (7, "command not supported"),
        (8, "address type not supported"),
    ];
    for (reply, words) in replies {
        let proxy = place.proxy(|options| options.refuses = Some(reply));
        let (code, _, err) = place.both(line, &format!("socks5://{}", proxy.host()));
        assert!(code == 1 && err.contains(&format!("->charts.example:80: unknown error {words}")), "{err}");
    }
    let proxy = place.proxy(|options| options.user = Some(("u".to_owned(), "p".to_owned())));
    for user in ["", "u:wrong@"] {
        let (code, _, err) = place.both(line, &format!("socks5://{user}{}", proxy.host()));
        assert!(code == 1 && err.contains("socks connect tcp "), "{err}");
    }
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
    let (code, _, err) = place.both(line, &format!("socks5://{nobody}"));
    assert!(code == 1 && err.contains("connection refused"), "{err}");
}
