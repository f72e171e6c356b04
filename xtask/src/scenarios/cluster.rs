//! The shared cluster as scenarios see it: requests by way of the crate `testbed`, and namespaces of their own.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::testbed;
use crate::workspace::Workspace;

/// A new namespace has its service account within milliseconds; a busy machine takes longer.
const PATIENCE: Duration = Duration::from_secs(180);
/// Controllers need some tenths of a second; to look more often only keeps the API server from its work.
pub const PAUSE: Duration = Duration::from_millis(100);

/// A running test cluster, and programs that pass requests on, so that several threads can ask at once.
pub struct Cluster {
    folder: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

struct Connection {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Cluster {
    /// Opens the cluster in `folder` for so many threads.
    pub fn open(workspace: &Workspace, folder: &Path, threads: usize) -> Result<Cluster, String> {
        let connections = (0..threads).map(|_| Connection::open(workspace, folder)).collect::<Result<_, _>>()?;
        Ok(Cluster { folder: folder.to_path_buf(), idle: Mutex::new(connections) })
    }

    /// The administrator's kubeconfig.
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.join("admin.kubeconfig")
    }

    /// The object or list at `path`, or null.
    pub fn get(&self, path: &str) -> Result<Value, String> {
        self.ask(&format!("GET {path}"))
    }

    /// Deletes the object at `path`, without waiting until it is gone.
    pub fn delete(&self, path: &str) -> Result<(), String> {
        self.ask(&format!("DELETE {path}")).map(drop)
    }

    /// Creates a namespace that is ready for Pods.
    pub fn create_namespace(&self, name: &str) -> Result<(), String> {
        let object = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
        self.ask(&format!("POST /api/v1/namespaces {object}"))?;
        let account = format!("/api/v1/namespaces/{name}/serviceaccounts/default");
        let root = format!("/api/v1/namespaces/{name}/configmaps/kube-root-ca.crt");
        let begun = Instant::now();
        while self.get(&account)?.is_null() || self.get(&root)?.is_null() {
            if begun.elapsed() > PATIENCE {
                return Err(format!("namespace {name} has no service account after {PATIENCE:?}"));
            }
            // Made by a controller soon: asked for until it is there.
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn ask(&self, request: &str) -> Result<Value, String> {
        let poisoned = "another thread panicked";
        // There are as many connections as threads.
        let mut connection = self.idle.lock().map_err(|_| poisoned)?.pop().ok_or("no connection is left")?;
        let answer = connection.ask(request);
        self.idle.lock().map_err(|_| poisoned)?.push(connection);
        answer
    }
}

impl Connection {
    fn open(workspace: &Workspace, folder: &Path) -> Result<Connection, String> {
        let mut child = testbed::requests(workspace, folder)?;
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().ok_or("testbed requests has no stdout")?);
        Ok(Connection { child, requests, answers })
    }

    fn ask(&mut self, request: &str) -> Result<Value, String> {
        let failed = |e: std::io::Error| format!("{request}: {e}");
        let requests = self.requests.as_mut().ok_or("testbed requests has no stdin")?;
        writeln!(requests, "{request}").and_then(|()| requests.flush()).map_err(failed)?;
        let mut line = String::new();
        self.answers.read_line(&mut line).map_err(failed)?;
        let mut answer: Value = serde_json::from_str(&line).map_err(|e| format!("{request}: {line}: {e}"))?;
        match answer["error"].as_str() {
            Some(error) => Err(error.to_string()),
            None => Ok(answer["ok"].take()),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // It ends when its standard input does.
        drop(self.requests.take());
        let _ = self.child.wait();
    }
}
