//! The waits of Helm 3: asks every two seconds.
//!
//! Source: `legacyWaiter`, pkg/kube/wait.go.

use std::future::Future;

use serde_json::Value;
use tokio::sync::mpsc::channel;
use tokio::time::{Duration, Instant, interval, timeout_at};

use super::status::{Reading, conditions, text};
use super::target::Target;
use super::watch::{Scope, Told, watch};
use super::{Progress, Unready, Wait};
use crate::{Client, Error, Resource};

const PERIOD: Duration = Duration::from_secs(2);

/// A limit of zero means none; nobody waits longer than this.
const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// How often an error of one object may come before it ends the wait.
const ERRORS: u32 = 30;

impl Client {
    pub(super) fn wait_legacy(&self, resources: &[Resource], wait: Wait<'_>) -> Result<(), Box<Unready>> {
        let Wait { timeout, jobs, mut observer, .. } = wait;
        let mut errors = vec![0_u32; resources.len()];
        let mut open = None;
        let result = self.block(limited(timeout, async {
            let mut clock = interval(PERIOD);
            'again: loop {
                clock.tick().await;
                for (index, resource) in resources.iter().enumerate() {
                    let ready = self.is_ready(resource, jobs).await;
                    let reading =
                        if matches!(ready, Ok(true)) { Reading::current("") } else { Reading::in_progress("") };
                    if let Some(observer) = &mut observer {
                        let done = matches!(ready, Ok(true));
                        observer(Progress { resource, reading: &reading, done, ready: index, total: resources.len() });
                    }
                    if let Some(count) = errors.get_mut(index) {
                        *count = again(ready.as_ref().err(), *count).ok_or_else(|| failure(&ready))?;
                    }
                    if !matches!(ready, Ok(true)) {
                        open = Some(resource);
                        continue 'again;
                    }
                }
                return Ok(());
            }
        }));
        result.map_err(|error| self.legacy_outcome(error, open))
    }

    /// Says what is known of the object that was waited for last.
    fn legacy_outcome(&self, error: Error, open: Option<&Resource>) -> Box<Unready> {
        let Some(resource) = open.filter(|_| !error.is_cancelled()) else { return error.into() };
        let object = self.get(resource).ok().flatten();
        let reading = object.as_ref().map_or_else(Reading::not_found, |object| super::status::compute(object, None));
        let target = Target { resource, reading, object, hopeless: None };
        let diagnoses = self.diagnose(&[&target], &Default::default());
        Box::new(Unready { error, hopeless: false, diagnoses })
    }

    pub(super) fn gone_legacy(&self, resources: &[Resource], wait: Wait<'_>) -> Result<(), Box<Unready>> {
        let result = self.block(limited(wait.timeout, async {
            let mut clock = interval(PERIOD);
            'again: loop {
                clock.tick().await;
                for resource in resources {
                    if self.fetch(resource).await?.is_some() {
                        continue 'again;
                    }
                }
                return Ok(());
            }
        }));
        Ok(result?)
    }

    /// Watches each Job and Pod until it has ended.
    pub(super) fn hooks_legacy(&self, resources: &[Resource], wait: Wait<'_>) -> Result<(), Box<Unready>> {
        let mut errors = Vec::new();
        for resource in resources.iter().filter(|resource| matches!(resource.kind.as_str(), "Job" | "Pod")) {
            match self.block(limited(wait.timeout, self.hook(resource))) {
                Ok(()) => {}
                Err(Error::TimedOut) => errors.push(Error::plain("timed out waiting for the condition")),
                Err(error) => errors.push(error),
            }
        }
        match Error::several(errors, "\n") {
            None => Ok(()),
            Some(error) => Err(self.legacy_outcome(error, resources.first())),
        }
    }

    async fn hook(&self, resource: &Resource) -> Result<(), Error> {
        let (sender, mut told) = channel(8);
        let scope = Scope {
            path: resource.collection(),
            field_selector: format!("metadata.name={}", resource.name),
            optional: false,
        };
        let mut watches = tokio::task::JoinSet::new();
        watches.spawn(watch(self.clone(), 0, scope, sender));
        while let Some(next) = told.recv().await {
            match next {
                Told::Changed(_, object) if ended(resource, &object)? => return Ok(()),
                Told::Gone(..) => return Ok(()),
                Told::Failed(_) => return Err(Error::Plain(format!("failed to deploy {}", resource.name))),
                _ => {}
            }
        }
        std::future::pending().await
    }
}

async fn limited<T>(timeout: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let limit = if timeout.is_zero() { FOR_EVER } else { timeout.min(FOR_EVER) };
    timeout_at(Instant::now() + limit, work).await.unwrap_or(Err(Error::TimedOut))
}

/// Counts an error that may pass; none where it may not, or has come too often.
fn again(error: Option<&Error>, count: u32) -> Option<u32> {
    let Some(error) = error else { return Some(0) };
    let code = error.api().map(|answer| answer.code);
    let passes = code.is_none_or(|code| code == 0 || code == 429 || (code >= 500 && code != 501));
    match passes && !error.is_cancelled() {
        true => (count < ERRORS).then_some(count + 1),
        false => None,
    }
}

fn failure(ready: &Result<bool, Error>) -> Error {
    ready.as_ref().err().cloned().unwrap_or(Error::TimedOut)
}

/// `waitForJob` and `waitForPodSuccess`.
fn ended(resource: &Resource, object: &Value) -> Result<bool, Error> {
    let name = &resource.name;
    if resource.kind == "Pod" {
        return match text(object, "/status/phase") {
            "Succeeded" => Ok(true),
            "Failed" => Err(Error::Plain(format!("pod {name} failed"))),
            _ => Ok(false),
        };
    }
    for condition in conditions(object).filter(|condition| condition.status == "True") {
        match condition.name {
            "Complete" => return Ok(true),
            "Failed" => return Err(Error::Plain(format!("job {name} failed: {}", condition.reason))),
            _ => {}
        }
    }
    Ok(false)
}
