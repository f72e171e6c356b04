//! A running cluster as tests use it, whoever started it: its API, namespaces, users and audit log.

use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;

use crate::api::Api;
use crate::audit::{self, Mark, Request};
use crate::certificates::Authority;
use crate::folder::Folder;
use crate::kubeconfig::{Login, text};
use crate::options::Options;
use crate::own::OwnCluster;
use crate::rights::{self, Rule, Scope, User};
use crate::{peers, shared, wait};

/// The administrator's kubeconfig in the folder of a cluster.
pub const ADMIN: &str = "admin.kubeconfig";
/// The file that holds the URL of the API server; it is there once the cluster is ready.
pub const SERVER: &str = "server";
/// A new namespace has its service account within milliseconds; a busy machine takes longer.
const PATIENCE: Duration = Duration::from_secs(180);

/// The group whose members may do everything.
const ADMINISTRATORS: &str = "system:masters";

pub struct Cluster {
    folder: Folder,
    server: String,
    authority: Authority,
    api: Api,
}

impl Cluster {
    /// Starts a cluster and waits until it is ready. It ends with the returned value, or with this process.
    pub fn start(options: Options) -> Result<OwnCluster, String> {
        OwnCluster::start(&options)
    }

    /// The cluster that the tests of one run share: the one that `PILOTHOUSE_TESTBED` names, else one of this process.
    pub fn shared() -> Result<&'static Cluster, String> {
        shared::cluster()
    }

    /// The cluster in a folder, which another process started.
    pub fn open(folder: &Path) -> Result<Cluster, String> {
        let folder = Folder::new(folder);
        let server = folder.read(SERVER)?;
        let authority = Authority::open(&folder)?;
        Cluster::with(folder, server, authority)
    }

    pub(crate) fn with(folder: Folder, server: String, authority: Authority) -> Result<Cluster, String> {
        let identity = authority.client("testbed", Some(ADMINISTRATORS))?;
        let api = Api::new(&server, authority.certificate(), &identity)?;
        Ok(Cluster { folder, server, authority, api })
    }

    /// The folder with all files of the cluster: logs, certificates, audit log.
    pub fn folder(&self) -> &Path {
        self.folder.root()
    }

    /// The URL of the API server.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The certificate of the cluster's authority, as PEM.
    pub fn authority(&self) -> &str {
        self.authority.certificate()
    }

    /// The administrator's kubeconfig.
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.path(ADMIN)
    }

    /// The test bed's own client, which may do everything.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// A client that may do everything and keeps its connection: for many requests, while nobody kills the server.
    pub fn steady_api(&self) -> Result<Api, String> {
        let identity = self.authority.client("testbed", Some(ADMINISTRATORS))?;
        Api::steady(&self.server, self.authority.certificate(), &identity)
    }

    /// Creates a namespace that no other test has; it is deleted when the value is dropped.
    pub fn namespace(&self) -> Result<Namespace<'_>, String> {
        let name = unique("test");
        let object = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
        self.api.create("/api/v1/namespaces", &object)?;
        let namespace = Namespace { name, cluster: self };
        if self.has_controllers() {
            let account = format!("/api/v1/namespaces/{namespace}/serviceaccounts/default");
            wait::until("a service account", PATIENCE, || self.api.find(&account))?;
        }
        Ok(namespace)
    }

    /// A new user who may do in `namespace` what `rules` say, and nothing else anywhere.
    pub fn user(&self, namespace: &str, rules: &[Rule]) -> Result<User, String> {
        let user = self.login(&unique("user"), None, namespace)?;
        self.grant(&user, Scope::Namespace(namespace), rules)?;
        Ok(user)
    }

    /// A new user who may do everything: its name tells its requests from those of other tests in the audit log.
    pub fn admin(&self, namespace: &str) -> Result<User, String> {
        self.login(&unique("admin"), Some(ADMINISTRATORS), namespace)
    }

    /// Lets `user` do more; returns when the API server knows it.
    pub fn grant(&self, user: &User, scope: Scope, rules: &[Rule]) -> Result<(), String> {
        rights::grant(&self.api, user, scope, rules)
    }

    /// The present end of the audit log.
    pub fn mark(&self) -> Result<Mark, String> {
        audit::mark(&self.folder.audit())
    }

    /// The requests that were answered since `mark`, in the order of their answers, without the test bed's own.
    pub fn audit(&self, mark: Mark) -> Result<Vec<Request>, String> {
        audit::since(&self.folder.audit(), mark, &unique("mark"), &self.api)
    }

    /// Runs kubectl as the administrator.
    pub fn kubectl(&self, arguments: &[&str]) -> Result<Output, String> {
        let mut command = Command::new(peers::kubectl()?);
        command.arg("--kubeconfig").arg(self.kubeconfig()).args(arguments);
        command.output().map_err(|e| format!("cannot start kubectl: {e}"))
    }

    fn login(&self, name: &str, group: Option<&str>, namespace: &str) -> Result<User, String> {
        let identity = &self.authority.client(name, group)?;
        let login =
            Login { server: &self.server, authority: self.authority.certificate(), user: name, identity, namespace };
        let kubeconfig = write_kubeconfig(&self.folder, &format!("users/{name}.kubeconfig"), &login)?;
        Ok(User { name: name.to_string(), kubeconfig })
    }

    fn has_controllers(&self) -> bool {
        self.folder.log(crate::Part::Controllers.name()).exists()
    }
}

/// Writes a kubeconfig into the folder of a cluster.
pub fn write_kubeconfig(folder: &Folder, file: &str, login: &Login) -> Result<PathBuf, String> {
    folder.write(file, &text(login))
}

/// A namespace of one test.
pub struct Namespace<'a> {
    name: String,
    cluster: &'a Cluster,
}

impl Namespace<'_> {
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl std::fmt::Display for Namespace<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl Drop for Namespace<'_> {
    fn drop(&mut self) {
        // The cluster may have been killed by the test; then there is nothing to delete.
        let _ = self.cluster.api.delete(&format!("/api/v1/namespaces/{}", self.name));
    }
}

/// A name that no other test of any process uses, for a cluster may outlive many of them.
fn unique(prefix: &str) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    // Each state of the standard hash map is keyed at random.
    let random = RandomState::new().hash_one(std::process::id());
    format!("{prefix}-{:08x}-{}", random >> 32, COUNT.fetch_add(1, Ordering::Relaxed))
}
