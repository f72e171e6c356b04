//! Annotations of a resource, and the rest of its metadata that kyaml looks at (`yaml/kfns.go`, `RNode.GetMeta`).

use gostd::GoError;
use yamlnode::Node;

use crate::fields::{clear, clear_empty, find, find_or_make, is_empty, set};

const PATH: [&str; 2] = ["metadata", "annotations"];

/// Old names of annotations that kyaml keeps for itself, and the names they have now.
const RENAMED: [(&str, &str); 3] = [
    ("config.kubernetes.io/path", "internal.config.kubernetes.io/path"),
    ("config.kubernetes.io/index", "internal.config.kubernetes.io/index"),
    ("config.k8s.io/id", "internal.config.kubernetes.io/id"),
];

/// The annotations of a resource that are a mapping; none of one that has no metadata.
fn all(root: &Node) -> Option<&Node> {
    let metadata = root.field(b"metadata").filter(|metadata| !is_empty(metadata))?;
    metadata.field(b"annotations").filter(|annotations| !is_empty(annotations))
}

/// The text of an annotation; empty where it is null or missing.
pub fn get<'n>(root: &'n Node, name: &str) -> &'n [u8] {
    let value = all(root).and_then(|annotations| annotations.field(name.as_bytes()));
    value.filter(|value| !value.is_null()).map_or(&[], |value| &value.value)
}

/// The text of an annotation, of the last one if the name is there twice.
pub fn get_last<'n>(root: &'n Node, name: &str) -> &'n [u8] {
    let metadata = root.field(b"metadata").filter(|metadata| !is_empty(metadata));
    let annotations = metadata.and_then(|metadata| metadata.field(b"annotations"));
    let named = annotations.and_then(|all| all.entries().filter(|(key, _)| key.value == name.as_bytes()).last());
    named.map_or(&[], |(_, value)| &value.value)
}

pub fn put(root: &mut Node, name: &str, value: &[u8]) -> Result<(), GoError> {
    drop_empty(root)?;
    match find_or_make(root, &PATH)? {
        Some(annotations) => set(annotations, name, value),
        None => Ok(()),
    }
}

pub fn remove(root: &mut Node, name: &str) -> Result<(), GoError> {
    match find(root, &PATH)? {
        Some(annotations) => clear(annotations, name),
        None => Ok(()),
    }
}

/// Removes annotations and metadata that hold nothing.
pub fn drop_empty(root: &mut Node) -> Result<(), GoError> {
    if let Some(metadata) = find(root, &PATH[..1])? {
        clear_empty(metadata, PATH[1])?;
    }
    clear_empty(root, PATH[0])
}

/// Gives each renamed annotation that has a text its other name too.
pub fn copy_renamed(root: &mut Node) -> Result<(), GoError> {
    let pairs = RENAMED.map(|(old, new)| (get(root, old).to_vec(), get(root, new).to_vec()));
    for ((old, new), (old_value, new_value)) in RENAMED.into_iter().zip(pairs) {
        match (old_value.is_empty(), new_value.is_empty()) {
            (true, false) => put(root, old, &new_value)?,
            (false, true) => put(root, new, &old_value)?,
            _ => {}
        }
    }
    Ok(())
}

/// Reports a resource about which kyaml finds nothing out, for which it has an error.
pub fn lacks_metadata(root: &Node) -> bool {
    let has = |node: &Node, name: &str| node.field(name.as_bytes()).is_some_and(|field| !is_empty(field));
    let metadata = root.field(b"metadata");
    let of_metadata = ["name", "namespace", "labels", "annotations"];
    !(root.is_null()
        || has(root, "apiVersion")
        || has(root, "kind")
        || metadata.is_some_and(|metadata| of_metadata.iter().any(|name| has(metadata, name))))
}
