//! Reads objects by kind and name: what templates' `lookup` and the checks before a change need.
//!
//! Source: pkg/engine/lookup_func.go.

use serde_json::Value;

use crate::resource::{collection, escape, split_api_version};
use crate::{Client, Error, Request, Resource};

impl Client {
    /// Returns an object, or with an empty name a list; an empty object where there is none.
    ///
    /// # Errors
    /// `unable to get apiresource from unstructured: apps/v9, Kind=X: the server could not find the requested resource`, or
    /// the server's error.
    pub fn lookup(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Result<Value, Error> {
        let empty = || Value::Object(Default::default());
        let (group, version) = split_api_version(api_version);
        let unknown = |error: Error| {
            let shown = format!("{group}/{version}, Kind={kind}");
            Error::context(format!("unable to get apiresource from unstructured: {shown}"), error)
        };
        let discovery = self.discovery().map_err(unknown)?;
        if discovery.group_version(group, version).is_none() {
            return Err(unknown(Error::plain("the server could not find the requested resource")));
        }
        // A kind that the version does not have is asked for under no name in Helm, which finds nothing.
        let Some(served) = discovery.mapping(group, version, kind) else { return Ok(empty()) };
        let namespace = if served.namespaced { namespace } else { "" };
        let mut path = collection(group, version, &served.plural, namespace);
        if !name.is_empty() {
            path = format!("{path}/{}", escape(name));
        }
        match self.request(&Request::get(path)) {
            Ok(answer) => answer.json(),
            Err(error) if error.is_not_found() => Ok(empty()),
            Err(error) => Err(error),
        }
    }

    /// Returns the object as it is in the cluster, or none.
    ///
    /// # Errors
    /// Those of [`Client::request`], not found excepted.
    pub fn get(&self, resource: &Resource) -> Result<Option<Value>, Error> {
        self.block(self.fetch(resource))
    }

    pub(crate) async fn fetch(&self, resource: &Resource) -> Result<Option<Value>, Error> {
        match self.send(&Request::get(resource.path())).await {
            Ok(answer) => answer.json().map(Some),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
