//! What the user may do, asked before anything is done.

mod rules;

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{StreamExt, iter};
use serde_json::{Value, json};

use crate::perform::AT_ONCE;
use crate::{Client, Error, Request, Resource};
use rules::{EVERYWHERE, Rules};

/// So many single questions are asked; a server that lists no rules is asked one for each right.
const QUESTIONS: usize = 400;

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

    /// The same for one object.
    pub fn named(self, name: &str) -> Right {
        Right { name: name.to_owned(), ..self }
    }

    /// The same for all objects of the kind.
    fn of_all(&self) -> Right {
        Right { name: String::new(), ..self.clone() }
    }

    /// Everything in a namespace; in all where it is empty.
    fn everything(namespace: &str) -> Right {
        let any = || "*".to_owned();
        Right { verb: any(), group: any(), resource: any(), namespace: namespace.to_owned(), name: String::new() }
    }
}

impl Client {
    /// Returns those of the rights that the user lacks. One request for somebody who may do everything everywhere, one more
    /// for each namespace otherwise; what the server's lists do not give is asked one by one.
    ///
    /// # Errors
    /// Those of [`Client::request`]; a server that answers no such questions says so as not found or forbidden.
    pub fn lacking(&self, rights: &[Right]) -> Result<Vec<Right>, Error> {
        if rights.is_empty() {
            return Ok(Vec::new());
        }
        self.block(self.find_lacking(rights.iter().cloned().collect()))
    }

    async fn find_lacking(&self, mut open: BTreeSet<Right>) -> Result<Vec<Right>, Error> {
        let everywhere = self.rules(EVERYWHERE).await?;
        let mut incomplete = everywhere.incomplete;
        open.retain(|right| !everywhere.allow(right));
        let namespaces: BTreeSet<String> = open.iter().map(|right| right.namespace.clone()).collect();
        let reviews = iter(namespaces.into_iter().filter(|namespace| !namespace.is_empty()))
            .map(|namespace| async move { self.rules(&namespace).await.map(|rules| (namespace, rules)) });
        let found: Vec<Result<(String, Rules), Error>> = reviews.buffered(AT_ONCE).collect().await;
        let found: BTreeMap<String, Rules> = found.into_iter().collect::<Result<_, _>>()?;
        open.retain(|right| found.get(&right.namespace).is_none_or(|rules| !rules.allow(right)));
        incomplete |= found.values().any(|rules| rules.incomplete);
        if incomplete {
            let namespaces: BTreeSet<String> = open.iter().map(|right| right.namespace.clone()).collect();
            let everything =
                [String::new()].into_iter().chain(namespaces).map(|namespace| Right::everything(&namespace));
            let denied = self.denied(everything.collect()).await?;
            open.retain(|right| {
                denied.contains(&Right::everything("")) && denied.contains(&Right::everything(&right.namespace))
            });
        }
        let denied = self.denied(open.iter().map(Right::of_all).collect()).await?;
        open.retain(|right| denied.contains(&right.of_all()));
        let (named, all): (BTreeSet<Right>, BTreeSet<Right>) =
            open.into_iter().partition(|right| !right.name.is_empty());
        let mut lacking = self.denied(named).await?;
        lacking.extend(all);
        Ok(lacking.into_iter().collect())
    }

    /// Asks one by one, and returns what is denied.
    async fn denied(&self, rights: BTreeSet<Right>) -> Result<BTreeSet<Right>, Error> {
        let work = iter(rights.into_iter().take(QUESTIONS))
            .map(|right| async move { self.ask(&right).await.map(|allowed| (!allowed).then_some(right)) });
        let answers: Vec<Result<Option<Right>, Error>> = work.buffered(AT_ONCE).collect().await;
        answers.into_iter().filter_map(Result::transpose).collect()
    }

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
