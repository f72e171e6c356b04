//! What the server serves: asked once, kept for the life of the client or until it is told to forget.
//!
//! Source: client-go discovery (aggregated discovery with the old way as fallback), `getCapabilities` and `GetVersionSet`
//! of pkg/action/action.go.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::{Client, Error, Request};

/// Everything that is served.
#[derive(Debug, Default)]
pub(crate) struct Discovery {
    /// The core group first, then in the server's order.
    pub groups: Vec<Group>,
}

#[derive(Debug, Default)]
pub(crate) struct Group {
    pub name: String,
    /// The preferred one first.
    pub versions: Vec<GroupVersion>,
}

#[derive(Debug, Default)]
pub(crate) struct GroupVersion {
    pub version: String,
    /// The server behind it does not answer.
    pub stale: bool,
    pub resources: Vec<Served>,
}

/// A resource or, with a `/` in its name, a subresource.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Served {
    pub plural: String,
    pub kind: String,
    pub namespaced: bool,
}

/// The server's version.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    pub major: String,
    pub minor: String,
    pub git_version: String,
}

/// What templates see as `.Capabilities`.
#[derive(Clone, Debug, PartialEq)]
pub struct Capabilities {
    pub version: Version,
    /// `v1`, `apps/v1`, `apps/v1/Deployment`, …, sorted: Helm's order is random.
    pub api_versions: Vec<String>,
    /// Groups and versions whose server does not answer; Helm warns of them.
    pub unavailable: Vec<String>,
}

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
    application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

impl Client {
    /// Asks for the server's version.
    ///
    /// # Errors
    /// Those of [`Client::request`].
    pub fn version(&self) -> Result<Version, Error> {
        self.version_by(&Request::get("/version"))
    }

    fn version_by(&self, request: &Request) -> Result<Version, Error> {
        let answer = self.request(request)?.json()?;
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        Ok(Version { major: text("major"), minor: text("minor"), git_version: text("gitVersion") })
    }

    /// Returns version and API versions, asked afresh.
    ///
    /// # Errors
    /// `could not get server version from Kubernetes: …`, `could not get apiVersions from Kubernetes: …`.
    pub fn capabilities(&self) -> Result<Capabilities, Error> {
        self.forget_discovery();
        let version = self.version_by(&asking("/version"));
        let version = version.map_err(|error| Error::context("could not get server version from Kubernetes", error))?;
        let discovery =
            self.discovery().map_err(|error| Error::context("could not get apiVersions from Kubernetes", error))?;
        Ok(discovery.capabilities(version))
    }

    /// Makes the next look at what is served ask the server again, as after CRDs were created.
    pub fn forget_discovery(&self) {
        self.keep_discovery(None);
    }

    pub(crate) fn discovery(&self) -> Result<Arc<Discovery>, Error> {
        if let Some(known) = self.known_discovery() {
            return Ok(known);
        }
        let found = Arc::new(self.block(self.discover())?);
        self.keep_discovery(Some(found.clone()));
        Ok(found)
    }

    async fn discover(&self) -> Result<Discovery, Error> {
        let (core, named) = (asking("/api").accept(AGGREGATED), asking("/apis").accept(AGGREGATED));
        let (core, named) = futures::future::join(self.send(&core), self.send(&named)).await;
        let mut groups = Vec::new();
        for (answer, prefix) in [(core, "/api"), (named, "/apis")] {
            match answer {
                Ok(answer) => groups.extend(self.groups(&answer.json()?, prefix).await?),
                // client-go goes on without where the server has none or does not let us see.
                Err(Error::Api(error)) if error.is_not_found() || error.is_forbidden() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Discovery { groups })
    }

    async fn groups(&self, answer: &Value, prefix: &str) -> Result<Vec<Group>, Error> {
        match answer["kind"].as_str() {
            Some("APIGroupDiscoveryList") => Ok(list(&answer["items"]).iter().map(aggregated_group).collect()),
            Some("APIVersions") => {
                let versions = list(&answer["versions"]).iter().filter_map(Value::as_str).map(str::to_owned).collect();
                Ok(vec![self.old_group(String::new(), versions, prefix).await])
            }
            _ => {
                let groups = list(&answer["groups"]).iter().map(|group| {
                    let versions = list(&group["versions"]).iter().map(|version| text(version, "version")).collect();
                    self.old_group(text(group, "name"), versions, prefix)
                });
                Ok(futures::future::join_all(groups).await)
            }
        }
    }

    /// The way of servers before 1.26: a list of resources for each version.
    async fn old_group(&self, name: String, versions: Vec<String>, prefix: &str) -> Group {
        let lists = versions.into_iter().map(|version| async {
            let path = match name.is_empty() {
                true => format!("{prefix}/{version}"),
                false => format!("{prefix}/{name}/{version}"),
            };
            let answer = self.send(&asking(&path)).await.and_then(|answer| answer.json());
            let resources = answer.as_ref().map(|answer| list(&answer["resources"]).iter().map(old_resource).collect());
            GroupVersion { version, stale: resources.is_err(), resources: resources.unwrap_or_default() }
        });
        let versions = futures::future::join_all(lists).await;
        Group { name, versions }
    }
}

impl Discovery {
    /// Returns what is served under a group and version.
    pub fn group_version(&self, group: &str, version: &str) -> Option<&GroupVersion> {
        let group = self.groups.iter().find(|candidate| candidate.name == group)?;
        group.versions.iter().find(|candidate| candidate.version == version)
    }

    fn capabilities(&self, version: Version) -> Capabilities {
        let mut names = BTreeSet::new();
        let mut unavailable = Vec::new();
        for group in &self.groups {
            for served in &group.versions {
                let name = match group.name.is_empty() {
                    true => served.version.clone(),
                    false => format!("{}/{}", group.name, served.version),
                };
                names.extend(served.resources.iter().map(|resource| format!("{name}/{}", resource.kind)));
                if served.stale {
                    unavailable.push(name.clone());
                }
                names.insert(name);
            }
        }
        Capabilities { version, api_versions: names.into_iter().collect(), unavailable }
    }
}

/// Returns a request of client-go's discovery, which tells the server its patience; errors name it.
fn asking(path: &str) -> Request {
    Request::get(path).query("timeout", "32s")
}

fn aggregated_group(group: &Value) -> Group {
    let versions = list(&group["versions"]).iter().map(|version| GroupVersion {
        version: text(version, "version"),
        stale: version["freshness"] == "Stale",
        resources: match version["freshness"] == "Stale" {
            true => Vec::new(),
            false => list(&version["resources"]).iter().flat_map(aggregated_resources).collect(),
        },
    });
    Group { name: text(&group["metadata"], "name"), versions: versions.collect() }
}

/// A resource and its subresources, which have kinds of their own.
fn aggregated_resources(resource: &Value) -> Vec<Served> {
    let plural = text(resource, "resource");
    let namespaced = resource["scope"] == "Namespaced";
    let mut all = Vec::new();
    if !resource["responseKind"].is_null() {
        all.push(Served { plural: plural.clone(), kind: text(&resource["responseKind"], "kind"), namespaced });
    }
    for sub in list(&resource["subresources"]) {
        if !sub["responseKind"].is_null() {
            let name = format!("{plural}/{}", text(sub, "subresource"));
            all.push(Served { plural: name, kind: text(&sub["responseKind"], "kind"), namespaced });
        }
    }
    all
}

fn old_resource(resource: &Value) -> Served {
    Served {
        plural: text(resource, "name"),
        kind: text(resource, "kind"),
        namespaced: resource["namespaced"].as_bool().unwrap_or_default(),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}
