//! A cluster that this process started: its processes, and how they are killed and come back.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

use crate::binaries::build;
use crate::certificates::Authority;
use crate::cluster::{ADMIN, Cluster, SERVER, write_kubeconfig};
use crate::folder::Folder;
use crate::kubeconfig::Login;
use crate::options::{Options, Part};
use crate::parts::{Parts, kubeconfig_name};
use crate::ports::{Ports, is_conflict};
use crate::process::Process;
use crate::{nodes, wait};

/// A start takes 8 s alone on a machine; ten times that is a failure.
const PATIENCE: Duration = Duration::from_secs(90);
/// Two conflicts of ports in a row are chance, five are not.
const ATTEMPTS: usize = 5;

/// A cluster that lives as long as this value, at most as long as this process.
pub struct OwnCluster {
    cluster: Cluster,
    parts: Parts,
    processes: Mutex<Vec<(Part, Process)>>,
    /// Removed with the cluster; none where the caller named a folder.
    _temporary: Option<TempDir>,
}

impl Deref for OwnCluster {
    type Target = Cluster;

    fn deref(&self) -> &Cluster {
        &self.cluster
    }
}

impl OwnCluster {
    pub(crate) fn start(options: &Options) -> Result<OwnCluster, String> {
        let mut attempt = 1;
        loop {
            match OwnCluster::try_start(options.clone(), Ports::free()?) {
                Err(error) if is_conflict(&error) && attempt < ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    fn try_start(options: Options, ports: Ports) -> Result<OwnCluster, String> {
        let binaries = build()?;
        let (root, temporary) = root(&options)?;
        let folder = Folder::new(root);
        let parts = Parts { folder, ports, binaries, options, temporary: temporary.is_some() };
        // A start that lost its ports has left data that names them.
        let _ = std::fs::remove_dir_all(parts.folder.path("etcd"));
        let server = format!("https://127.0.0.1:{}", parts.ports.server);
        let authority = write_identities(&parts.folder, &server)?;
        parts.write_files()?;
        let cluster = Cluster::with(parts.folder.clone(), server, authority)?;
        let own = OwnCluster { cluster, parts, processes: Mutex::default(), _temporary: temporary };
        own.start_all()?;
        // Last, for it tells that here is a cluster.
        own.parts.folder.write(SERVER, own.server())?;
        Ok(own)
    }

    fn start_all(&self) -> Result<(), String> {
        let options = &self.parts.options;
        self.spawn(Part::Etcd)?;
        self.spawn(Part::Server)?;
        self.wait_for_server()?;
        for (part, wanted) in [
            (Part::Controllers, options.controllers),
            (Part::Scheduler, options.scheduler),
            (Part::Kubelet, options.nodes > 0),
        ] {
            if wanted {
                self.spawn(part)?;
            }
        }
        if options.nodes > 0 {
            nodes::create(self.api(), options.nodes, |what, ask| self.wait_for(what, ask))?;
        }
        if options.controllers {
            let account = "/api/v1/namespaces/default/serviceaccounts/default";
            self.wait_for("the service account of the namespace default", &|| Ok(self.api().find(account)?.is_some()))?;
        }
        Ok(())
    }

    /// Kills a part with SIGKILL.
    pub fn kill(&self, part: Part) {
        self.processes().retain_mut(|(running, process)| {
            if *running == part {
                process.kill();
            }
            *running != part
        });
    }

    /// Starts a part that was killed on its old port, and waits until the cluster answers again.
    pub fn restart(&self, part: Part) -> Result<(), String> {
        self.kill(part);
        self.spawn(part)?;
        self.wait_for_server()
    }

    /// Ends all processes; a temporary folder is removed.
    pub fn stop(self) {
        drop(self);
    }

    fn spawn(&self, part: Part) -> Result<(), String> {
        let log = self.parts.folder.log(part.name());
        let process = Process::start(part.name(), self.parts.command(part), log)?;
        self.processes().push((part, process));
        Ok(())
    }

    fn wait_for_server(&self) -> Result<(), String> {
        // The second answer comes from etcd, whose end the first hides for a while.
        let namespace = "/api/v1/namespaces/default";
        self.wait_for("the API server", &|| Ok(self.api().is_ok("/readyz") && self.api().is_ok(namespace)))
    }

    /// Waits until `ask` says yes; fails at once when a process has ended.
    fn wait_for(&self, what: &str, ask: &dyn Fn() -> Result<bool, String>) -> Result<(), String> {
        wait::until(what, PATIENCE, || {
            self.processes().iter_mut().try_for_each(|(_, process)| process.check())?;
            Ok(ask()?.then_some(()))
        })
        .map_err(|error| format!("{error} (logs: {})", self.parts.folder.path("logs").display()))
    }

    fn processes(&self) -> MutexGuard<'_, Vec<(Part, Process)>> {
        // A test that panicked meanwhile has left a list that is still right.
        self.processes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OwnCluster {
    fn drop(&mut self) {
        let mut processes = self.processes();
        // The last started first, so that none is left to complain about another.
        while let Some((_, process)) = processes.pop() {
            drop(process);
        }
    }
}

/// The folder that the options name, or a temporary one.
fn root(options: &Options) -> Result<(PathBuf, Option<TempDir>), String> {
    let Some(folder) = &options.folder else {
        let made = tempfile::Builder::new().prefix("pilothouse-testbed-").tempdir();
        let made = made.map_err(|e| format!("cannot make a temporary folder: {e}"))?;
        return Ok((made.path().to_path_buf(), Some(made)));
    };
    if folder.join(SERVER).exists() {
        return Err(format!("{} holds a cluster already; remove it, or name another folder", folder.display()));
    }
    std::fs::create_dir_all(folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
    // The parts are started with the folder as theirs, so a relative path would not do.
    let folder = folder.canonicalize().map_err(|e| format!("{}: {e}", folder.display()))?;
    Ok((folder, None))
}

/// Writes the certificates, the kubeconfigs of the parts and of the administrator.
fn write_identities(folder: &Folder, server: &str) -> Result<Authority, String> {
    let authority = Authority::create(folder)?;
    for (file, user, group) in [
        (ADMIN.to_string(), "admin", Some("system:masters")),
        (kubeconfig_name(Part::Kubelet), "kubelet", Some("system:masters")),
        (kubeconfig_name(Part::Controllers), "system:kube-controller-manager", None),
        (kubeconfig_name(Part::Scheduler), "system:kube-scheduler", None),
    ] {
        let identity = &authority.client(user, group)?;
        let login = Login { server, authority: authority.certificate(), user, identity, namespace: "default" };
        write_kubeconfig(folder, &file, &login)?;
    }
    Ok(authority)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    #[test]
    fn a_taken_port_is_a_conflict_which_a_start_tries_again_after() {
        let ports = Ports::free().expect("ports");
        for taken in [ports.etcd, ports.server] {
            let _listener = TcpListener::bind((Ipv4Addr::LOCALHOST, taken)).expect("a port");
            let error = OwnCluster::try_start(Options::bare(), ports).err().expect("an error");
            assert!(is_conflict(&error), "{error}");
        }
    }
}
