//! Deletes objects.

use serde_json::{Value, json};

use crate::perform::perform;
use crate::{Client, Error, Request, Resource};

/// What becomes of what an object owns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Propagation {
    #[default]
    Background,
    Foreground,
    Orphan,
}

impl Propagation {
    pub fn as_str(self) -> &'static str {
        match self {
            Propagation::Background => "Background",
            Propagation::Foreground => "Foreground",
            Propagation::Orphan => "Orphan",
        }
    }
}

/// What came of deleting.
#[derive(Debug, Default)]
pub struct Deletion {
    /// Deleted, or not there.
    pub deleted: Vec<Resource>,
    /// Those of them that may still be there for a while: they have finalizers or a time of grace.
    pub leaving: Vec<Resource>,
    /// In the order of the resources.
    pub errors: Vec<Error>,
}

/// How far the server came with a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removal {
    Done,
    /// The object may still be there.
    Begun,
}

impl Removal {
    /// The answer is a `Status` of success where nothing of the object is left, else the object (`Store.Delete` of
    /// k8s.io/apiserver pkg/registry/generic/registry); of some kinds it is the object in either case.
    fn of(answer: &Value) -> Self {
        match answer["kind"] == "Status" && answer["apiVersion"] == "v1" && answer["status"] == "Success" {
            true => Removal::Done,
            false => Removal::Begun,
        }
    }
}

/// The annotation that keeps an object from being deleted, and its value.
pub(crate) const KEEP: (&str, &str) = ("helm.sh/resource-policy", "keep");

/// `retry.DefaultRetry`: tries in all.
pub(crate) const TRIES: usize = 5;

impl Client {
    /// Deletes all resources, kind by kind, and goes on after errors. Does not wait until they are gone.
    ///
    /// Source: `Client.Delete`, pkg/kube/client.go.
    pub fn delete(&self, resources: &[Resource], propagation: Propagation) -> Deletion {
        if resources.is_empty() {
            let error = Error::plain("object not found, skipping delete: no objects visited");
            return Deletion { errors: vec![error], ..Deletion::default() };
        }
        let results = self.block(async {
            Ok(perform(resources, |resource| async move { (resource, self.remove(resource, propagation).await) }).await)
        });
        let results = match results {
            Ok(results) => results,
            Err(error) => return Deletion { errors: vec![error], ..Deletion::default() },
        };
        let mut outcome = Deletion::default();
        for (resource, result) in results {
            match result {
                Ok(removal) => {
                    outcome.deleted.push(resource.clone());
                    outcome.leaving.extend((removal == Removal::Begun).then(|| resource.clone()));
                }
                Err(error) if error.is_not_found() => outcome.deleted.push(resource.clone()),
                Err(error) => outcome.errors.push(error),
            }
        }
        outcome
    }

    /// Asks whether an object could be deleted.
    pub(crate) async fn rehearse_remove(&self, resource: &Resource) -> Result<(), Error> {
        let options = json!({"kind": "DeleteOptions", "apiVersion": "v1", "dryRun": ["All"]});
        self.send(&Request::delete(resource.path()).json(&options)).await.map(drop)
    }

    pub(crate) async fn remove(&self, resource: &Resource, propagation: Propagation) -> Result<Removal, Error> {
        let options = json!({"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": propagation.as_str()});
        let request = Request::delete(resource.path()).json(&options);
        let mut tries = 1;
        loop {
            match self.send(&request).await {
                Ok(answer) => return Ok(Removal::of(&answer.json().unwrap_or_default())),
                Err(error) if error.is_conflict() && tries < TRIES => tries += 1,
                Err(error) => return Err(error),
            }
            tokio::time::sleep(RETRY_PAUSE).await;
        }
    }
}

/// `retry.DefaultRetry`: the pause between tries.
pub(crate) const RETRY_PAUSE: std::time::Duration = std::time::Duration::from_millis(10);
