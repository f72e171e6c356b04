//! The wait by watches: takes what watches tell, reads it, and ends when nothing is left to wait for.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, interval, timeout_at};

use super::kinds::unschedulable;
use super::pods;
use super::status::{Reading, Status, text};
use super::target::{Rule, Target};
use super::watch::{Scope, Told, full_name, watch};
use super::{Patience, Progress, Unready, Wait};
use crate::resource::collection;
use crate::{Client, Error, Request, Resource};

/// `DefaultStatusWatcherTimeout`.
const STANDARD_TIMEOUT: Duration = Duration::from_secs(30);

/// What watches tell ahead of us.
const BACKLOG: usize = 256;

/// How often Pods without a node are looked at again: their status depends on the time.
const TICK: Duration = Duration::from_secs(1);

/// The state of one wait.
pub(super) struct Run<'a, 'b> {
    pub(super) client: &'a Client,
    pub(super) rule: Rule,
    brief: bool,
    patience: Patience,
    observer: Option<super::Observer<'b>>,
    pub(super) targets: Vec<Target<'a>>,
    scopes: Vec<Scope>,
    /// The scopes that have told all that is there.
    complete: HashSet<usize>,
    /// Pods of workloads that are waited for, by `namespace/name`.
    pub(super) pods: HashMap<String, Value>,
    /// Whether a ReplicaSet is the newest of its Deployment, by `namespace/name` and the Deployment's revision.
    newest: HashMap<(String, String), bool>,
    started: jiff::Timestamp,
}

/// Why a wait ended without success.
pub(super) enum Ended {
    TimedOut,
    Cancelled,
    Hopeless,
    Error(Error),
}

impl Client {
    pub(super) fn watch_all(&self, resources: &[Resource], rule: Rule, wait: Wait<'_>) -> Result<(), Box<Unready>> {
        let timeout = if wait.timeout.is_zero() { STANDARD_TIMEOUT } else { wait.timeout };
        let mut run = Run::new(self, Target::all(resources, rule), rule, wait);
        if run.is_over() {
            return run.outcome(None);
        }
        run.announce();
        let ended = match self.block_uncancelled(run.go(timeout)) {
            Ok(ended) => ended,
            Err(error) => Some(Ended::Error(error)),
        };
        run.outcome(ended)
    }
}

impl<'a, 'b> Run<'a, 'b> {
    fn new(client: &'a Client, targets: Vec<Target<'a>>, rule: Rule, wait: Wait<'b>) -> Self {
        let scopes = scopes(&targets, rule, wait.patience);
        Run {
            client,
            rule,
            brief: wait.brief && rule == Rule::Done,
            patience: wait.patience,
            observer: wait.observer,
            targets,
            scopes,
            complete: HashSet::new(),
            pods: HashMap::new(),
            newest: HashMap::new(),
            started: jiff::Timestamp::now(),
        }
    }

    /// Tells the observer what is waited for.
    fn announce(&mut self) {
        for index in 0..self.targets.len() {
            self.tell(index);
        }
    }

    /// Runs to the end; none is success, or at least nothing left to wait for.
    async fn go(&mut self, timeout: Duration) -> Result<Option<Ended>, Error> {
        let deadline = Instant::now() + timeout;
        let (sender, receiver) = channel(BACKLOG);
        let mut watches = JoinSet::new();
        for (number, scope) in self.scopes.iter().enumerate() {
            watches.spawn(watch(self.client.clone(), number, scope.clone(), sender.clone()));
        }
        drop(sender);
        let cancel = self.client.cancel().clone();
        let ended = tokio::select! {
            biased;
            () = cancel.cancelled() => Some(Ended::Cancelled),
            ended = timeout_at(deadline, self.listen(receiver)) => ended.unwrap_or(Some(Ended::TimedOut)),
        };
        watches.abort_all();
        Ok(ended)
    }

    async fn listen(&mut self, mut told: Receiver<Told>) -> Option<Ended> {
        let mut tick = interval(TICK);
        loop {
            tokio::select! {
                next = told.recv() => match next {
                    // All watches ended: what was not found does not come any more.
                    None => std::future::pending().await,
                    Some(Told::Failed(error)) => return Some(Ended::Error(error)),
                    Some(Told::Changed(number, object)) => self.changed(number, object).await,
                    Some(Told::Gone(number, object)) => self.gone(number, &object),
                    Some(Told::Complete(number, names)) => self.completed(number, &names),
                },
                _ = tick.tick() => self.look_at_unscheduled(),
            }
            if self.targets.iter().any(|target| target.hopeless.is_some()) {
                return Some(Ended::Hopeless);
            }
            if self.is_over() {
                return None;
            }
        }
    }

    /// `statusObserver` with `AggregateStatus`: what failed is not waited for, nor what was gone before the wait.
    fn is_over(&self) -> bool {
        let desired = self.rule.desired();
        let all_told =
            || (0..self.scopes.len()).all(|number| self.complete.contains(&number) || self.scopes[number].optional);
        self.targets.iter().all(|target| match target.reading.status {
            status if status == desired => true,
            Status::Failed => desired == Status::Current,
            Status::Unknown => desired == Status::NotFound && all_told(),
            _ => false,
        })
    }

    async fn changed(&mut self, number: usize, object: Value) {
        let path = self.scopes.get(number).map(|scope| scope.path.clone()).unwrap_or_default();
        if path.ends_with("/events") {
            return self.event(&object);
        }
        let found = self.targets.iter().position(|target| is_in(target, &path) && target.is(&object));
        if let Some(index) = found {
            let was_observed = self.targets[index].object.as_ref().is_some_and(pods::is_observed);
            self.read(index, object.clone());
            if !was_observed && pods::is_observed(&object) {
                self.look_at_pods(index).await;
            }
        }
        if path.ends_with("/pods") && self.rule != Rule::Gone {
            self.pod(object).await;
        }
    }

    fn gone(&mut self, number: usize, object: &Value) {
        let path = self.scopes.get(number).map(|scope| scope.path.clone()).unwrap_or_default();
        self.pods.remove(&full_name(object));
        let found = self.targets.iter().position(|target| is_in(target, &path) && target.is(object));
        if let Some(index) = found {
            self.set(index, Reading::not_found());
        }
    }

    /// What was seen once and is not in a complete list is gone.
    fn completed(&mut self, number: usize, names: &HashSet<String>) {
        self.complete.insert(number);
        let path = self.scopes.get(number).map(|scope| scope.path.clone()).unwrap_or_default();
        for index in 0..self.targets.len() {
            let target = &self.targets[index];
            let name = format!("{}/{}", target.namespace(), target.resource.name);
            if is_in(target, &path) && target.object.is_some() && !names.contains(&name) {
                self.set(index, Reading::not_found());
            }
        }
    }

    /// Reads a target's new state.
    fn read(&mut self, index: usize, object: Value) {
        let reading = self.rule.read(&object, age_seconds(&object));
        let Some(target) = self.targets.get_mut(index) else { return };
        target.object = Some(object);
        let reading = match (reading.status, target.resource.kind.as_str()) {
            (Status::InProgress, "StatefulSet" | "ReplicaSet") => match pods::failed(target, self.pods.values()) {
                0 => reading,
                failed => Reading::failed(format!("{failed} pods have failed")),
            },
            (Status::InProgress, "Job") if self.brief && pods::is_all_done(target, self.pods.values()) => {
                Reading::current("Job's pod succeeded")
            }
            _ => reading,
        };
        if self.patience != Patience::Endless && reading.status == Status::InProgress {
            target.hopeless = pods::no_room(target);
        }
        self.set(index, reading);
    }

    fn set(&mut self, index: usize, reading: Reading) {
        let Some(target) = self.targets.get_mut(index) else { return };
        if target.reading == reading {
            return;
        }
        target.reading = reading;
        self.tell(index);
    }

    fn tell(&mut self, index: usize) {
        let desired = self.rule.desired();
        let ready = self.targets.iter().filter(|target| target.reading.status == desired).count();
        let total = self.targets.len();
        if let (Some(observer), Some(target)) = (&mut self.observer, self.targets.get(index)) {
            let done = target.reading.status == desired;
            observer(Progress { resource: target.resource, reading: &target.reading, done, ready, total });
        }
    }

    /// Takes the state of a Pod that may belong to a workload.
    async fn pod(&mut self, pod: Value) {
        let namespace = text(&pod, "/metadata/namespace").to_owned();
        let owners: Vec<usize> = (0..self.targets.len())
            .filter(|index| {
                let target = &self.targets[*index];
                target.namespace() == namespace
                    && target.selector().is_some_and(|selector| pods::selects(selector, &pod))
            })
            .collect();
        let bare = self.targets.iter().position(|target| target.resource.kind == "Pod" && target.is(&pod));
        let reason = pods::hopeless(&pod, self.patience);
        if let (Some(index), Some(reason)) = (bare, &reason) {
            self.give_up(index, reason);
        }
        self.pods.insert(full_name(&pod), pod.clone());
        for index in owners {
            if let Some(reason) = &reason
                && self.is_current(index, &pod).await
            {
                self.give_up(index, reason);
            } else if let Some(object) = self.targets[index].object.clone()
                && self.targets[index].reading.status == Status::InProgress
            {
                self.read(index, object);
            }
        }
    }

    /// Looks again at Pods that came before their workload's controller had told what they are.
    async fn look_at_pods(&mut self, index: usize) {
        let Some(target) = self.targets.get(index) else { return };
        let Some(selector) = target.selector() else { return };
        let of_target =
            |pod: &&Value| text(pod, "/metadata/namespace") == target.namespace() && pods::selects(selector, pod);
        let hopeless = |pod: &Value| pods::hopeless(pod, self.patience).map(|reason| (pod.clone(), reason));
        let lost: Vec<(Value, String)> = self.pods.values().filter(of_target).filter_map(hopeless).collect();
        for (pod, reason) in lost {
            if self.is_current(index, &pod).await {
                self.give_up(index, &reason);
            }
        }
    }

    fn give_up(&mut self, index: usize, reason: &str) {
        if let Some(target) = self.targets.get_mut(index)
            && !matches!(target.reading.status, Status::Current | Status::NotFound)
        {
            target.hopeless = Some(reason.to_owned());
        }
    }

    async fn is_current(&mut self, index: usize, pod: &Value) -> bool {
        let Some(target) = self.targets.get(index) else { return false };
        if let Some(known) = pods::is_current(target, pod) {
            return known;
        }
        const REVISION: &str = "deployment.kubernetes.io/revision";
        let (Some(workload), Some(name)) = (&target.object, pods::replica_set_name(pod)) else { return false };
        let revision = crate::resource::annotation(workload, REVISION).unwrap_or_default().to_owned();
        let key = (format!("{}/{name}", target.namespace()), revision.clone());
        if let Some(known) = self.newest.get(&key) {
            return *known;
        }
        let path = format!("{}/{name}", collection("apps", "v1", "replicasets", target.namespace()));
        let answer = self.client.send(&Request::get(path)).await.and_then(|answer| answer.json());
        let newest = answer.is_ok_and(|set| crate::resource::annotation(&set, REVISION) == Some(revision.as_str()));
        self.newest.insert(key, newest);
        newest
    }

    /// Takes a warning: a workload that cannot make its Pods for want of quota.
    fn event(&mut self, event: &Value) {
        let failed = text(event, "/reason") == "FailedCreate" && text(event, "/message").contains("exceeded quota");
        let at = ["/series/lastObservedTime", "/lastTimestamp", "/eventTime", "/metadata/creationTimestamp"]
            .into_iter()
            .find_map(|pointer| text(event, pointer).parse::<jiff::Timestamp>().ok());
        if !failed || at.is_none_or(|at| at.as_second() < self.started.as_second()) {
            return;
        }
        let about = &event["involvedObject"];
        let found = self.targets.iter().position(|target| {
            target.makes_pods()
                && target.resource.kind != "Deployment"
                && about["kind"] == target.resource.kind.as_str()
                && about["name"] == target.resource.name.as_str()
                && about["namespace"] == target.namespace()
        });
        if let Some(index) = found {
            self.give_up(index, text(event, "/message"));
        }
    }

    fn look_at_unscheduled(&mut self) {
        for index in 0..self.targets.len() {
            if let Some(object) = self.targets[index].object.as_ref().filter(|object| unschedulable(object)).cloned() {
                self.read(index, object);
            }
        }
    }
}

fn is_in(target: &Target<'_>, path: &str) -> bool {
    target.resource.collection() == path
}

fn age_seconds(object: &Value) -> Option<i64> {
    let made: jiff::Timestamp = text(object, "/metadata/creationTimestamp").parse().ok()?;
    Some(jiff::Timestamp::now().as_second() - made.as_second())
}

/// What is watched: one scope for each kind and namespace, by name where only one object is meant; and for workloads their
/// Pods and warnings.
fn scopes(targets: &[Target<'_>], rule: Rule, patience: Patience) -> Vec<Scope> {
    let mut paths: Vec<(String, Vec<&str>)> = Vec::new();
    for target in targets.iter().filter(|target| target.needs_look()) {
        let path = target.resource.collection();
        match paths.iter_mut().find(|(known, _)| *known == path) {
            Some((_, names)) => names.push(&target.resource.name),
            None => paths.push((path, vec![&target.resource.name])),
        }
    }
    let mut scopes: Vec<Scope> = paths
        .into_iter()
        .map(|(path, names)| {
            let field_selector = match names.as_slice() {
                [single] => format!("metadata.name={single}"),
                _ => String::new(),
            };
            Scope { path, field_selector, optional: false }
        })
        .collect();
    if rule == Rule::Gone {
        return scopes;
    }
    let workloads: Vec<&Target<'_>> =
        targets.iter().filter(|target| target.needs_look() && target.makes_pods()).collect();
    for target in &workloads {
        let path = collection("", "v1", "pods", target.namespace());
        match scopes.iter_mut().find(|scope| scope.path == path) {
            // Single Pods are waited for too: all of them are needed now.
            Some(scope) => scope.field_selector.clear(),
            None => scopes.push(Scope { path, field_selector: String::new(), optional: true }),
        }
        let path = collection("", "v1", "events", target.namespace());
        let needed = patience != Patience::Endless && target.resource.kind != "Deployment";
        if needed && !scopes.iter().any(|scope| scope.path == path) {
            scopes.push(Scope { path, field_selector: "type=Warning".to_owned(), optional: true });
        }
    }
    scopes
}
