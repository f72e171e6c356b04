//! How a wait by watches ended, in Helm's words.

use super::Unready;
use super::run::{Ended, Run};
use super::status::Status;
use super::target::{Rule, Target};
use crate::Error;

impl Run<'_, '_> {
    /// Puts the end of the wait into Helm's words.
    pub(super) fn outcome(self, ended: Option<Ended>) -> Result<(), Box<Unready>> {
        let hopeless = matches!(ended, Some(Ended::Hopeless));
        let desired = self.rule.desired();
        let mut errors: Vec<Error> = Vec::new();
        let mut open: Vec<&Target<'_>> = Vec::new();
        for target in &self.targets {
            let status = target.reading.status;
            let fine = status == desired || (desired == Status::NotFound && status == Status::Unknown);
            if fine || (hopeless && target.hopeless.is_none() && status != Status::Failed) {
                continue;
            }
            errors.push(Error::Plain(sentence(target, self.rule)));
            open.push(target);
        }
        match ended {
            Some(Ended::Error(error)) => return Err(error.into()),
            Some(Ended::TimedOut) => errors.push(Error::TimedOut),
            Some(Ended::Cancelled) => errors.push(Error::Cancelled),
            Some(Ended::Hopeless) | None => {}
        }
        let Some(error) = Error::several(errors, "\n") else { return Ok(()) };
        open.sort_by_key(|target| target.hopeless.is_none());
        let diagnoses = match error.is_cancelled() {
            true => Vec::new(),
            false => self.client.diagnose(&open, &self.pods),
        };
        Err(Box::new(Unready { error, hopeless, diagnoses }))
    }
}

fn sentence(target: &Target<'_>, rule: Rule) -> String {
    let resource = target.resource;
    let (status, message) = match &target.hopeless {
        Some(reason) => (Status::Failed, reason),
        None => (target.reading.status, &target.reading.message),
    };
    let state = if rule == Rule::Gone { "still exists" } else { "not ready" };
    format!(
        "resource {}/{}/{} {state}. status: {status}, message: {message}",
        resource.kind,
        target.namespace(),
        resource.name
    )
}
