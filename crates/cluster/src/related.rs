//! The objects of a release as they are now, with the Pods that belong to them: what `status` and `get all` show.
//!
//! Source: `Client.Get`, `getSelectRelationPod` and `transformRequests`, pkg/kube/client.go.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::perform::perform;
use crate::resource::collection;
use crate::{Client, Error, Request, Resource};

/// What objects are asked for as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Objects,
    /// `Table` objects with the server's columns, each row with its object.
    Tables,
}

const TABLES: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,\
    application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

impl Client {
    /// Returns the objects by `version/Kind`, and under `v1/Pod(related)` what the Pods of workloads are; lists come as
    /// they are answered. What cannot be read is left out, as in Helm.
    ///
    /// # Errors
    /// Only [`Error::Cancelled`] and what hinders any request.
    pub fn related(&self, resources: &[Resource], form: Form) -> Result<BTreeMap<String, Vec<Value>>, Error> {
        let answers = self.block(async {
            Ok(perform(resources, |resource| async move {
                self.send(&shaped(Request::get(resource.path()), form)).await.and_then(|answer| answer.json())
            })
            .await)
        })?;
        let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let mut selectors: Vec<String> = Vec::new();
        for (resource, answer) in resources.iter().zip(answers) {
            let Ok(object) = answer else { continue };
            found.entry(format!("{}/{}", resource.version, resource.kind)).or_default().push(object);
            let Some(selector) = selector(resource).filter(|selector| !selectors.contains(selector)) else { continue };
            let path = collection("", "v1", "pods", &resource.namespace);
            let request = shaped(Request::get(path).query("labelSelector", selector.clone()), form);
            selectors.push(selector);
            match self.request(&request).and_then(|answer| answer.json()) {
                Ok(pods) => found.entry("v1/Pod(related)".to_owned()).or_default().push(pods),
                Err(error) if error.is_cancelled() => return Err(error),
                Err(_) => {}
            }
        }
        Ok(found)
    }
}

fn shaped(request: Request, form: Form) -> Request {
    match form {
        Form::Objects => request,
        Form::Tables => request.accept(TABLES).query("includeObject", "Object"),
    }
}

/// `getSelectorFromObject`, as text.
fn selector(resource: &Resource) -> Option<String> {
    let selector = &resource.object["spec"]["selector"];
    let labels = match resource.kind.as_str() {
        "ReplicaSet" | "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => &selector["matchLabels"],
        "ReplicationController" => selector,
        _ => return None,
    };
    let labels = labels.as_object()?;
    let pairs: Option<Vec<String>> =
        labels.iter().map(|(key, value)| value.as_str().map(|value| format!("{key}={value}"))).collect();
    Some(pairs?.join(","))
}
