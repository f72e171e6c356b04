//! Takes away what the server keeps in objects for itself.

use serde_json::Value;

/// Fields of `metadata` that say when and how an object was written, not what it is.
const METADATA: [&str; 6] = ["managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink"];

/// Removes what changes by itself.
pub(crate) fn clean(object: &mut Value) {
    let Some(fields) = object.as_object_mut() else { return };
    fields.remove("status");
    if let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
        for field in METADATA {
            metadata.remove(field);
        }
    }
}
