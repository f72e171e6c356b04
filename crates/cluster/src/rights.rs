//! What the user may do, asked before anything is done.

use futures::stream::{StreamExt, iter};
use serde_json::{Value, json};

use crate::perform::AT_ONCE;
use crate::{Client, Error, Request, Resource};

/// A verb on a resource; an empty name means any, an empty namespace all or none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Right {
    pub verb: String,
    pub group: String,
    /// `deployments`, `pods/log`
    pub resource: String,
    pub namespace: String,
    pub name: String,
}

impl Right {
    /// The right to do something with all objects of a resource's kind in its namespace.
    pub fn to(verb: &str, resource: &Resource) -> Right {
        Right {
            verb: verb.to_owned(),
            group: resource.group.clone(),
            resource: resource.plural.clone(),
            namespace: if resource.namespaced { resource.namespace.clone() } else { String::new() },
            name: String::new(),
        }
    }
}

impl Client {
    /// Asks for each right whether the user has it, in their order.
    ///
    /// # Errors
    /// Those of [`Client::request`]; a server that answers no such questions says so as not found or forbidden.
    pub fn can(&self, rights: &[Right]) -> Result<Vec<bool>, Error> {
        self.block(async {
            let answers: Vec<Result<bool, Error>> =
                iter(rights).map(|right| self.ask(right)).buffered(AT_ONCE).collect().await;
            answers.into_iter().collect()
        })
    }

    async fn ask(&self, right: &Right) -> Result<bool, Error> {
        let review = review(right);
        let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        let answer = self.send(&Request::post(path, &review)).await?.json()?;
        Ok(answer["status"]["allowed"] == true)
    }
}

fn review(right: &Right) -> Value {
    let (resource, subresource) = right.resource.split_once('/').unwrap_or((&right.resource, ""));
    json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {
            "verb": right.verb,
            "group": right.group,
            "resource": resource,
            "subresource": subresource,
            "namespace": right.namespace,
            "name": right.name,
        }},
    })
}
