//! Orders of releases in lists, and the newest revision of each (`pkg/release/v1/util`, `pkg/action/list.go`).

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::Summary;

/// By name. Helm leaves equal names of several namespaces in any order; here the namespace decides.
pub fn by_name(a: &Summary, b: &Summary) -> Ordering {
    (&a.name, &a.namespace).cmp(&(&b.name, &b.namespace))
}

/// By the second of the last deployment, then by name; what was never deployed comes first.
pub fn by_date(a: &Summary, b: &Summary) -> Ordering {
    let second = |s: &Summary| s.updated.as_ref().map(|time| time.unix_seconds);
    second(a).cmp(&second(b)).then_with(|| by_name(a, b))
}

/// By revision.
pub fn by_revision(a: &Summary, b: &Summary) -> Ordering {
    a.version.cmp(&b.version)
}

/// Keeps the newest revision of each release as they come; the order is that of their first appearance.
#[derive(Default)]
struct Newest {
    places: HashMap<(String, String), usize>,
    summaries: Vec<Summary>,
}

/// Returns the newest revision of each release, in the order of the first of each.
pub fn newest_of_each(summaries: impl IntoIterator<Item = Summary>) -> Vec<Summary> {
    let mut newest = Newest::default();
    for summary in summaries {
        let key = (summary.namespace.clone(), summary.name.clone());
        let place = *newest.places.entry(key).or_insert(newest.summaries.len());
        match newest.summaries.get_mut(place) {
            Some(kept) if kept.version <= summary.version => *kept = summary,
            Some(_) => {}
            None => newest.summaries.push(summary),
        }
    }
    newest.summaries
}
