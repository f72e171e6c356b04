//! Moves fields that we wrote client-side to those that we apply, so that applying does not conflict with ourselves.
//!
//! Source: client-go util/csaupgrade, and `upgradeClientSideFieldManager`, pkg/kube/client.go.

use serde_json::{Map, Value, json};

use crate::apply::{FIELD_MANAGER, dry_run};
use crate::remove::{RETRY_PAUSE, TRIES};
use crate::{Client, Error, Request, Resource};

/// Field sets are as deep as objects.
const DEPTH: usize = 512;

impl Client {
    /// Rewrites the managed fields of a live object where there is something to move; says whether it did.
    pub(crate) async fn upgrade_managers(&self, target: &Resource, live: Value, dry: bool) -> Result<bool, Error> {
        let object = format!("{}/{} {}", target.namespace, target.name, target.group_version_kind());
        let mut live = live;
        for attempt in 1..=TRIES {
            let Some(patch) = patch(&live) else { return Ok(false) };
            let request = Request::patch(target.path(), "application/json-patch+json", patch.to_string().into_bytes());
            let request = dry_run(request, dry).query("fieldManager", FIELD_MANAGER).query("fieldValidation", "Strict");
            match self.send(&request).await {
                Ok(_) => return Ok(true),
                Err(error) if !error.is_conflict() => {
                    let text = format!("failed to patch object to upgrade CSA field manager {object}");
                    return Err(Error::context(text, error));
                }
                Err(error) if attempt == TRIES => return Err(error),
                Err(_) => tokio::time::sleep(RETRY_PAUSE).await,
            }
            let found = self.fetch(target).await;
            let found = found.map_err(|error| Error::context(format!("failed to get object {object}"), error))?;
            let Some(found) = found else { return Ok(false) };
            live = found;
        }
        Ok(false)
    }
}

/// Says whether a live object has fields to move.
pub(crate) fn migrates(live: &Value) -> bool {
    patch(live).is_some()
}

/// The JSON patch, or none where nothing changes. The version in it makes the server refuse it with a conflict when the
/// object has changed meanwhile.
fn patch(live: &Value) -> Option<Value> {
    let entries = live["metadata"]["managedFields"].as_array()?;
    let upgraded = upgrade(entries)?;
    (upgraded != *entries).then(|| {
        json!([
            {"op": "replace", "path": "/metadata/managedFields", "value": upgraded},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": live["metadata"]["resourceVersion"]},
        ])
    })
}

/// `upgradedManagedFields`: none where we wrote nothing client-side.
fn upgrade(entries: &[Value]) -> Option<Vec<Value>> {
    let mut entries = entries.to_vec();
    let index = match entries.iter().position(|entry| is_ours(entry, "Apply")) {
        Some(index) => index,
        None => {
            let index = entries.iter().position(|entry| is_ours(entry, "Update"))?;
            entries.get_mut(index)?["operation"] = json!("Apply");
            index
        }
    };
    let version = entries.get(index)?["apiVersion"].clone();
    let written = entries.iter().find(|entry| is_ours(entry, "Update") && entry["apiVersion"] == version).cloned();
    if let (Some(written), Some(applied)) = (written, entries.get_mut(index)) {
        unite(&mut applied["fieldsV1"], &written["fieldsV1"], DEPTH);
    }
    entries.retain(|entry| !is_ours(entry, "Update"));
    Some(entries)
}

/// Fields of the object itself, not of a subresource.
fn is_ours(entry: &Value, operation: &str) -> bool {
    entry["manager"] == FIELD_MANAGER
        && entry["operation"] == operation
        && entry["subresource"].as_str().unwrap_or_default().is_empty()
}

/// The union of two field sets.
fn unite(into: &mut Value, from: &Value, depth: usize) {
    let Some(from) = from.as_object().filter(|_| depth > 0) else { return };
    if !into.is_object() {
        *into = Value::Object(Map::new());
    }
    let Some(into) = into.as_object_mut() else { return };
    for (key, value) in from {
        match into.get_mut(key) {
            Some(known) => unite(known, value, depth - 1),
            None => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(operation: &str, fields: Value) -> Value {
        json!({"manager": "helm", "operation": operation, "apiVersion": "v1", "fieldsV1": fields})
    }

    #[test]
    fn written_fields_become_applied_ones() {
        let other = json!({"manager": "kubectl", "operation": "Update", "apiVersion": "v1", "fieldsV1": {"f:x": {}}});
        let live = json!({"metadata": {"resourceVersion": "7", "managedFields": [
            entry("Update", json!({"f:data": {"f:a": {}}})), other,
        ]}});
        let expected = json!([
            {"op": "replace", "path": "/metadata/managedFields", "value": [entry("Apply", json!({"f:data": {"f:a": {}}})), other]},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": "7"},
        ]);
        assert_eq!(patch(&live), Some(expected));
    }

    #[test]
    fn applied_fields_take_the_written_ones_in() {
        let live = json!({"metadata": {"managedFields": [
            entry("Apply", json!({"f:data": {"f:a": {}}})), entry("Update", json!({"f:data": {"f:b": {}}})),
        ]}});
        let united = patch(&live).map(|patch| patch[0]["value"].clone());
        assert_eq!(united, Some(json!([entry("Apply", json!({"f:data": {"f:a": {}, "f:b": {}}}))])));
        assert_eq!(patch(&json!({"metadata": {"managedFields": [entry("Apply", json!({}))]}})), None);
    }
}
