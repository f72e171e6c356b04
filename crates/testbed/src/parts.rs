//! The command lines of the parts, and the files that they are configured by.

use std::path::PathBuf;
use std::process::Command;

use crate::binaries::Binaries;
use crate::folder::Folder;
use crate::options::{Options, Part};
use crate::ports::Ports;

/// Everything is recorded, once it is answered; a watch also when it begins.
const AUDIT_POLICY: &str = "apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
";
/// What `kubectl logs` and `helm test --logs` show for every container: CRI's format, one line on each stream.
const POD_LOG: &str = "2026-01-01T00:00:00.000000000Z stdout F first line of the log
2026-01-01T00:00:01.000000000Z stderr F an error in the log
2026-01-01T00:00:02.000000000Z stdout F last line of the log
";
/// The stages of the fake kubelet: what becomes of nodes, volumes and Pods.
const STAGES: [(&str, &str); 4] = [
    ("kwok/nodes.yaml", include_str!("../../../testbed/stages/nodes.yaml")),
    ("kwok/volumes.yaml", include_str!("../../../testbed/stages/volumes.yaml")),
    ("kwok/pods.yaml", include_str!("../../../testbed/stages/pods.yaml")),
    ("kwok/outcomes.yaml", include_str!("../../../testbed/stages/outcomes.yaml")),
];

/// All that the command line of a part is made from.
pub struct Parts {
    pub folder: Folder,
    pub ports: Ports,
    pub options: Options,
    pub binaries: Binaries,
    /// Set where the folder goes away with the cluster.
    pub temporary: bool,
}

impl Parts {
    /// Writes the files that the parts read besides certificates and kubeconfigs.
    pub fn write_files(&self) -> Result<(), String> {
        self.folder.write("audit-policy.yaml", AUDIT_POLICY)?;
        self.folder.write("logs/README", "One log for each part of the cluster.\n")?;
        for (name, text) in STAGES {
            self.folder.write(name, text)?;
        }
        let log = self.folder.write("kwok/pod.log", POD_LOG)?;
        let text = format!(
            "apiVersion: kwok.x-k8s.io/v1alpha1\nkind: ClusterLogs\nmetadata:\n  name: logs\nspec:\n  logs:\n  - logsFile: {:?}\n    follow: false\n",
            log.display().to_string()
        );
        self.folder.write("kwok/logs.yaml", &text)?;
        Ok(())
    }

    /// The command that starts a part.
    pub fn command(&self, part: Part) -> Command {
        let mut command = match part {
            Part::Kubelet => Command::new(&self.binaries.kwok),
            _ => Command::new(&self.binaries.controlplane),
        };
        if part != Part::Kubelet {
            command.arg(part.name());
        }
        match part {
            Part::Etcd => self.etcd(&mut command),
            Part::Server => self.server(&mut command),
            Part::Controllers => self.controllers(&mut command),
            Part::Scheduler => self.scheduler(&mut command),
            Part::Kubelet => self.kubelet(&mut command),
        }
        command.current_dir(self.folder.root());
        command
    }

    fn etcd(&self, command: &mut Command) {
        let client = format!("http://127.0.0.1:{}", self.ports.etcd);
        let peer = format!("http://127.0.0.1:{}", self.ports.etcd_peer);
        flag(command, "data-dir", self.folder.path("etcd").display());
        for name in ["listen-client-urls", "advertise-client-urls"] {
            flag(command, name, &client);
        }
        for name in ["listen-peer-urls", "initial-advertise-peer-urls"] {
            flag(command, name, &peer);
        }
        flag(command, "initial-cluster", format_args!("default={peer}"));
        flag(command, "log-level", "error");
        if !self.options.fsync {
            command.arg("--unsafe-no-fsync");
        }
        if self.temporary {
            command.env("TESTBED_REMOVE", self.folder.root());
        }
    }

    fn server(&self, command: &mut Command) {
        flag(command, "etcd-servers", format_args!("http://127.0.0.1:{}", self.ports.etcd));
        flag(command, "secure-port", self.ports.server);
        flag(command, "bind-address", "127.0.0.1");
        // A loopback address is refused as an endpoint.
        flag(command, "endpoint-reconciler-type", "none");
        // The names of nodes lead nowhere.
        flag(command, "kubelet-preferred-address-types", "InternalIP");
        flag(command, "cert-dir", self.pki(""));
        flag(command, "tls-cert-file", self.pki("server.crt"));
        flag(command, "tls-private-key-file", self.pki("server.key"));
        flag(command, "client-ca-file", self.pki("ca.crt"));
        flag(command, "authorization-mode", "Node,RBAC");
        flag(command, "service-account-issuer", "https://kubernetes.default.svc");
        flag(command, "service-account-key-file", self.pki("accounts.pub"));
        flag(command, "service-account-signing-key-file", self.pki("accounts.key"));
        flag(command, "service-cluster-ip-range", "10.0.0.0/16");
        flag(command, "allow-privileged", "true");
        flag(command, "audit-policy-file", self.folder.path("audit-policy.yaml").display());
        flag(command, "audit-log-path", self.folder.audit().display());
        // Never turned over: positions in the log are marks. In MiB.
        flag(command, "audit-log-maxsize", 100_000);
        command.args(&self.options.server_flags);
    }

    fn controllers(&self, command: &mut Command) {
        self.client(command, Part::Controllers);
        flag(command, "service-account-private-key-file", self.pki("accounts.key"));
        flag(command, "root-ca-file", self.pki("ca.crt"));
        flag(command, "cluster-signing-cert-file", self.pki("ca.crt"));
        flag(command, "cluster-signing-key-file", self.pki("ca.key"));
        flag(command, "use-service-account-credentials", "true");
        // The default is a folder of the system, which they would make.
        flag(command, "flex-volume-plugin-dir", self.folder.path("volume-plugins").display());
    }

    fn scheduler(&self, command: &mut Command) {
        self.client(command, Part::Scheduler);
    }

    /// What controllers and scheduler have in common: they answer nobody, and there is only one of each.
    fn client(&self, command: &mut Command, part: Part) {
        let kubeconfig = self.kubeconfig(part);
        for name in ["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"] {
            flag(command, name, kubeconfig.display());
        }
        flag(command, "leader-elect", "false");
        flag(command, "secure-port", 0);
        // 20 requests a second, the default, make a start of 3 s one of 8 s.
        flag(command, "kube-api-qps", 1000);
        flag(command, "kube-api-burst", 1000);
    }

    fn kubelet(&self, command: &mut Command) {
        flag(command, "kubeconfig", self.kubeconfig(Part::Kubelet).display());
        flag(command, "manage-all-nodes", "true");
        flag(command, "node-ip", "127.0.0.1");
        flag(command, "node-port", self.ports.kubelet);
        flag(command, "server-address", format_args!("127.0.0.1:{}", self.ports.kubelet));
        // Without leases the controllers call every node dead after 40 s.
        flag(command, "node-lease-duration-seconds", 40);
        flag(command, "tls-cert-file", self.pki("server.crt"));
        flag(command, "tls-private-key-file", self.pki("server.key"));
        for name in STAGES.iter().map(|(name, _)| *name).chain(["kwok/logs.yaml"]) {
            flag(command, "config", self.folder.path(name).display());
        }
    }

    /// Where the kubeconfig of a part lies.
    pub fn kubeconfig(&self, part: Part) -> PathBuf {
        self.folder.path(&kubeconfig_name(part))
    }

    fn pki(&self, name: &str) -> String {
        self.folder.path("pki").join(name).display().to_string()
    }
}

/// The file name of a part's kubeconfig in the folder of the cluster.
pub fn kubeconfig_name(part: Part) -> String {
    format!("pki/{}.kubeconfig", part.name())
}

fn flag(command: &mut Command, name: &str, value: impl std::fmt::Display) {
    command.arg(format!("--{name}={value}"));
}
