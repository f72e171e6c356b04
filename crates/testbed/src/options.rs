//! What a cluster of one's own is started with, and the names of its parts.

use std::path::PathBuf;

/// How a cluster is started; the default is what most tests need.
#[derive(Debug, Clone)]
pub struct Options {
    /// Nodes of the fake kubelet; with 0 there is no kubelet, and Pods stay pending.
    pub nodes: usize,
    pub scheduler: bool,
    /// Without them there are no service accounts, garbage collection, Jobs or Deployments.
    pub controllers: bool,
    /// etcd waits for the disk, as tests of crashes need it.
    pub fsync: bool,
    /// More flags for the API server, e.g. `--runtime-config=…`; a later flag wins over ours.
    pub server_flags: Vec<String>,
    /// Where the cluster lives; none is a temporary folder, which goes away with the cluster.
    pub folder: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Options {
        Options { nodes: 2, scheduler: true, controllers: true, fsync: false, server_flags: Vec::new(), folder: None }
    }
}

impl Options {
    /// Only etcd and the API server: the fastest start, for tests of requests and storage.
    pub fn bare() -> Options {
        Options { nodes: 0, scheduler: false, controllers: false, ..Options::default() }
    }
}

/// A process of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Etcd,
    Server,
    Controllers,
    Scheduler,
    Kubelet,
}

impl Part {
    /// The name of the program, which its log is called by too.
    pub fn name(self) -> &'static str {
        match self {
            Part::Etcd => "etcd",
            Part::Server => "kube-apiserver",
            Part::Controllers => "kube-controller-manager",
            Part::Scheduler => "kube-scheduler",
            Part::Kubelet => "kwok",
        }
    }
}
