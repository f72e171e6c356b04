//! Makes custom resource definitions, and waits until they can be used.
//!
//! Source: `installCRDs`, pkg/action/install.go, which waits until they are established and then forgets its discovery; the
//! server's own discovery may be a moment behind, which is waited for too.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::apply::{apply_error, apply_request};
use crate::perform::perform;
use crate::request::METADATA_ONLY;
use crate::resource::escape;
use crate::{Apply, Client, Error, Request, Resource};

/// How long discovery may be behind; after that the missing kind is told where it is used.
const BEHIND: Duration = Duration::from_secs(10);
/// How long new definitions are looked for among what is served, before their conditions are watched.
const SERVED: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

impl Client {
    /// Makes definitions by server-side apply, a few at a time, and waits for what is new; returns those that are not known
    /// to be established: the ones that were there before, what is no definition, and all where the server takes its time.
    ///
    /// A new definition is served once it is established, which is a question of a few bytes; in a watch the server would
    /// send each definition, up to half a megabyte of kube-prometheus-stack's, at every change of its status.
    ///
    /// # Errors
    /// As [`Client::create`].
    pub fn define(&self, definitions: &[Resource], how: Apply) -> Result<Vec<Resource>, Error> {
        let made = self.block(async { Ok(perform(definitions, |one| self.define_one(one, how)).await) })?;
        let (mut new, mut unsure, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        for (made, definition) in made.into_iter().zip(definitions) {
            match made {
                Ok(true) if !kinds(definition).is_empty() => new.push(definition),
                Ok(_) => unsure.push(definition.clone()),
                Err(error) => errors.push(error),
            }
        }
        if let Some(error) = Error::several(errors, "\n") {
            return Err(error);
        }
        // Whatever goes wrong here, the watch tells it.
        let served = self.block(async { Ok(self.await_served(&new).await) }).is_ok_and(|served| served);
        Ok(if served { unsure } else { definitions.to_vec() })
    }

    /// Applies a definition and says whether it is new. The answer would be as large as the definition.
    async fn define_one(&self, definition: &Resource, how: Apply) -> Result<bool, Error> {
        let request = apply_request(definition, how).accept(METADATA_ONLY);
        let answer = self.send(&request).await.map_err(|error| apply_error(definition, error))?;
        Ok(answer.code == 201)
    }

    /// Waits until all that the definitions name is served; says whether it is.
    async fn await_served(&self, definitions: &[&Resource]) -> bool {
        let deadline = Instant::now() + SERVED;
        for (path, plurals) in collections(definitions) {
            while !self.serves(&path, &plurals).await {
                if Instant::now() >= deadline {
                    return false;
                }
                // What is served cannot be watched.
                tokio::time::sleep(PAUSE).await;
            }
        }
        true
    }

    async fn serves(&self, path: &str, plurals: &[&str]) -> bool {
        let answer = self.send(&Request::get(path)).await.and_then(|answer| answer.json());
        let Ok(answer) = answer else { return false };
        let resources = answer["resources"].as_array().map(Vec::as_slice).unwrap_or_default();
        plurals.iter().all(|plural| resources.iter().any(|resource| resource["name"] == *plural))
    }

    /// Waits until the kinds of established definitions are found, and reads afresh what the server serves. A kind that is
    /// still not found is told where it is used.
    ///
    /// # Errors
    /// Those of [`Client::request`].
    pub fn wait_found(&self, definitions: &[Resource]) -> Result<(), Error> {
        let deadline = Instant::now() + BEHIND;
        loop {
            self.forget_discovery();
            let discovery = self.discovery()?;
            let missing = definitions
                .iter()
                .flat_map(kinds)
                .any(|(group, version, kind)| discovery.mapping(&group, &version, &kind).is_none());
            if !missing || Instant::now() >= deadline {
                return Ok(());
            }
            self.block(async {
                // Discovery cannot be watched.
                tokio::time::sleep(PAUSE).await;
                Ok::<_, Error>(())
            })?;
        }
    }
}

/// The paths of groups and versions, with the names of resources that definitions give them.
fn collections<'a>(definitions: &[&'a Resource]) -> BTreeMap<String, Vec<&'a str>> {
    let mut collections = BTreeMap::<String, Vec<&str>>::new();
    for definition in definitions {
        let spec = &definition.object["spec"];
        for (group, version, _) in kinds(definition) {
            let path = format!("/apis/{}/{}", escape(&group), escape(&version));
            collections.entry(path).or_default().push(spec["names"]["plural"].as_str().unwrap_or_default());
        }
    }
    collections
}

/// The kinds that a definition serves.
fn kinds(resource: &Resource) -> Vec<(String, String, String)> {
    if resource.kind != "CustomResourceDefinition" {
        return Vec::new();
    }
    let spec = &resource.object["spec"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let versions = spec["versions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let served = versions.iter().filter(|version| version["served"] == true);
    served.map(|version| (text(&spec["group"]), text(&version["name"]), text(&spec["names"]["kind"]))).collect()
}
