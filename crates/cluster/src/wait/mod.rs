//! Waits until objects are ready, done or gone, and says why when they will not be.
//!
//! Source: pkg/kube/statuswait.go, wait.go and ready.go. What cannot recover ends a wait at once, which Helm does not do.

mod diagnosis;
mod kinds;
mod legacy;
mod outcome;
mod pods;
mod ready;
mod run;
mod status;
mod target;
mod watch;

use std::fmt;
use std::time::Duration;

pub use diagnosis::{ConditionLine, ContainerState, Diagnosis, EventLine, PodState};
pub use status::{Reading, Status};

use crate::{Client, Error, Resource};
use target::{Rule, Target};

/// Which rules say that an object is ready: `--wait=…`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// kstatus, by watches.
    Watcher,
    /// Helm 3's rules, by asking every two seconds.
    Legacy,
    /// Only hooks are waited for.
    #[default]
    HookOnly,
}

/// How a wait deals with what cannot recover: an image that cannot be pulled, a container that crashes again and again, a
/// quota that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Until the time is over, as Helm.
    Endless,
    /// Ends the wait at once; a container may crash so many times before.
    Short { crashes: u32 },
}

impl Default for Patience {
    /// Five crashes take more than two minutes of back-off: what only waits for a neighbour is up by then.
    fn default() -> Self {
        Patience::Short { crashes: 5 }
    }
}

/// A step of a wait, for a progress display: the object and what it is now.
#[derive(Clone, Debug)]
pub struct Progress<'a> {
    pub resource: &'a Resource,
    pub reading: &'a Reading,
    /// The object is what it is to become.
    pub done: bool,
    /// How many of `total` are ready.
    pub ready: usize,
    pub total: usize,
}

/// What a wait is told of each change.
pub type Observer<'a> = &'a mut dyn FnMut(Progress<'_>);

/// How to wait.
pub struct Wait<'a> {
    pub strategy: Strategy,
    /// Zero means 30 seconds for watches and no limit for [`Strategy::Legacy`], as in Helm.
    pub timeout: Duration,
    /// Jobs must complete.
    pub jobs: bool,
    /// The objects are removed when they are done: a Job is as soon as its only Pod has succeeded. The Job's controller
    /// counts Pods a second later, to count several at a time (`SyncJobBatchPeriod`, pkg/controller/job of Kubernetes).
    pub brief: bool,
    pub patience: Patience,
    pub observer: Option<Observer<'a>>,
}

impl Wait<'_> {
    pub fn new(strategy: Strategy, timeout: Duration) -> Self {
        Wait { strategy, timeout, jobs: false, brief: false, patience: Patience::default(), observer: None }
    }
}

/// A wait that did not end well.
#[derive(Debug)]
pub struct Unready {
    /// Helm's text: `resource Deployment/ns/x not ready. status: InProgress, message: …\ncontext deadline exceeded`.
    pub error: Error,
    /// The wait was ended because of something that cannot recover.
    pub hopeless: bool,
    /// What is known of each object that is not ready, the hopeless ones first.
    pub diagnoses: Vec<Diagnosis>,
}

impl fmt::Display for Unready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Unready {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl From<Error> for Box<Unready> {
    fn from(error: Error) -> Self {
        Box::new(Unready { error, hopeless: false, diagnoses: Vec::new() })
    }
}

impl Resource {
    /// Says whether a wait by watches looks at the object: some kinds are ready when they are there, and paused Deployments
    /// are not waited for.
    pub fn is_watched(&self) -> bool {
        Target::all(std::slice::from_ref(self), Rule::Ready).iter().any(Target::needs_look)
    }
}

impl Client {
    /// Waits until all resources are ready. Paused Deployments are not waited for.
    ///
    /// # Errors
    /// One line for each that is not ready, then why the wait ended; with diagnoses.
    pub fn wait(&self, resources: &[Resource], wait: Wait<'_>) -> Result<(), Box<Unready>> {
        let rule = if wait.jobs { Rule::ReadyWithJobs } else { Rule::Ready };
        match wait.strategy {
            Strategy::HookOnly => Ok(()),
            Strategy::Legacy => self.wait_legacy(resources, wait),
            Strategy::Watcher => self.watch_all(resources, rule, wait),
        }
    }

    /// Waits until hook resources are done: Jobs complete, Pods succeeded; all others are at once.
    ///
    /// # Errors
    /// As [`Client::wait`]; for [`Strategy::Legacy`] `job x failed: …`, `pod x failed`, `timed out waiting for the
    /// condition`.
    pub fn watch_until_ready(&self, resources: &[Resource], wait: Wait<'_>) -> Result<(), Box<Unready>> {
        match wait.strategy {
            Strategy::Legacy => self.hooks_legacy(resources, wait),
            _ => self.watch_all(resources, Rule::Done, wait),
        }
    }

    /// Waits until all resources are gone.
    ///
    /// # Errors
    /// `resource Pod/ns/x still exists. status: Terminating, message: …` for each, then why the wait ended.
    pub fn wait_for_delete(&self, resources: &[Resource], wait: Wait<'_>) -> Result<(), Box<Unready>> {
        match wait.strategy {
            Strategy::HookOnly => Ok(()),
            Strategy::Legacy => self.gone_legacy(resources, wait),
            Strategy::Watcher => self.watch_all(resources, Rule::Gone, wait),
        }
    }
}
