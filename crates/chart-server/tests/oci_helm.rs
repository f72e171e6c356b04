//! Real Helm as the client of the registry: what it pushes is in the index, what was uploaded it pulls.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use chart_server::oci::{self, Open, Rules};
use chart_store::{Algorithm, Config, Policy, Store};
use tokio::runtime::Runtime;

struct Registry {
    store: Store,
    address: SocketAddr,
    folder: tempfile::TempDir,
    runtime: Runtime,
}

impl Registry {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("pulled")).expect("a folder");
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
        let (store, address) = runtime.block_on(async {
            let store = Store::open(Config::folder(folder.path().join("store"))).await.expect("a store");
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("an address");
            let registry = oci::Registry::new(store.clone(), Arc::new(Open), Rules::default());
            let routes = axum::Router::new().fallback(move |request| registry.clone().answer(request));
            tokio::spawn(async move { axum::serve(listener, routes).await });
            (store, address)
        });
        Registry { store, address, folder, runtime }
    }

    fn url(&self, path: &str) -> String {
        format!("oci://{}/{path}", self.address)
    }

    /// Runs real Helm at home in the folder; `None`, and told so, where it is not there.
    fn helm(&self, arguments: &[&str]) -> Option<Output> {
        let program = match testbed::helm() {
            Ok(program) => program,
            Err(error) => {
                eprintln!("SKIPPED: {error}");
                return None;
            }
        };
        let mut command = Command::new(program);
        for (variable, folder) in
            [("HELM_CACHE_HOME", "c"), ("HELM_CONFIG_HOME", "f"), ("HELM_DATA_HOME", "d"), ("HOME", "h")]
        {
            command.env(variable, self.folder.path().join(folder));
        }
        Some(command.current_dir(self.folder.path()).args(arguments).output().expect("helm runs"))
    }

    fn must(&self, arguments: &[&str]) -> Option<String> {
        let output = self.helm(arguments)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        Some(text(&output.stdout) + &text(&output.stderr))
    }

    fn versions(&self, tenant: &str, name: &str) -> Vec<String> {
        self.runtime.block_on(self.store.versions(tenant, name)).expect("versions")
    }
}

fn same(one: &Path, other: &Path) {
    assert!(
        std::fs::read(one).expect("a file") == std::fs::read(other).expect("a file"),
        "{} {}",
        one.display(),
        other.display()
    );
}

#[test]
fn helm_pushes_and_pulls_charts() {
    let registry = Registry::start();
    let Some(_) = registry.must(&["create", "demo"]) else { return };
    for version in ["1.0.0", "1.1.0-rc.1+build.7"] {
        registry.must(&["package", "demo", "--version", version]);
        let file = format!("demo-{version}.tgz");
        let first = registry.must(&["push", &file, &registry.url("org/team"), "--plain-http"]);
        assert_eq!(registry.must(&["push", &file, &registry.url("org/team"), "--plain-http"]), first, "again is fine");
        registry.must(&["pull", &registry.url("org/team/demo"), "--version", version, "--plain-http", "-d", "pulled"]);
        same(&registry.folder.path().join(&file), &registry.folder.path().join("pulled").join(&file));
    }
    assert_eq!(registry.versions("org/team", "demo"), ["1.1.0-rc.1+build.7", "1.0.0"]);
    let newest = registry.must(&["show", "chart", &registry.url("org/team/demo"), "--plain-http"]);
    assert!(newest.is_some_and(|text| text.contains("version: 1.0.0")), "the newest that is no prerelease");
    registry.must(&["template", "x", &registry.url("org/team/demo"), "--plain-http", "--version", "~1.0"]);
}

#[test]
fn helm_pulls_what_was_uploaded() {
    let registry = Registry::start();
    let Some(_) = registry.must(&["create", "demo"]) else { return };
    registry.must(&["package", "demo", "--version", "2.0.0+x"]);
    let file = registry.folder.path().join("demo-2.0.0+x.tgz");
    let bytes = std::fs::read(&file).expect("an archive");
    registry.runtime.block_on(async {
        let mut spool = registry.store.spool(Algorithm::Sha256, 1 << 20);
        spool.write(&bytes).await.expect("room");
        let spooled = spool.finish().await.expect("a body");
        registry.store.put_chart("org", spooled, None, Policy::default()).await.expect("saved");
    });
    let pulled = registry.must(&["pull", &registry.url("org/demo"), "--plain-http", "-d", "pulled"]);
    assert!(pulled.is_some_and(|text| text.contains("Digest: sha256:")));
    same(&file, &registry.folder.path().join("pulled/demo-2.0.0+x.tgz"));
    // Pushing the same package moves the tag to Helm's manifest; the version stays one.
    registry.must(&["push", "demo-2.0.0+x.tgz", &registry.url("org"), "--plain-http"]);
    assert_eq!(registry.versions("org", "demo"), ["2.0.0+x"]);
}
