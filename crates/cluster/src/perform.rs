//! Does one thing to many resources: those of one kind at once, the kinds one after another.
//!
//! Source: `perform` and `batchPerform`, pkg/kube/client.go.

use std::future::Future;

use futures::stream::{StreamExt, iter};

use crate::Resource;

/// How many requests run at once: each is a connection of its own, and the server serves more slowly beyond.
pub(crate) const AT_ONCE: usize = 16;

/// How many definitions are written at once: the server's controllers take them one after another, and wait for the first
/// while all are written together. Ten of kube-prometheus-stack are known after 2.0 s instead of 2.5 to 3.0.
const DEFINITIONS_AT_ONCE: usize = 3;

/// Runs `work` on every resource and returns what came of each, in their order.
pub(crate) async fn perform<'a, T, F>(resources: &'a [Resource], work: impl Fn(&'a Resource) -> F) -> Vec<T>
where
    F: Future<Output = T>,
{
    let mut results = Vec::with_capacity(resources.len());
    for batch in resources.chunk_by(|one, next| one.kind == next.kind) {
        let at_once = if batch.iter().any(is_definition) { DEFINITIONS_AT_ONCE } else { AT_ONCE };
        results.extend(iter(batch).map(&work).buffered(at_once).collect::<Vec<T>>().await);
    }
    results
}

fn is_definition(resource: &Resource) -> bool {
    resource.kind == "CustomResourceDefinition"
}
