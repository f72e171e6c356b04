//! Does one thing to many resources: those of one kind at once, the kinds one after another.
//!
//! Source: `perform` and `batchPerform`, pkg/kube/client.go.

use std::future::Future;

use futures::stream::{StreamExt, iter};

use crate::Resource;

/// How many requests run at once: each is a connection of its own, and the server serves more slowly beyond.
pub(crate) const AT_ONCE: usize = 16;

/// Runs `work` on every resource and returns what came of each, in their order.
pub(crate) async fn perform<'a, T, F>(resources: &'a [Resource], work: impl Fn(&'a Resource) -> F) -> Vec<T>
where
    F: Future<Output = T>,
{
    let mut results = Vec::with_capacity(resources.len());
    for batch in resources.chunk_by(|one, next| one.kind == next.kind) {
        results.extend(iter(batch).map(&work).buffered(AT_ONCE).collect::<Vec<T>>().await);
    }
    results
}
