//! What operations need from the world around them.

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use chart::Capabilities;
use chart::log::Log;
use chart::schema::Schemas;
use cluster::{Rehearsed, Resource, Right};
use gostd::GoError;
use release::Release;
use render::{Files, Lookup};
use serde_json::Value;

/// How objects are written.
#[derive(Clone, Copy, Default)]
pub struct How {
    /// By the server (apply) instead of the client (create, patch).
    pub server_side: bool,
    /// The server takes fields from other managers.
    pub force_conflicts: bool,
    /// Objects are replaced instead of patched.
    pub force_replace: bool,
    /// Client-side patches of kinds that the client does not know look at the live object too.
    pub three_way_unstructured: bool,
    /// Fields that client-side writes own become those of server-side apply first.
    pub upgrade_managers: bool,
}

/// What happens to the dependents of a deleted object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Propagation {
    Background,
    Foreground,
    Orphan,
}

/// What came of deleting.
#[derive(Default)]
pub struct Deleted {
    /// Objects that may still be there for a while.
    pub leaving: Vec<Resource>,
    pub errors: Vec<GoError>,
}

/// How to wait (`--wait`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    Watcher,
    Legacy,
    HookOnly,
}

impl Default for Waiting {
    /// Helm's command line: hooks only, five minutes.
    fn default() -> Self {
        Waiting { strategy: Strategy::HookOnly, timeout: Duration::from_secs(300), jobs: false }
    }
}

/// How to wait, for how long, and whether for jobs too.
#[derive(Clone, Copy)]
pub struct Waiting {
    pub strategy: Strategy,
    /// Of each wait by itself.
    pub timeout: Duration,
    pub jobs: bool,
}

/// Whose logs are written.
pub enum Pods<'a> {
    /// The pod of this name.
    Named(&'a str),
    /// The pods of the job of this name.
    OfJob(&'a str),
}

/// One Kubernetes cluster. Errors have Helm's texts.
pub trait Cluster {
    fn reachable(&self) -> Result<(), GoError>;

    /// What the cluster can do, read anew.
    fn capabilities(&self, log: &mut dyn Log) -> Result<Capabilities, GoError>;

    /// Definitions are established: what is remembered of the cluster counts no more, and their kinds are waited for.
    fn await_kinds(&self, definitions: &[Resource]) -> Result<(), GoError>;

    /// Look-ups of templates.
    fn lookup(&self) -> Rc<dyn Lookup>;

    /// Reads the objects of a manifest; with `validate` the server will check their fields.
    fn build(&self, manifest: &[u8], validate: bool) -> Result<Vec<Resource>, GoError>;

    /// Returns the live object; `None` where there is none.
    fn get(&self, resource: &Resource) -> Result<Option<Value>, GoError>;

    /// Returns the live objects, in order.
    fn get_all(&self, resources: &[Resource]) -> Vec<Result<Option<Value>, GoError>>;

    /// Creates objects; one that is there already is an error, unless the server applies it.
    fn create(&self, resources: &[Resource], how: How) -> Result<(), Refused>;

    /// Makes what a chart has in `crds/` by server-side apply; returns what must still be waited for.
    fn define(&self, definitions: &[Resource], how: How) -> Result<Vec<Resource>, GoError>;

    /// Makes the live objects what `target` says, and deletes those of `current` that are not in it.
    fn update(&self, current: &[Resource], target: &[Resource], how: How) -> Result<Vec<Resource>, NotUpdated>;

    /// Asks what [`Cluster::update`] would make of each object, without changing anything.
    fn rehearse(&self, current: &[Resource], target: &[Resource], how: How) -> Result<Vec<Rehearsed>, GoError>;

    /// Deletes objects; one that is not there is deleted already.
    fn delete(&self, resources: &[Resource], propagation: Propagation) -> Deleted;

    fn wait(&self, resources: &[Resource], waiting: Waiting) -> Result<(), GoError>;

    fn wait_for_delete(&self, resources: &[Resource], waiting: Waiting) -> Result<(), GoError>;

    /// Waits for what hooks do: jobs and pods to their end. With `brief` they are removed then.
    fn watch_until_ready(&self, resources: &[Resource], waiting: Waiting, brief: bool) -> Result<(), GoError>;

    /// Writes the logs of pods to where hooks' logs go.
    fn write_logs(&self, namespace: &str, pods: Pods<'_>) -> Result<(), GoError>;

    /// Returns the rights that the user certainly lacks; none where the cluster does not tell.
    fn lacking(&self, rights: &[Right]) -> Vec<Right>;

    /// Returns why the cluster will never take a change of an object, without making it; nothing where it may.
    fn refusal(&self, current: &Resource, target: &Resource, how: How) -> Option<GoError>;

    /// Says whether somebody asked to stop: requests and waits end with errors.
    fn is_interrupted(&self) -> bool;

    /// Lets requests and waits go on after an interruption.
    fn resume(&self);
}

/// Why objects were not created.
pub struct Refused {
    pub error: GoError,
    /// There was one of the name.
    pub already_exists: bool,
}

/// Why objects were not updated, and those that had been created by then.
pub struct NotUpdated {
    pub error: GoError,
    pub created: Vec<Resource>,
}

/// Where the records of releases are. Errors have Helm's texts.
pub trait Records {
    fn get(&self, name: &str, revision: i64) -> Result<Release, NotRecorded>;
    /// The newest revision.
    fn last(&self, name: &str) -> Result<Release, NotRecorded>;
    /// The newest revision that is deployed.
    fn deployed(&self, name: &str) -> Result<Release, NotRecorded>;
    fn deployed_all(&self, name: &str) -> Result<Vec<Release>, NotRecorded>;
    /// All revisions, in no order.
    fn history(&self, name: &str) -> Result<Vec<Release>, NotRecorded>;
    /// Writes a new record, after old ones of the release were removed.
    fn create(&self, release: &Release) -> Result<(), NotRecorded>;
    fn update(&self, release: &Release) -> Result<(), NotRecorded>;
    fn delete(&self, name: &str, revision: i64) -> Result<(), NotRecorded>;
    /// What holds records in the release's namespace, if they are in the cluster: `secrets` or `configmaps`.
    fn kept_in(&self) -> Option<&'static str>;
    /// Finds out who works on a revision whose record says that somebody does.
    fn holder(&self, name: &str, revision: i64) -> Result<Holder, NotRecorded>;
    /// Makes a revision ours whose holder was asked for before; false when somebody was faster.
    fn claim(&self, name: &str, revision: i64) -> Result<bool, NotRecorded>;
}

/// Who works on a revision. The texts are for people.
pub enum Holder {
    /// The record holds no lease, as those of Helm.
    Nobody,
    /// This process: an operation that fails may be followed by another that takes it back.
    Us,
    Alive(String),
    Dead(String),
}

/// Why a record could not be read or written.
pub struct NotRecorded {
    pub error: GoError,
    pub missing: Missing,
}

/// What there was none of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// No record of the name.
    Release,
    /// Records, but none that is deployed.
    Deployed,
    /// The cause is another.
    Nothing,
}

impl fmt::Display for NotRecorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error.text)
    }
}

impl NotRecorded {
    pub fn is_not_found(&self) -> bool {
        self.missing == Missing::Release
    }

    pub fn is_no_deployed(&self) -> bool {
        self.missing == Missing::Deployed
    }
}

/// Changes rendered files.
pub trait PostRender {
    fn apply(&self, files: &Files) -> Result<Files, GoError>;
}

/// What an operation works with.
pub struct Engine<'a> {
    pub cluster: &'a dyn Cluster,
    pub records: &'a dyn Records,
    pub post_render: Option<&'a dyn PostRender>,
    /// What becomes of the schemas of charts.
    pub schemas: Schemas<'a>,
    /// A record of which nobody knows whether somebody works on it counts as interrupted.
    pub take_over: bool,
}
