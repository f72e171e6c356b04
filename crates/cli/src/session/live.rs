//! The cluster as operations see it.

use std::rc::Rc;

use action::{Deleted, How, NotUpdated, Pods, Propagation, Refused, Waiting};
use chart::Capabilities;
use chart::capabilities::KubeVersion;
use chart::log::Log;
use cluster::{Apply, Client, Error, LogQuery, PodQuery, Rehearsed, Resource, Right, Update, Validation, Wait};
use gostd::GoError;
use render::Lookup;
use serde_json::Value;

use super::waits::watched;
use super::warnings;
use crate::log::Stderr;

/// `io.Copy` goes by pieces of this size.
const COPY_BYTES: usize = 32 << 10;

/// A cluster, or none: where records are in memory, objects go nowhere, as in Helm.
pub struct Live {
    pub client: Client,
    pub in_memory: bool,
}

fn told(error: &impl std::fmt::Display) -> GoError {
    GoError::new(error.to_string())
}

fn update(how: How) -> Update {
    Update {
        server_side: how.server_side,
        force_conflicts: how.force_conflicts,
        force_replace: how.force_replace,
        three_way_unstructured: how.three_way_unstructured,
        upgrade_managers: how.upgrade_managers,
        ..Update::default()
    }
}

fn apply(how: How) -> Apply {
    Apply { server_side: how.server_side, force_conflicts: how.force_conflicts, ..Apply::default() }
}

impl action::Cluster for Live {
    fn reachable(&self) -> Result<(), GoError> {
        if self.in_memory { Ok(()) } else { self.client.reachable().map_err(|error| told(&error)) }
    }

    fn capabilities(&self, log: &mut dyn Log) -> Result<Capabilities, GoError> {
        let found = self.client.capabilities().map_err(|error| told(&error))?;
        if !found.unavailable.is_empty() {
            let error = found.unavailable.join(", ");
            log.warn("the kubernetes server has an orphaned API service", &[("error", &error)]);
            log.warn("to fix this, kubectl delete apiservice <service-name>", &[]);
        }
        let version = found.version.git_version;
        let kube_version = KubeVersion {
            normalized: KubeVersion::parse(&version).map_or_else(|_| version.clone(), |parsed| parsed.normalized),
            version,
            major: found.version.major,
            minor: found.version.minor,
        };
        Ok(Capabilities { kube_version, api_versions: found.api_versions })
    }

    fn await_kinds(&self, definitions: &[Resource]) -> Result<(), GoError> {
        if self.in_memory {
            return Ok(());
        }
        self.client.wait_found(definitions).map_err(|error| told(&error))
    }

    fn lookup(&self) -> Rc<dyn Lookup> {
        Rc::new(Looking(self.client.clone()))
    }

    fn build(&self, manifest: &[u8], validate: bool) -> Result<Vec<Resource>, GoError> {
        if self.in_memory {
            return Ok(Vec::new());
        }
        let validation = if validate { Validation::Strict } else { Validation::Ignore };
        self.client.build(manifest, validation).map_err(|error| told(&error))
    }

    fn get(&self, resource: &Resource) -> Result<Option<Value>, GoError> {
        if self.in_memory {
            return Ok(None);
        }
        self.client.get(resource).map_err(|error| told(&error))
    }

    fn get_all(&self, resources: &[Resource]) -> Vec<Result<Option<Value>, GoError>> {
        match self.client.get_all(resources) {
            Ok(found) => found.into_iter().map(|live| live.map_err(|error| told(&error))).collect(),
            Err(error) => resources.iter().map(|_| Err(told(&error))).collect(),
        }
    }

    fn create(&self, resources: &[Resource], how: How) -> Result<(), Refused> {
        if self.in_memory {
            return Ok(());
        }
        let created = self.client.create(resources, apply(how));
        warnings::tell(&self.client);
        created.map(drop).map_err(|error| Refused {
            already_exists: error.api().is_some_and(cluster::ApiError::is_already_exists),
            error: told(&error),
        })
    }

    fn define(&self, definitions: &[Resource], how: How) -> Result<Vec<Resource>, GoError> {
        if self.in_memory {
            return Ok(Vec::new());
        }
        let defined = self.client.define(definitions, apply(how));
        warnings::tell(&self.client);
        defined.map_err(|error| told(&error))
    }

    fn update(&self, current: &[Resource], target: &[Resource], how: How) -> Result<Vec<Resource>, NotUpdated> {
        if self.in_memory {
            return Ok(Vec::new());
        }
        let updated = self.client.update(current, target, update(how));
        warnings::tell(&self.client);
        match updated {
            Ok(changes) => {
                warn_of_adopted(&changes.adopted);
                Ok(changes.created)
            }
            Err(failed) => Err(NotUpdated { error: told(&failed.error), created: failed.changes.created }),
        }
    }

    fn rehearse(&self, current: &[Resource], target: &[Resource], how: How) -> Result<Vec<Rehearsed>, GoError> {
        self.client.rehearse(current, target, update(how)).map_err(|error| told(&error))
    }

    fn delete(&self, resources: &[Resource], propagation: Propagation) -> Deleted {
        if self.in_memory {
            return Deleted::default();
        }
        let propagation = match propagation {
            Propagation::Background => cluster::Propagation::Background,
            Propagation::Foreground => cluster::Propagation::Foreground,
            Propagation::Orphan => cluster::Propagation::Orphan,
        };
        let deleted = self.client.delete(resources, propagation);
        warnings::tell(&self.client);
        Deleted { leaving: deleted.leaving, errors: deleted.errors.iter().map(told).collect() }
    }

    fn wait(&self, resources: &[Resource], waiting: Waiting) -> Result<(), GoError> {
        if self.in_memory {
            return Ok(());
        }
        watched("objects to be ready", waiting, |wait| self.client.wait(resources, wait))
    }

    fn wait_for_delete(&self, resources: &[Resource], waiting: Waiting) -> Result<(), GoError> {
        if self.in_memory {
            return Ok(());
        }
        watched("objects to be gone", waiting, |wait| self.client.wait_for_delete(resources, wait))
    }

    fn watch_until_ready(&self, resources: &[Resource], waiting: Waiting, brief: bool) -> Result<(), GoError> {
        if self.in_memory {
            return Ok(());
        }
        watched("a hook to end", waiting, |wait| self.client.watch_until_ready(resources, Wait { brief, ..wait }))
    }

    fn write_logs(&self, namespace: &str, pods: Pods<'_>) -> Result<(), GoError> {
        if self.in_memory {
            return Ok(());
        }
        let query = match pods {
            Pods::Named(name) => PodQuery { field_selector: format!("metadata.name={name}"), ..PodQuery::default() },
            Pods::OfJob(name) => PodQuery { label_selector: format!("job-name={name}"), ..PodQuery::default() },
        };
        for pod in self.client.pods(namespace, &query).map_err(|error| told(&error))? {
            let name = pod.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
            let containers = pod.pointer("/spec/containers").and_then(Value::as_array);
            for container in containers.into_iter().flatten().filter_map(|container| container["name"].as_str()) {
                self.log(namespace, (name, container))?;
            }
        }
        Ok(())
    }

    fn lacking(&self, rights: &[Right]) -> Vec<Right> {
        if self.in_memory {
            return Vec::new();
        }
        // A server that answers no such questions may allow everything: then the operation finds out, as in Helm.
        self.client.lacking(rights).unwrap_or_default()
    }

    fn refusal(&self, current: &Resource, target: &Resource, how: How) -> Option<GoError> {
        let error = self.client.try_change(current, target, update(how)).err()?;
        error.api().is_some_and(cluster::ApiError::is_invalid).then(|| told(&error))
    }

    fn is_interrupted(&self) -> bool {
        self.client.cancel().is_cancelled()
    }

    fn resume(&self) {
        self.client.cancel().clear();
    }
}

impl Live {
    /// Writes what a container logged into our log, one record for each piece that Go would copy.
    ///
    /// Source: `hookOutputWriter`, pkg/cmd/root.go.
    fn log(&self, namespace: &str, (pod, container): (&str, &str)) -> Result<(), GoError> {
        let mut text = Vec::new();
        self.client
            .logs(namespace, pod, container, LogQuery::default(), &mut text)
            .map_err(|_| GoError::new(format!("failed to stream pod logs for pod: {pod}, container: {container}")))?;
        for piece in text.chunks(COPY_BYTES) {
            let piece = String::from_utf8_lossy(piece);
            Stderr.info(piece.strip_suffix('\n').unwrap_or(&piece), &[]);
        }
        Ok(())
    }
}

/// Objects that were there though the release before did not have them.
fn warn_of_adopted(resources: &[Resource]) {
    for resource in resources {
        let fields = [("namespace", &resource.namespace), ("name", &resource.name), ("kind", &resource.kind)];
        let text = "resource exists on cluster but not in original release, using cluster state as baseline";
        Stderr.warn(text, &fields.map(|(name, value)| (name, value.as_str())));
    }
}

/// `lookup` of templates.
struct Looking(Client);

impl Lookup for Looking {
    fn lookup(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Result<gostd::Value, GoError> {
        let found = self.0.lookup(api_version, kind, namespace, name).map_err(|error: Error| {
            log_unknown_kind(api_version, &error);
            told(&error)
        })?;
        if found.as_object().is_some_and(serde_json::Map::is_empty) {
            let what = if name.is_empty() { "resource list" } else { "resource" };
            let place = [("apiVersion", api_version), ("kind", kind), ("namespace", namespace), ("name", name)];
            let fields = if name.is_empty() { &place[..3] } else { &place[..] };
            Stderr.debug(&format!("lookup: {what} not found"), fields);
        }
        gostd::json::decode(found.to_string().as_bytes())
    }
}

/// Helm logs a version that is not served before it fails.
fn log_unknown_kind(api_version: &str, error: &Error) {
    let Error::Context { text, source } = error else { return };
    let Some(kind) = text.strip_prefix("unable to get apiresource from unstructured: ") else { return };
    let why = source.to_string();
    Stderr.error("unable to retrieve resource list", &[("GroupVersion", api_version), ("error", &why)]);
    Stderr.error("unable to get apiresource", &[("groupVersionKind", kind), ("error", &why)]);
}
